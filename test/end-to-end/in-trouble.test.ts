/** What the screen says while something is wrong, and that it stays a screen. */
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'vitest';
import { unwrap } from './running-skein.ts';
import { eventually, expectCount, pendingList, see, seeGone, toast } from './screen.ts';
import { startFixture, usualFiles } from './skein-fixture.ts';

test('a folder that is gone is said once, also by the report that waits for it', async () => {
  const files = { ...usualFiles, 'skein.json': '{ "check_interval_seconds": 1 }\n' };
  const { expectTrouble, openPage, workspace } = await startFixture({ files });
  expectTrouble(/Skein logged/);
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));

  renameSync(workspace.folder, `${workspace.folder}-away`);
  await see(page.getByRole('alert').getByText('The workspace folder is gone.'));
  await page.keyboard.press('c');
  await page
    .getByRole('dialog', { name: 'Consolidate' })
    .getByRole('button', { name: 'Consolidate' })
    .click();
  await see(toast(page, 'Consolidated 1 change of 1 file'));
  await see(page.getByText('Nothing is pending'));
  await see(page.getByText('Until what is said above is mended, a change may not show up here.'));
  await see(page.getByText('Open the report', { exact: true }));
  await expectCount(page.getByRole('alert'), 1);
});

test('paused, the empty list says when changes show up', async () => {
  const { openPage } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await page.getByRole('button', { name: 'Pause' }).click();
  await see(page.getByText('What agents change meanwhile shows up here when you resume.'));
  await see(page.getByText('Nothing consolidates by itself until you resume.'));
  await page.getByRole('button', { name: 'Resume' }).click();
  await see(page.getByText('the change shows up here at once'));
});

test('of many problems the first few are shown and the others counted', async () => {
  const { openPage, workspace, skein } = await startFixture();
  for (let index = 0; index < 8; index += 1) {
    const link = join(workspace.folder, 'docs', `team-${index}`, 'AGENTS.md');
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync('/etc/hostname', link);
  }
  await eventually(async () => unwrap(await skein.call('getStatus', {})).problems.length).toBe(8);
  const page = await openPage();
  await expectCount(page.getByRole('note'), 5);
  await see(page.getByText('And 3 more problems.'));
});

test('a view that does not load while Skein is away says so, and appears when it is back', async () => {
  const { expectTrouble, openPage, restart } = await startFixture();
  expectTrouble(/net::ERR_/);
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  await restart(async () => {
    await see(page.getByText('Connection to Skein lost, retrying.'));
    await see(page.getByRole('button', { name: /Not connected/ }));
    await page.getByRole('link', { name: 'Files' }).click();
    await see(page.getByRole('heading', { name: 'This view did not load' }));
    await page.keyboard.press('Control+k');
    await see(page.getByRole('dialog', { name: 'The search did not load' }));
    await page.keyboard.press('Escape');
  });
  await see(page.getByRole('list', { name: 'Tracked files' }).getByText('ROADMAP.md'));
  await see(page.getByRole('button', { name: /Watching/ }));
});

test('what was on the overview is still there when one comes back to it while Skein is away', async () => {
  const { expectTrouble, openPage, restart, workspace } = await startFixture();
  expectTrouble(/net::ERR_/);
  const page = await openPage('/files');
  await see(page.getByRole('list', { name: 'Tracked files' }).getByText('ROADMAP.md'));
  await page.getByRole('link', { name: 'Overview' }).click();
  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks.\n');
  await see(pendingList(page).getByRole('button', { name: 'AGENTS.md 1 change' }));
  await restart(async () => {
    await see(page.getByText('Connection to Skein lost, retrying.'));
    await page.getByRole('link', { name: 'Files' }).click();
    await see(page.getByRole('list', { name: 'Tracked files' }).getByText('ROADMAP.md'));
    await page.getByRole('link', { name: 'Overview' }).click();
    await see(page.getByRole('heading', { name: 'Pending changes' }));
    await see(page.getByRole('alert').getByText('The engine cannot be reached.', { exact: true }));
  });
});

test('a damaged log is said in every view, and nothing goes on loading', async () => {
  const { expectTrouble, openPage, restart, workspace } = await startFixture();
  expectTrouble(/Skein logged|status of 500/);
  const data = join(workspace.folder, '..', 'data');
  const [id = ''] = readdirSync(join(data, 'replicas'));
  await restart(async () => writeFileSync(join(data, 'replicas', id, 'log.db'), 'no database'.repeat(1_000)));
  const page = await openPage('/changes');
  await see(page.getByRole('alert').getByText('is damaged or is not a Skein database'));
  await see(page.getByRole('alert').getByRole('code'));
  await seeGone(page.getByText('Loading earlier changes…'));
  for (const view of ['Overview', 'Files', 'Reports', 'Activity', 'Settings']) {
    await page.getByRole('link', { name: view }).click();
    await see(page.getByRole('alert').getByText('is damaged or is not a Skein database'));
  }
  await see(page.getByRole('region', { name: 'Health' }).getByText(/sets the damaged log aside/));
});

test('two workspaces of one name each have their lines under Health', async () => {
  const { makeFolder, openPage, skein, workspace } = await startFixture();
  const twin = makeFolder(join('elsewhere', 'harbour'));
  unwrap(await skein.call('openWorkspace', { folder: twin.folder }));
  const page = await openPage('/settings');
  const health = page.getByRole('region', { name: 'Health' });
  for (const { folder } of [workspace, twin]) {
    await see(health.getByText(`skein.json of ${folder}`, { exact: true }));
  }
});

test('without a workspace the settings of this computer are a click away, and so is the help', async () => {
  const { openPage } = await startFixture({ opened: false });
  const page = await openPage();
  await see(page.getByRole('heading', { name: 'Welcome to Skein' }));
  await page.getByRole('link', { name: 'Settings' }).click();
  await see(page.getByRole('heading', { name: 'This computer' }));
  await expectCount(page.getByRole('navigation', { name: 'Views' }).getByRole('link'), 1);
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await see(page.getByRole('dialog', { name: 'Keyboard shortcuts' }));
});
