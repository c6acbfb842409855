/** Every view in light and dark, narrow and wide: nothing keeps anybody out, and nothing scrolls sideways. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { limits } from '../../shared/limits.ts';
import { findBarriers } from './accessible.ts';
import { unwrap } from './running-skein.ts';
import { choose, eventually, see, seeGone } from './screen.ts';
import { type SkeinFixture, startFixture, usualFiles } from './skein-fixture.ts';

/** Each of some twenty views is looked at in two sizes. */
const timeoutMs = 180_000;
const longName = `docs/architecture/${'a-very-long-name-'.repeat(6)}of-a-note.md`;
const longLine = 'a line that goes on '.repeat(40);

type Sight = { address: string; ready: (page: Page) => Promise<unknown> };

const heading = (name: string) => (page: Page) => see(page.getByRole('heading', { name, level: 1 }));

/** A workspace in which every view has something to show: reports, pending changes, problems, long words. */
async function startRich(): Promise<{ fixture: SkeinFixture; sights: Sight[] }> {
  const fixture = await startFixture({
    files: { ...usualFiles, 'HANDOFF.md': 'Soon too large.\n', [longName]: `# Long\n\n${longLine}\n` },
  });
  const { skein, workspace } = fixture;
  const pending = async () => unwrap(await skein.call('listPending', {})).count;
  workspace.write('AGENT_SYNC_CLAUDE.md', '# Agent sync: Claude\n\n- [x] Neap tides\n');
  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks at a time.\n');
  await eventually(pending).toBe(2);
  unwrap(await skein.call('consolidate', {}));
  workspace.write(longName, `# Long\n\n${longLine} and on\n\n\`\`\`\n${longLine}\n\`\`\`\n`);
  workspace.remove('ROADMAP.md');
  await eventually(pending).toBe(2);
  workspace.write('HANDOFF.md', 'x'.repeat(limits.trackedFileBytes + 1));
  await eventually(async () => unwrap(await skein.call('listFiles', {})).files.some((it) => it.problem)).toBe(
    true,
  );
  workspace.write('skein.json', '{ "locale": "elvish" }\n');
  await eventually(async () => unwrap(await skein.call('getSettings', {})).problem).not.toBe(null);
  const { changes } = unwrap(await skein.call('listPending', {}));
  const [report] = unwrap(await skein.call('listConsolidations', {})).consolidations;
  const position = changes.find((change) => change.file_path === longName)!.position;
  const sights: Sight[] = [
    { address: '/', ready: (page) => see(page.getByText('2 changes').or(page.getByText('1 change'))) },
    { address: '/changes', ready: (page) => see(page.getByRole('heading', { name: 'Today' })) },
    { address: '/changes?agent=gandalf', ready: (page) => see(page.getByText('No change matches')) },
    {
      address: `/change/${position}`,
      ready: (page) => see(page.getByRole('region', { name: 'Differences' })),
    },
    { address: '/files', ready: (page) => see(page.getByText('In step')) },
    { address: `/file/${longName}`, ready: (page) => see(page.getByRole('region', { name: 'Differences' })) },
    { address: '/reports', ready: (page) => see(page.getByText('2 changes of 2 files')) },
    {
      address: `/report/${report!.stamp}`,
      ready: (page) => see(page.getByRole('article').getByRole('heading')),
    },
    { address: '/inbox', ready: heading('Inbox') },
    { address: '/peers', ready: (page) => see(page.getByRole('region', { name: 'On this machine' })) },
    {
      address: '/git',
      ready: (page) => see(page.getByRole('list', { name: 'Files that are not committed' })),
    },
    { address: '/search', ready: (page) => see(page.getByText('Ask the notes')) },
    {
      address: '/search?q=goes+on&class=architecture',
      ready: (page) => see(page.getByRole('list', { name: 'Passages, best first' }).getByRole('listitem')),
    },
    { address: '/search?q=gandalf&by=words', ready: (page) => see(page.getByText('No passage was found')) },
    {
      address: '/similar/AGENTS.md?line=1',
      ready: (page) => see(page.getByRole('list', { name: 'Passages, nearest first' })),
    },
    { address: '/knowledge', ready: (page) => see(page.getByRole('list', { name: 'Notes of the index' })) },
    { address: `/file/${longName}?lines=3-5`, ready: (page) => see(page.locator('.marked')) },
    { address: '/activity', ready: (page) => see(page.getByRole('heading', { name: 'By day' })) },
    {
      address: '/settings',
      ready: (page) => see(page.getByRole('region', { name: 'Health' }).getByRole('listitem')),
    },
    { address: '/welcome', ready: heading('Welcome to Skein') },
    { address: '/nowhere', ready: heading('Page not found') },
  ];
  return { fixture, sights };
}

/** Pixels by which the page or its content is wider than the window. */
const sidewaysPixels = (page: Page): Promise<number> =>
  page.evaluate(() =>
    Math.max(
      ...[document.documentElement, ...document.querySelectorAll('main')].map(
        (it) => it.scrollWidth - it.clientWidth,
      ),
    ),
  );

test('axe finds no barrier in any view, and none scrolls sideways', {
  timeout: timeoutMs,
}, async () => {
  const { fixture, sights } = await startRich();
  const page = await fixture.openPage();
  for (const { address, ready } of sights) {
    await page.setViewportSize({ width: 1600, height: 900 });
    await page.goto(fixture.skein.url + address);
    await ready(page);
    expect(await findBarriers(page), `barriers at ${address}`).toEqual([]);
    expect(await sidewaysPixels(page), `wide ${address}`).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 900, height: 700 });
    await ready(page);
    expect(await sidewaysPixels(page), `narrow ${address}`).toBeLessThanOrEqual(0);
  }
});

test('axe finds no barrier in what opens above the views', async () => {
  const { fixture } = await startRich();
  const page = await fixture.openPage();
  await see(page.getByRole('list', { name: 'Pending changes' }));
  const check = async (what: string) => expect(await findBarriers(page), what).toEqual([]);

  await page.keyboard.press('?');
  await see(page.getByRole('dialog', { name: 'Keyboard shortcuts' }));
  await check('help');
  await page.keyboard.press('Escape');
  await seeGone(page.getByRole('dialog'));
  await page.keyboard.press('Control+k');
  await see(page.getByRole('option', { name: 'AGENTS.md' }));
  await check('palette');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Workspaces$/ }).click();
  await see(page.getByRole('dialog', { name: 'Workspaces' }));
  await check('workspace switcher');
  await page.keyboard.press('Escape');
  await page.keyboard.press('c');
  await see(page.getByRole('dialog', { name: 'Consolidate' }));
  await check('question');
  await page.keyboard.press('Enter');
  await see(page.getByText('Nothing is pending'));
  await check('toast and empty list');
  await page.goto(`${fixture.skein.url}/change/1`);
  await choose(page, 'Side by side');
  await check('side by side');
});

test('axe finds no barrier on the locked screen', async () => {
  const { openPage, skein } = await startFixture();
  const page = await openPage('/', { signedIn: false });
  for (const address of ['/', '/#code=used']) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(skein.url + address);
    await see(page.getByRole('heading', { name: address === '/' ? 'needs your token' : 'does not sign in' }));
    expect(await findBarriers(page), address).toEqual([]);
    await page.setViewportSize({ width: 400, height: 700 });
    expect(await sidewaysPixels(page), address).toBeLessThanOrEqual(0);
  }
});

test('axe finds no barrier on the welcome screen of somebody new', async () => {
  const fixture = await startFixture({ opened: false });
  mkdirSync(join(fixture.workspace.folder, 'deep'));
  const page = await fixture.openPage();
  await see(page.getByRole('region', { name: 'Folders' }).getByRole('button'));
  expect(await findBarriers(page)).toEqual([]);
});

test('a barrier would be found', async () => {
  const { openPage } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await page.locator('main').evaluate((main) => {
    const faint = document.createElement('button');
    faint.style.color = '#ccc';
    faint.style.background = 'light-dark(#fff, #ddd)';
    faint.textContent = 'Who can read this?';
    main.append(faint, document.createElement('button'));
  });
  const found = (await findBarriers(page)).join('\n');
  expect(found).toMatch(/^color-contrast /m);
  expect(found).toMatch(/^button-name /m);
  expect(found).toMatch(/#dddddd.* \(dark\)$/m);
});
