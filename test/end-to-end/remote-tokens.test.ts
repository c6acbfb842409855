/** Access to remotes in the settings: a token goes in, opens a real remote, and is seen nowhere again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startGitServer } from '../support/git-http-server.ts';
import { git, useGitLab } from '../support/git-lab.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { findBarriers } from './accessible.ts';
import { eventually, see, seeGone, toast } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

useGitLab();

const login = { username: 'ada', password: 'glpat-not-for-others' };

test('a token is kept, lets a push through, and is forgotten', async () => {
  const { openPage, workspace, skein } = await startFixture();
  const root = temporaryFolder();
  git(root, 'clone', '--quiet', '--bare', workspace.folder, join(root, 'site.git'));
  const server = await startGitServer({ root, login });
  git(workspace.folder, 'remote', 'add', 'origin', `${server.origin}/site.git`);
  const before = await skein.call('pushGit', {});
  expect(before).toMatchObject({ value: { success: false, problem: { code: 'remote-refused' } } });

  const page = await openPage('/settings');
  const section = page.getByRole('region', { name: 'Access to remotes' });
  await see(section.getByText('No token is kept.'));
  await see(section.getByText('in a file in the data folder that only you can read'));
  const answers: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/api/git/tokens')) answers.push(response.text().catch(() => ''));
  });
  await section.getByLabel('Host').fill(`${server.origin}/site.git`);
  await section.getByLabel('Name there').fill(login.username);
  const field = section.getByLabel('Token', { exact: true });
  expect(await field.getAttribute('type')).toBe('password');
  await field.fill(login.password);
  await field.press('Enter');
  await see(toast(page, `The token for ${server.origin} is kept`));
  const row = section.getByRole('listitem', { name: server.origin });
  await see(row.getByText('as ada'));
  await see(row.getByText('In a file'));
  expect(await field.inputValue()).toBe('');
  expect(await findBarriers(page)).toEqual([]);
  expect(await skein.call('pushGit', {})).toMatchObject({ value: { success: true } });
  expect((await Promise.all(answers)).join()).not.toContain(login.password);
  expect(await page.content()).not.toContain(login.password);
  expect(readFileSync(join(skein.dataFolder, 'git-logins.json'), 'utf8')).toContain(login.password);

  await row.getByRole('button', { name: 'Forget…' }).click();
  await see(page.getByText('It stays valid at the remote until you revoke it there.'));
  await page.getByRole('button', { name: 'Forget it' }).click();
  await seeGone(row);
  await eventually(() => readFileSync(join(skein.dataFolder, 'git-logins.json'), 'utf8')).not.toContain(
    login.password,
  );
});

test('an address of ssh is refused beside the form, and what was typed stays', async () => {
  const { openPage } = await startFixture();
  const page = await openPage('/settings');
  const section = page.getByRole('region', { name: 'Access to remotes' });
  const button = section.getByRole('button', { name: 'Keep the token' });
  expect(await button.isDisabled()).toBe(true);
  await section.getByLabel('Host').fill('git@github.com:team/site.git');
  await section.getByLabel('Token', { exact: true }).fill(login.password);
  await button.click();
  await see(section.getByRole('alert').getByText('is no address that a login can be kept for'));
  expect(await section.getByRole('alert').textContent()).not.toContain(login.password);
  expect(await section.getByLabel('Host').inputValue()).toBe('git@github.com:team/site.git');
  await section.getByLabel('Host').fill('github.com');
  await button.click();
  await see(section.getByRole('listitem', { name: 'github.com' }));
  await seeGone(section.getByRole('alert'));
});

test('a file that nobody can read is said, and left as it is', async () => {
  const { openPage, skein } = await startFixture();
  const file = join(skein.dataFolder, 'git-logins.json');
  writeFileSync(file, '{', { mode: 0o600 });
  const page = await openPage('/settings');
  const section = page.getByRole('region', { name: 'Access to remotes' });
  await see(section.getByRole('alert').getByText('cannot be understood; it is not used.'));
  expect(readFileSync(file, 'utf8')).toBe('{');
});
