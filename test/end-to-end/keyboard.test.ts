/** Everything without a mouse. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually, pendingList, see, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

const focusedRow = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest('li')?.dataset['index'] ?? 'none');

const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.textContent?.replace(/\s+/g, ' ').trim() ?? '');

test('g and a letter go to each view', async () => {
  const { openPage } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  for (const [key, heading] of [
    ['c', 'Changes'],
    ['f', 'Files'],
    ['r', 'Reports'],
    ['a', 'Activity'],
    ['s', 'Settings'],
    ['o', 'Overview'],
  ] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await see(page.getByRole('heading', { name: heading, level: 1 }));
  }
});

test('g k goes to the search, where letters are only letters', async () => {
  const { openPage } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await see(page.getByText('Ask the notes'));
  await page.keyboard.type('g o?');
  expect(await page.getByRole('searchbox', { name: 'Search the notes' }).inputValue()).toBe('g o?');
  await see(page.getByRole('heading', { name: 'Search', level: 1 }));
});

test('j and k walk through a list with a visible focus, Enter opens, c consolidates', async () => {
  const { openPage, workspace } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  workspace.write('ROADMAP.md', '# Roadmap\n\nNothing.\n');
  await see(pendingList(page).getByRole('button', { name: 'ROADMAP.md 1 change' }));

  await page.keyboard.press('j');
  await eventually(() => focused(page)).toMatch(/^ROADMAP\.md/);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await eventually(() => focused(page)).toMatch(/^AGENTS\.md/);
  await page.keyboard.press('k');
  await eventually(() => focusedRow(page)).toBe('1');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
  expect(outline).not.toBe('none');
  await page.keyboard.press('Enter');
  await see(page.getByRole('heading', { name: 'ROADMAP.md' }));

  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await see(pendingList(page).getByRole('link'));
  await page.keyboard.press('c');
  const question = page.getByRole('dialog', { name: 'Consolidate' });
  await see(question.getByText('Consolidate 2 changes?'));
  await eventually(() => focused(page)).toBe('Consolidate');
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'hidden' });
  await page.keyboard.press('c');
  await see(question);
  await eventually(() => focused(page)).toBe('Consolidate');
  await page.keyboard.press('Enter');
  await see(toast(page, 'Consolidated 2 changes of 2 files'));
});

test('the slash finds the filter, and letters typed there are only letters', async () => {
  const { openPage } = await startFixture();
  const page = await openPage('/files');
  await see(page.getByRole('list', { name: 'Tracked files' }).getByText('ROADMAP.md'));
  await page.keyboard.press('/');
  await page.keyboard.type('go?');
  const filter = page.getByRole('searchbox', { name: 'Path contains' });
  expect(await filter.inputValue()).toBe('go?');
  await see(page.getByText('No tracked file matches this filter'));
  await see(page.getByRole('heading', { name: 'Files' }));
});

test('help lists the keys and closes with Escape', async () => {
  const { openPage } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await see(help.getByText('Go to Overview'));
  await see(help.getByText('Consolidate'));
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await see(help);
  await page.keyboard.press('Escape');
  await help.waitFor({ state: 'hidden' });
  await see(page.getByRole('heading', { name: 'Overview' }));
});

test('the palette goes to a file by a few letters', async () => {
  const { openPage } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search views and files' });
  await see(palette.getByRole('option', { name: 'ROADMAP.md' }));
  await page.keyboard.type('codex');
  await eventually(() => palette.getByRole('option').count()).toBe(1);
  await page.keyboard.press('Enter');
  await see(page.getByRole('heading', { name: 'docs/passation_codex.md' }));
  await page.keyboard.press('Control+k');
  await see(palette);
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'detached' });
});

test('the first Tab offers to skip to the content', async () => {
  const { openPage } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Skip to content');
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Pause');
});
