/**
 * Names and contents come from agents, commits and strangers' repositories. Whatever they hold is shown as text:
 * the fixture fails a test when a page opens a dialog, throws, asks a stranger, or breaks its content policy.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { changeAnswers } from './changed-answers.ts';
import { unwrap } from './running-skein.ts';
import { choose, expectCount, pendingList, see, seeGone } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

const image = '<img src=x onerror=alert(1)>';
const script = '<script>alert(2)</script>';
const link = '[click](javascript:alert(3))';
const wickedName = `memory-bank/${image.replace('/', '')} & "quoted" \`code\` **bold**.md`;
const wickedText = `# ${image}\n\n${script}\n${link}\n<svg onload=alert(4)></svg>\n"><iframe src="javascript:alert(5)">\n`;

/** Nothing of the wicked kind became an element. */
async function expectOnlyText(page: Page): Promise<void> {
  expect(
    await page.evaluate(() => ({
      images: document.querySelectorAll('img[src="x"], iframe, svg[onload], object, embed').length,
      scripts: [...document.scripts].filter((it) => it.src === '').length,
      links: document.querySelectorAll('a[href^="javascript:"]').length,
    })),
  ).toEqual({ images: 0, scripts: 0, links: 0 });
}

async function startWicked() {
  const fixture = await startFixture({ files: { [wickedName]: 'Tame.\n', 'AGENTS.md': 'Tame.\n' } });
  const page = await fixture.openPage();
  await see(page.getByText('Nothing is pending'));
  fixture.workspace.write(wickedName, wickedText);
  fixture.workspace.write('docs/passation_claude.md', wickedText);
  await see(pendingList(page).getByText('passation_claude.md'));
  await see(pendingList(page).getByText(image));
  return { ...fixture, page };
}

test('names and contents with HTML are text in every view', async () => {
  const { page, skein } = await startWicked();
  await expectOnlyText(page);
  await choose(page, 'By agent');
  await see(pendingList(page).getByText(image));
  await expectOnlyText(page);
  for (const view of ['/changes', '/files'] as const) {
    await page.goto(skein.url + view);
    await see(page.getByRole('list').getByText(image));
    await expectOnlyText(page);
  }
  await page.getByRole('list').getByText(image).click();
  const difference = page.getByRole('region', { name: 'Differences' });
  await see(difference.getByText(script));
  await expectOnlyText(page);
  await page.reload();
  await see(difference.getByText(link));
  await choose(page, 'Content');
  await see(page.getByText('"><iframe src="javascript:alert(5)">'));
  await expectOnlyText(page);
  await page.goto(`${skein.url}/search?q=click`);
  await see(page.getByRole('list').getByText(script));
  await expectOnlyText(page);
  await page.goto(`${skein.url}/knowledge`);
  await see(page.getByRole('list').getByText(image));
  await expectOnlyText(page);
  await page.keyboard.press('Control+k');
  await see(page.getByRole('option').getByText(image));
  await expectOnlyText(page);
});

test('a report about wicked names shows them letter for letter', async () => {
  const { page, skein, workspace } = await startWicked();
  const { consolidation } = unwrap(await skein.call('consolidate', {}));
  expect(workspace.read('SYNC_STATUS.md')).not.toContain('<img');
  await page.goto(`${skein.url}/report/${consolidation!.stamp}`);
  await see(page.getByRole('article').getByText(wickedName));
  await expectOnlyText(page);
});

test('even a report that is wicked itself leads nowhere and runs nothing', async () => {
  const { page, skein } = await startWicked();
  const { consolidation } = unwrap(await skein.call('consolidate', {}));
  const report = `## Wicked\n\n${image}\n\n${script}\n\n${link} ![far](https://example.org/pixel.png)\n`;
  await changeAnswers(page, '**/api/consolidations/*', { report });
  await page.goto(`${skein.url}/report/${consolidation!.stamp}`);
  const article = page.getByRole('article');
  await see(article.getByText(script));
  await see(article.getByText('click'));
  await expectCount(article.locator('a, img, script, iframe'), 0);
  await expectOnlyText(page);
});

test('a commit may sign itself as it likes', async () => {
  const { page, workspace } = await startWicked();
  workspace.commit(`${image} ${script}`, `Co-Authored-By: Claude ${image} <noreply@anthropic.com>`);
  await see(pendingList(page).getByText(/^Commit [0-9a-f]{8}/));
  await expectOnlyText(page);
  await pendingList(page).getByRole('link').filter({ hasText: 'Commit' }).first().click();
  await see(page.getByRole('region', { name: 'Who and why' }).getByText(/Commit [0-9a-f]{8}/));
  await expectOnlyText(page);
});

test('an address may say what it likes', async () => {
  const { openPage, skein } = await startFixture();
  const page = await openPage(`/file/${encodeURIComponent(image)}`);
  await see(page.getByRole('alert').getByText(image));
  await expectOnlyText(page);
  await page.goto(
    `${skein.url}/changes?agent=${encodeURIComponent(image)}&path=${encodeURIComponent(script)}`,
  );
  await see(page.getByText('No change matches these filters'));
  await expectOnlyText(page);
  await page.goto(`${skein.url}/${encodeURIComponent(script)}`);
  await see(page.getByRole('heading', { name: 'Page not found' }));
  await expectOnlyText(page);
});

test('the page keeps its strict policy: what got in could neither run nor call out', async () => {
  const { expectTrouble, openPage, skein } = await startFixture();
  expectTrouble(/Content Security Policy|violates the following|asked a stranger/);
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  const answer = await fetch(skein.url);
  const policy = answer.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'self'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  const stopped = await page.evaluate(async () => {
    const inline = document.createElement('script');
    inline.textContent = 'window.ran = true';
    document.head.append(inline);
    const called = await fetch('https://example.org/').then(
      () => true,
      () => false,
    );
    return { ran: 'ran' in window, called };
  });
  expect(stopped).toEqual({ ran: false, called: false });
  await seeGone(page.getByRole('alert'));
});
