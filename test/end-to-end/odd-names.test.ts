/** Files with odd names on the screen: every link leads to them, and every version comes back by a click. */
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { visibleText } from '../../shared/domain/visible-text.ts';
import { refusedNames, trickyNames } from '../support/odd-names.ts';
import { unwrap } from './running-skein.ts';
import { eventually, expectCount, see, toast } from './screen.ts';
import { type SkeinFixture, startFixture } from './skein-fixture.ts';

const folder = '.claude/rules';
const versions = (page: Page) => page.getByRole('list', { name: 'Versions, newest first' });
const difference = (page: Page) => page.getByRole('region', { name: 'Differences' });
const changes = (page: Page) => page.getByRole('list', { name: 'Changes, newest first' });

const rowOf = (list: Locator, name: string) =>
  list.getByRole('link').filter({ has: list.page().getByText(visibleText(name), { exact: true }) });

/** Each file said `first` when Skein started, and says `second` now. */
async function startOdd(names: readonly string[]): Promise<SkeinFixture & { page: Page }> {
  const first = Object.fromEntries(names.map((name, index) => [`${folder}/${name}`, `first ${index}\n`]));
  // No report comes in between.
  const files = { ...first, 'skein.json': '{ "consolidation_threshold": 0 }' };
  const fixture = await startFixture({ files });
  for (const [index, name] of names.entries()) {
    fixture.workspace.write(`${folder}/${name}`, `second ${index}\n`);
  }
  const pending = async () => unwrap(await fixture.skein.call('listPending', {})).count;
  await eventually(pending).toBe(names.length);
  // High enough for lists to show all of their rows at once.
  const page = await fixture.openPage('/', { viewport: { width: 1280, height: 2000 } });
  return { ...fixture, page };
}

async function restoreShown(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Restore this version' }).click();
  const question = page.getByRole('dialog', { name: 'Restore this version' });
  await question.getByRole('button', { name: 'Restore', exact: true }).click();
}

test.each([
  ['refused of paths from outside', refusedNames],
  ['easily misread', trickyNames],
])('from the list over a file to its first version, which comes back, with names %s', async (_, names) => {
  const { page, workspace } = await startOdd(names);
  for (const [index, name] of names.entries()) {
    const path = `${folder}/${name}`;
    await page.getByRole('link', { name: 'Files', exact: true }).click();
    await rowOf(page.getByRole('list', { name: 'Tracked files' }), name).click();
    await see(page.getByRole('heading', { level: 1, name: visibleText(path), exact: true }));
    await page.reload();
    await see(difference(page).getByText(`second ${index}`));
    await versions(page).getByRole('button').nth(1).click();
    await see(difference(page).getByText('1 line added, 0 lines removed'));
    await restoreShown(page);
    await see(toast(page, `Restored ${visibleText(path)}`));
    expect(workspace.read(path), path).toBe(`first ${index}\n`);
  }
});

test('from the log over a change to its file, and to all changes of that file', async () => {
  const { page } = await startOdd(refusedNames);
  for (const [index, name] of refusedNames.entries()) {
    await page.getByRole('link', { name: 'Changes', exact: true }).click();
    await rowOf(changes(page), name).first().click();
    await see(difference(page).getByText(`second ${index}`));
    await page.reload();
    await page.getByRole('heading', { level: 1 }).getByRole('link').click();
    await page.getByRole('link', { name: 'All its changes' }).click();
    await expectCount(changes(page).getByRole('link'), 2);
    await page.reload();
    await expectCount(rowOf(changes(page), name), 2);
  }
});
