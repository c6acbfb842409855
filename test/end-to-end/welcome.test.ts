/** The first minute: nothing is open yet. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { expectAddress, expectTitle, pendingList, see, seeGone } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

test('a newcomer tries the sample, and sees its agents at work', async () => {
  const { openPage } = await startFixture({ opened: false });
  const page = await openPage();
  await see(page.getByRole('heading', { name: 'Welcome to Skein' }));
  await page.getByRole('button', { name: 'Try a sample workspace' }).click();
  await see(page.getByRole('heading', { name: 'Overview' }));
  await see(pendingList(page).getByText('claude-code'));
  await expectTitle(page, 'Overview – harbour-notes – Skein');
});

test('a folder is found and opened with the keyboard alone', async () => {
  const fixture = await startFixture({ opened: false });
  mkdirSync(join(fixture.workspace.folder, '..', 'empty'));
  vi.stubEnv('HOME', dirname(fixture.workspace.folder));
  await fixture.restart();
  vi.unstubAllEnvs();
  const page = await fixture.openPage();
  const folders = page.getByRole('region', { name: 'Folders' });
  await see(folders.getByRole('button', { name: 'harbour Git repository' }));
  await page.getByRole('textbox', { name: 'Folder' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  const focusedText = () => page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
  while (!(await focusedText()).startsWith('harbour')) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await see(folders.getByText('docs', { exact: true }));
  expect(await page.getByRole('textbox', { name: 'Folder' }).inputValue()).toBe(fixture.workspace.folder);
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await see(page.getByRole('heading', { name: 'Overview' }));
  await see(page.getByText(fixture.workspace.folder));
});

test('backspace goes up, and a typed path is enough', async () => {
  const fixture = await startFixture({ opened: false });
  const page = await fixture.openPage();
  const path = page.getByRole('textbox', { name: 'Folder' });
  const folders = page.getByRole('region', { name: 'Folders' });
  await path.fill(join(fixture.workspace.folder, 'docs'));
  await path.press('Tab');
  await see(folders.getByText('No folders in here.'));
  await folders.focus();
  await page.keyboard.press('Backspace');
  await see(folders.getByText('docs', { exact: true }));
  await path.fill(fixture.workspace.folder);
  await path.press('Enter');
  await see(page.getByRole('heading', { name: 'Overview' }));
});

test('a list of folders that comes late puts nothing among what is typed', async () => {
  const { openPage, workspace } = await startFixture({ opened: false });
  const page = await openPage();
  const held = Promise.withResolvers<void>();
  await page.route('**/api/folders**', (route) => held.promise.then(() => route.continue()));
  await page.reload();
  const path = page.getByRole('textbox', { name: 'Folder' });
  await path.focus();
  held.resolve();
  const folders = page.getByRole('region', { name: 'Folders' });
  await see(folders.getByRole('button'));
  expect(await path.inputValue()).toBe('');
  await page.keyboard.type(join(workspace.folder, 'docs'));
  await path.press('Tab');
  await see(folders.getByText('No folders in here.'));
  expect(await path.inputValue()).toBe(join(workspace.folder, 'docs'));
});

test('a folder that is none is refused in words, and the next try works', async () => {
  const { openPage, workspace } = await startFixture({ opened: false });
  const page = await openPage();
  const path = page.getByRole('textbox', { name: 'Folder' });
  await path.fill(join(workspace.folder, 'AGENTS.md'));
  await path.press('Enter');
  await see(page.getByRole('alert'));
  expect(await page.getByRole('alert').textContent()).toContain(join(workspace.folder, 'AGENTS.md'));
  await path.fill(workspace.folder);
  await path.press('Enter');
  await see(page.getByRole('heading', { name: 'Overview' }));
  await seeGone(page.getByRole('alert'));
});

test('a workspace that was closed is offered again', async () => {
  const { openPage, skein, workspace } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await skein.call('closeWorkspace', { id: skein.workspaces()[0]!.id });
  await see(page.getByRole('heading', { name: 'Welcome to Skein' }));
  await page.getByRole('button', { name: `harbour ${workspace.folder}` }).click();
  await see(page.getByText('Nothing is pending'));
  await expectAddress(page, /^\/$/);
});
