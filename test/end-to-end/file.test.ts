/** One file through time: its versions, any two compared, any one put back. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { unwrap } from './running-skein.ts';
import { choose, eventually, expectCount, pendingList, see, seeGone, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

const text = (boat: string) => `# Roadmap\n\nWe build ${boat}.\n`;
const versions = (page: Page) => page.getByRole('list', { name: 'Versions, newest first' });
const difference = (page: Page) => page.getByRole('region', { name: 'Differences' });

/** ROADMAP.md went from a raft over a sloop to a yawl. */
async function openRoadmap() {
  const fixture = await startFixture({ files: { 'ROADMAP.md': text('a raft') } });
  const page = await fixture.openPage();
  await see(page.getByText('Nothing is pending'));
  fixture.workspace.write('ROADMAP.md', text('a sloop'));
  await see(pendingList(page).getByRole('button', { name: 'ROADMAP.md 1 change' }));
  fixture.workspace.write('ROADMAP.md', text('a yawl'));
  await see(pendingList(page).getByRole('button', { name: 'ROADMAP.md 2 changes' }));
  await page.goto(`${fixture.skein.url}/file/ROADMAP.md`);
  await expectCount(versions(page).getByRole('listitem'), 3);
  return { ...fixture, page };
}

test('the timeline shows each version against the one before it', async () => {
  const { page, workspace } = await openRoadmap();
  await see(difference(page).getByText('We build a yawl.'));
  await see(difference(page).getByText('We build a sloop.'));
  await versions(page).getByRole('button').nth(1).click();
  await see(difference(page).getByText('We build a raft.'));
  await seeGone(difference(page).getByText('We build a yawl.'));
  await versions(page).getByRole('button').nth(2).click();
  await see(difference(page).getByText('3 lines added, 0 lines removed'));
  workspace.write('ROADMAP.md', text('a ketch'));
  await expectCount(versions(page).getByRole('listitem'), 4);
});

test('any two versions are compared, by an address that can be kept', async () => {
  const { page } = await openRoadmap();
  await page.getByRole('radio', { name: /^A: version 1 / }).check();
  await page.getByRole('radio', { name: /^B: version 3 / }).check();
  const compared = async () => {
    await see(difference(page).getByText('We build a raft.'));
    await see(difference(page).getByText('We build a yawl.'));
    await seeGone(difference(page).getByText('We build a sloop.'));
  };
  await compared();
  await page.reload();
  await compared();
  await choose(page, 'Content');
  await see(page.getByRole('region', { name: 'Chosen versions' }).getByText('We build a yawl.'));
  await seeGone(page.getByText('We build a raft.'));
});

test('a restore writes the file, and its undo writes it back', async () => {
  const { page, workspace } = await openRoadmap();
  await versions(page).getByRole('button').nth(2).click();
  await page.getByRole('button', { name: 'Restore this version' }).click();
  await page
    .getByRole('dialog', { name: 'Restore this version' })
    .getByRole('button', { name: 'Restore' })
    .click();
  await see(toast(page, 'Restored ROADMAP.md'));
  expect(workspace.read('ROADMAP.md')).toBe(text('a raft'));
  await expectCount(versions(page).getByRole('listitem'), 4);

  await toast(page, 'Restored').getByRole('button', { name: 'Undo' }).click();
  await eventually(() => workspace.read('ROADMAP.md')).toBe(text('a yawl'));
  await expectCount(versions(page).getByRole('listitem'), 5);
});

test('a deleted file comes back, and its undo deletes it again', async () => {
  const { page, workspace } = await openRoadmap();
  workspace.remove('ROADMAP.md');
  await see(page.getByText('deleted, its history stays'));
  await expectCount(versions(page).getByRole('listitem'), 4);
  await versions(page).getByRole('button').nth(1).click();
  await page.getByRole('button', { name: 'Restore this version' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await see(toast(page, 'Restored ROADMAP.md'));
  expect(workspace.read('ROADMAP.md')).toBe(text('a yawl'));
  await toast(page, 'Restored').getByRole('button', { name: 'Undo' }).click();
  await eventually(() => workspace.has('ROADMAP.md')).toBe(false);
});

test('the list of files finds by path, and tells deleted files from others', async () => {
  const { page, skein, workspace } = await openRoadmap();
  workspace.write('docs/architecture/hull.md', '# Hull\n');
  await page.getByRole('link', { name: 'Files' }).click();
  const files = page.getByRole('list', { name: 'Tracked files' });
  await see(files.getByText('hull.md'));
  await page.getByRole('searchbox', { name: 'Path contains' }).fill('hull');
  await expectCount(files.getByRole('listitem'), 1);
  await page.getByRole('searchbox', { name: 'Path contains' }).fill('anchor');
  await see(page.getByText('No tracked file matches this filter'));
  await page.getByRole('searchbox', { name: 'Path contains' }).fill('');
  workspace.remove('docs/architecture/hull.md');
  await see(files.getByRole('link').filter({ hasText: 'hull.md' }).getByText('2 pending'));
  unwrap(await skein.call('consolidate', {}));
  await see(files.getByText('Deleted', { exact: true }));
  await see(files.getByText('In step'));
});

test('a name keeps all its letters where the space is short; its folder gives way', async () => {
  const path = 'docs/architecture/some/deep/folder/00-Overview.md';
  const { openPage } = await startFixture({ files: { [path]: '# All\n' } });
  const page = await openPage('/files', { viewport: { width: 900, height: 700 } });
  const shown = page.getByRole('list', { name: 'Tracked files' }).getByText('00-Overview.md');
  await see(shown);
  const { text, room } = await shown.evaluate((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return { text: range.getBoundingClientRect().width, room: element.getBoundingClientRect().width };
  });
  expect(room).toBeGreaterThanOrEqual(text);
});
