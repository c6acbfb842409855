/** The notes searched as one types, and what was found opened in its place. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { changeAnswers } from './changed-answers.ts';
import { harbourNotes, indexed, pretendKnowledge, startHarbour } from './harbour-notes.ts';
import { choose, eventually, expectAddress, expectCount, expectTitle, see, seeGone } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

const field = (page: Page) => page.getByRole('searchbox', { name: 'Search the notes' });
const results = (page: Page) => page.getByRole('list', { name: 'Passages, best first' });
const result = (page: Page, text: string | RegExp): Locator =>
  results(page).getByRole('listitem').filter({ hasText: text });

/** The place that the link with the focus leads to. */
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.textContent?.replace(/\s+/g, ' ').trim() ?? '');

const isInSight = (thing: Locator) =>
  thing.evaluate((it) => {
    const box = it.getBoundingClientRect();
    const seen = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    return seen !== null && it.contains(seen);
  });

test('a word that is being typed finds its passage, which opens in its place, and Back leads to the results', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage('/search');
  await see(page.getByText('4 notes with'));
  await field(page).pressSequentially('paraff');
  await see(results(page).getByText('The lighthouse lamp burns'));
  const first = results(page).getByRole('listitem').first();
  await see(first.getByText(/^Journal/));
  await see(first.getByText(/^1st by words/));
  await see(first.getByText('human'));
  await see(first.locator('mark').getByText('paraffin'));
  await expectAddress(page, '/search?q=paraff');
  await expectTitle(page, /^paraff – Search – harbour/);

  await first.getByRole('link', { name: /^docs\/passation_codex\.md, line \d+$/ }).click();
  await see(page.getByRole('heading', { name: 'docs/passation_codex.md' }));
  await expectAddress(page, /^\/file\/docs\/passation_codex\.md\?lines=\d+-\d+$/);
  const passage = page.locator('.marked').getByText('The lighthouse lamp burns paraffin.');
  await see(passage);
  await eventually(() => isInSight(passage)).toBe(true);
  await eventually(() => focused(page)).toMatch(/Passage, lines \d+ to \d+:/);

  await page.goBack();
  await see(results(page).getByText('The lighthouse lamp burns'));
  expect(await field(page).inputValue()).toBe('paraff');
  await page.goForward();
  await eventually(() => isInSight(passage)).toBe(true);
});

test('filters narrow the search, live in the address, and can be dropped where nothing is left', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage('/search?q=clock');
  await see(result(page, 'ROADMAP.md'));
  await see(result(page, 'display.md'));

  await page.getByRole('combobox', { name: 'Class' }).selectOption('architecture');
  await seeGone(result(page, 'ROADMAP.md'));
  await see(result(page, 'display.md'));
  await choose(page, 'Words');
  await page.getByRole('combobox', { name: 'Files' }).fill('docs');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: /^Age\b/ }).selectOption({ label: 'Changed in 7 days' });
  await expectAddress(page, '/search?q=clock&by=words&path=docs%2F**&class=architecture&days=7');
  await see(result(page, 'display.md'));
  await page.reload();
  await see(result(page, 'display.md'));
  await expectCount(results(page).getByRole('listitem'), 1);
  expect(await page.getByRole('combobox', { name: 'Files' }).inputValue()).toBe('docs/**');

  await field(page).fill('tide');
  await see(page.getByText('No passage was found for “tide”'));
  await page.getByRole('button', { name: 'Search without filters' }).click();
  await expectAddress(page, '/search?q=tide');
  await see(result(page, 'ROADMAP.md').locator('mark').getByText('tide'));
});

test('only the notes that an agent wrote to', async () => {
  const { openPage, workspace, skein } = await startHarbour();
  workspace.write('AGENT_SYNC_CLAUDE.md', '# Agent sync: Claude\n\nThe clock ticks.\n');
  await indexed(skein, 5);
  const page = await openPage('/search?q=clock');
  await see(result(page, 'ROADMAP.md'));
  await page.getByRole('combobox', { name: 'Agent' }).selectOption('claude-code');
  await seeGone(result(page, 'ROADMAP.md'));
  await see(result(page, 'AGENT_SYNC_CLAUDE.md'));
  await page.getByRole('button', { name: 'Clear' }).click();
  await see(result(page, 'ROADMAP.md'));
});

test('a pattern that is none is said', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage('/search?q=clock&path=a%5Bb');
  await see(page.getByRole('alert').getByText('The pattern "a[b" cannot be used'));
});

test('by keyboard alone: to the field, through the results, into the file', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await see(page.getByText('Ask the notes'));
  await page.keyboard.type('clock');
  await see(result(page, 'display.md'));
  const names = await results(page)
    .getByRole('link', { name: /, line \d+$/ })
    .allInnerTexts();
  const places = names.filter((name) => !name.startsWith('Similar'));
  expect(places.length).toBeGreaterThan(1);

  await page.keyboard.press('ArrowDown');
  await eventually(() => focused(page)).toContain('md:');
  const first = await focused(page);
  await page.keyboard.press('ArrowDown');
  await eventually(() => focused(page)).not.toBe(first);
  await page.keyboard.press('k');
  await eventually(() => focused(page)).toBe(first);
  await page.keyboard.press('j');
  await eventually(() => focused(page)).not.toBe(first);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.type(' dial');
  expect(await field(page).inputValue()).toBe('clock dial');
  await expectAddress(page, '/search?q=clock+dial');
  await see(result(page, 'display.md'));
  await page.keyboard.press('ArrowDown');
  await eventually(() => focused(page)).toContain('md:');
  await page.keyboard.press('Enter');
  await see(page.locator('.marked').first());
});

test('the last answer stays until the next one comes, and a late one never replaces a newer', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage('/search?q=paraffin');
  await see(results(page).locator('mark').getByText('paraffin'));
  const held: (() => Promise<void>)[] = [];
  await page.route(
    /api\/search\?.*q=(tide|dial)/,
    (route) => void held.push(() => route.continue().catch(() => {})),
  );

  await field(page).fill('tide');
  await expectAddress(page, '/search?q=tide');
  await see(page.getByText('Searching…'));
  await see(results(page).locator('mark').getByText('paraffin'));
  await field(page).fill('dial');
  await eventually(() => held.length).toBe(2);
  await held[1]?.();
  await see(results(page).locator('mark').getByText('dial'));
  await held[0]?.();
  await seeGone(page.getByText('Searching…'));
  await expectCount(results(page).locator('mark').getByText('tide'), 0);
  await see(results(page).locator('mark').getByText('dial'));
});

test('similar notes, of a result and of the file that is open', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage('/search?q=dial');
  const similar = page.getByRole('list', { name: 'Passages, nearest first' });
  await result(page, 'display.md')
    .getByRole('link', { name: /^Similar notes to docs\/architecture\/display\.md/ })
    .click();
  await see(page.getByRole('heading', { name: 'Similar notes' }));
  await see(similar.getByRole('link', { name: /^ROADMAP\.md, line/ }));
  await see(similar.getByText(/^Closeness 0\.\d\d of 1$/));
  await expectCount(similar.getByRole('link', { name: /^docs\/architecture\/display\.md, line/ }), 0);

  await page.getByRole('link', { name: 'docs/architecture/display.md, line 1' }).click();
  await see(page.getByRole('heading', { name: 'docs/architecture/display.md' }));
  await page.getByRole('link', { name: 'Similar notes' }).click();
  await expectAddress(page, '/similar/docs/architecture/display.md?line=1');
  await see(similar.getByRole('link', { name: /^ROADMAP\.md, line/ }));
});

test('before anything is typed there are examples, which have an answer', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage();
  await page.getByRole('link', { name: 'Search', exact: true }).click();
  await see(page.getByText('Ask the notes'));
  const examples = page.getByRole('main').getByRole('listitem').getByRole('link');
  await expectCount(examples, 2);
  await page.getByRole('link', { name: 'A clock in a wooden case' }).or(examples.first()).first().click();
  await see(results(page).getByRole('listitem'));
  await field(page).fill('');
  await see(page.getByText('Ask the notes'));
  await expectAddress(page, '/search');
});

test('where no file is tracked, it says which files would be searched', async () => {
  const { openPage } = await startFixture({ files: { 'main.c': 'int main;\n' } });
  const page = await openPage('/search');
  await see(page.getByText('There is no note to search yet'));
});

test('what changes is found a moment later, and what is gone is not', async () => {
  const { openPage, workspace } = await startHarbour();
  const page = await openPage('/search?q=barnacle&by=words');
  await see(page.getByText('No passage was found for “barnacle”'));
  workspace.write('memory-bank/hull.md', '# Hull\n\nA barnacle sits on the hull.\n');
  await see(result(page, 'hull.md').locator('mark').getByText('barnacle'));
  workspace.remove('memory-bank/hull.md');
  await see(page.getByText('No passage was found for “barnacle”'));
});

test('what the answer may lack, and why, is said', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage();
  const problem = {
    code: 'unreachable',
    message: 'Only the words were searched: the model does not answer.',
    subject: 'model',
    advice: 'Start it.',
  };
  await changeAnswers(page, '**/api/search?*', { behind: 2, problem });
  await page.getByRole('link', { name: 'Search', exact: true }).click();
  await field(page).fill('clock');
  await see(page.getByRole('note').getByText('Only the words were searched'));
  await see(result(page, 'ROADMAP.md'));
  await page.getByRole('link', { name: '2 notes are not indexed yet' }).click();
  await see(page.getByRole('heading', { name: 'Knowledge', level: 1 }));
});

test('while the first index is made, its progress is seen', async () => {
  const { openPage } = await startHarbour();
  const page = await openPage();
  const rebuild = { done: 12, total: 340, left_ms: 45_000, use: null, left_use: null };
  await pretendKnowledge(page, { state: 'indexing', rebuild });
  await page.getByRole('link', { name: 'Search', exact: true }).click();
  await see(page.getByText('The index is being made for the first time'));
  await see(page.getByText('12 of 340 notes, about 40 s left.'));
  await see(page.getByRole('progressbar'));
});

test('an index that cannot be opened is said, once', async () => {
  const { dataFolder, expectTrouble, openPage, restart, skein } = await startFixture({ files: harbourNotes });
  expectTrouble(/Skein logged|status of 5\d\d|net::ERR_/);
  const folder = join(dataFolder, 'replicas', skein.workspaces()[0]?.id ?? '', 'knowledge');
  await restart(async () => {
    rmSync(folder, { recursive: true, force: true });
    writeFileSync(folder, 'In the way.\n');
  });
  const page = await openPage('/search?q=clock');
  await see(page.getByRole('alert').getByText(/The knowledge index failed/));
  await expectCount(page.getByRole('alert'), 1);
  await page.goto(page.url().replace(/\/search.*/, '/knowledge'));
  await see(page.getByRole('alert').getByText(/The knowledge index failed/));
});
