/** Several workspaces in one Skein: switching, closing, and addresses that say which one is meant. */
import { expect, test } from 'vitest';
import { unwrap } from './running-skein.ts';
import { addressOf, expectAddress, expectTitle, pendingList, see, seeGone, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

async function startWithTwo() {
  const fixture = await startFixture();
  const lighthouse = fixture.makeFolder('lighthouse', { 'CLAUDE.md': '# The lamp\n' });
  unwrap(await fixture.skein.call('openWorkspace', { folder: lighthouse.folder }));
  const page = await fixture.openPage();
  await see(page.getByText('Nothing is pending'));
  const switcher = page.getByRole('button', { name: /Workspaces$/ });
  return { ...fixture, lighthouse, page, switcher };
}

test('the switcher leads to the other workspace and back, each with its own changes', async () => {
  const { page, switcher, workspace, lighthouse } = await startWithTwo();
  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  await switcher.click();
  const list = page.getByRole('dialog', { name: 'Workspaces' });
  await see(list.getByText('Watching, 1 change pending'));
  await list.getByRole('button', { name: /^lighthouse/ }).click();
  await expectTitle(page, 'Overview – lighthouse – Skein');
  await expectAddress(page, /^\/\?workspace=/);
  await see(page.getByText('Nothing is pending'));
  lighthouse.write('CLAUDE.md', '# The lamp turns\n');
  await see(pendingList(page).getByRole('button', { name: 'CLAUDE.md 1 change' }));
  await seeGone(page.getByText('AGENTS.md'));

  await page.goBack();
  await expectTitle(page, 'Overview – harbour – Skein');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
});

test('every link keeps the workspace, and so does a copied address', async () => {
  const { page, openPage, switcher } = await startWithTwo();
  await switcher.click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^lighthouse/ })
    .click();
  await expectTitle(page, 'Overview – lighthouse – Skein');
  await page.getByRole('link', { name: 'Files' }).click();
  await page.getByRole('list', { name: 'Tracked files' }).getByText('CLAUDE.md').click();
  await see(page.getByRole('heading', { name: 'CLAUDE.md' }));
  const other = await openPage(addressOf(page));
  await see(other.getByRole('heading', { name: 'CLAUDE.md' }));
  await see(other.getByRole('region', { name: 'Differences' }).getByText('# The lamp'));
});

test('closing is undone by one click, and the other workspace is on the screen meanwhile', async () => {
  const { page, skein, switcher } = await startWithTwo();
  await switcher.click();
  await page.getByRole('button', { name: 'Close harbour' }).click();
  await expectTitle(page, 'Overview – lighthouse – Skein');
  expect(skein.workspaces().map((it) => it.name)).toEqual(['lighthouse']);
  await toast(page, 'Closed harbour').getByRole('button', { name: 'Undo' }).click();
  await switcher.click();
  await see(page.getByRole('dialog', { name: 'Workspaces' }).getByRole('button', { name: /^harbour/ }));
});

test('another folder is opened from the switcher', async () => {
  const { page, switcher, makeFolder } = await startWithTwo();
  const third = makeFolder('boathouse');
  await switcher.click();
  await page.getByRole('link', { name: 'Open another folder…' }).click();
  await page.getByRole('textbox', { name: 'Folder' }).fill(third.folder);
  await page.keyboard.press('Enter');
  await expectTitle(page, 'Overview – boathouse – Skein');
  await see(page.getByText(third.folder));
});
