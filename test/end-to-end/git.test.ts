/** Git on the Overview and in its view: what a pull would bring, pull, commit, push, a note, and what stands in the way. */
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { composeLock } from '../../electron/host/compose-lock.ts';
import { git, useGitLab, write } from '../support/git-lab.ts';
import { cloneOf, type Lab, theyPush } from '../support/pull-lab.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { findBarriers } from './accessible.ts';
import { unwrap } from './running-skein.ts';
import { choose, see, seeGone, toast } from './screen.ts';
import { type SkeinFixture, startFixture } from './skein-fixture.ts';

useGitLab();

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** The workspace is pushed to a bare remote, and somebody else has a clone of that. */
async function startShared(): Promise<SkeinFixture & { lab: Lab }> {
  const fixture = await startFixture();
  const ours = fixture.workspace.folder;
  git(ours, 'branch', '--move', 'main');
  const bare = join(temporaryFolder(), 'site.git');
  git(ours, 'clone', '--quiet', '--bare', ours, bare);
  git(ours, 'remote', 'add', 'origin', bare);
  git(ours, 'fetch', '--quiet', 'origin');
  return { ...fixture, skein: fixture.skein, lab: { bare, ours, theirs: cloneOf(bare) } };
}

test('a pull is looked at before it is done; what is mixed says so, and an obstacle stops it', async () => {
  const { workspace, openPage, lab, skein } = await startShared();
  theyPush(lab, { 'ROADMAP.md': '# Roadmap\n\n1. A clock\n2. A brass case\n' }, 'Choose brass');
  const asked = '# Agents\n\nAsk before you begin.\n\nOne task at a time.\n';
  theyPush(lab, { 'code.c': 'int main(void);\n', 'AGENTS.md': asked }, 'Begin the code');
  workspace.write('code.c', 'int main;\n');
  workspace.write('AGENTS.md', '# Agents\n\nOne task at a time.\n\nTest first.\n');
  const page = await openPage('/git');
  await see(page.getByText('The same as origin/main'));
  await page.getByRole('button', { name: 'See what a pull would bring' }).click();
  await see(page.getByText('2 commits of origin/main with 3 files, to be taken as they are.'));
  const commits = page.getByRole('list', { name: 'Commits that would come' });
  await see(commits.getByText('Choose brass'));
  const obstacles = page.getByRole('list', { name: 'Repository has uncommitted changes' });
  await see(obstacles.getByText('code.c'));
  expect(await page.getByRole('button', { name: 'Pull these' }).isDisabled()).toBe(true);
  const files = page.getByRole('list', { name: 'Files that would change' });
  await see(files.getByRole('listitem').filter({ hasText: 'AGENTS.md' }).getByText('Keeps your edit, too'));
  await files.getByText('ROADMAP.md').click();
  await see(page.getByRole('region', { name: 'Differences of ROADMAP.md' }).getByText('brass'));
  await choose(page, 'Side by side');
  expect(await findBarriers(page)).toEqual([]);

  await page.getByRole('button', { name: 'Pull', exact: true }).click();
  const refusal = toast(page, 'Repository has uncommitted changes');
  await see(refusal.getByText('code.c'));
  expect(workspace.read('ROADMAP.md')).toContain('wooden');
  await refusal.getByRole('button', { name: 'Dismiss' }).click();
  workspace.remove('code.c');
  await page.getByRole('button', { name: 'Look again' }).click();
  await seeGone(obstacles);
  await page.getByRole('button', { name: 'Pull these' }).click();
  await see(toast(page, 'Pulled 2 commits from origin/main'));
  expect(workspace.read('ROADMAP.md')).toContain('brass');
  expect(workspace.read('AGENTS.md')).toMatch(/Ask before you begin.*One task.*Test first/s);
  expect(unwrap(await skein.call('getGit', {})).head).toBe(git(lab.theirs, 'rev-parse', 'HEAD'));
});

test('the card commits after a question and pushes; the view commits with a message and writes a note', async () => {
  const { workspace, openPage, lab } = await startShared();
  const page = await openPage('/');
  const card = page.getByRole('region', { name: 'Git' });
  await see(card.getByText('Every tracked file is committed'));
  expect(await card.getByRole('button', { name: 'Push' }).count()).toBe(0);
  workspace.write('AGENTS.md', '# Agents\n\nTwo tasks at a time.\n');
  await see(card.getByText('1 file not committed'));
  await card.getByRole('button', { name: 'Commit…' }).click();
  await see(page.getByText('Commit 1 file?'));
  await see(page.getByText('It is pushed at once.'));
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Commit', exact: true }).click();
  await see(toast(page, /Committed 1 file as .* and pushed it/));
  await see(card.getByText('The same as origin/main'));
  await see(card.getByText('Pushed just now'));
  expect(git(lab.bare, 'log', '-1', '--format=%s', 'main')).toBe('Update the shared files');

  git(workspace.folder, 'commit', '--quiet', '--allow-empty', '--message', 'By hand');
  await see(card.getByText('1 ahead of origin/main'));
  await card.getByRole('button', { name: 'Push' }).click();
  await see(card.getByText('The same as origin/main'));
  expect(git(lab.bare, 'log', '-1', '--format=%s', 'main')).toBe('By hand');

  workspace.write('ROADMAP.md', '# Roadmap\n\n1. A watch\n');
  await card.getByRole('link', { name: '1 file not committed' }).click();
  await see(page.getByRole('list', { name: 'Files that are not committed' }).getByText('ROADMAP.md'));
  await page.getByLabel('Message of the commit').fill('Make it a watch');
  await page.getByRole('button', { name: 'Commit 1 file' }).click();
  await see(page.getByText('Every tracked file is as in the last commit.'));
  await page.getByLabel('For whoever comes next').fill('Springs\nThe thin ones break.');
  await page.getByRole('button', { name: 'Write the note' }).click();
  await see(toast(page, /Committed memory-bank\/notes\/.*springs\.md and pushed it/));
  expect(git(lab.bare, 'log', '-2', '--format=%s', 'main')).toBe('Springs\nMake it a watch');
});

test('a missing remote and a branch that is left are said with what to do; a pull that waits is cancelled; without git no card', async () => {
  const { openPage, skein, workspace } = await startFixture();
  const page = await openPage('/git');
  await see(page.getByText('No remote “origin”'));
  await see(page.getByText('Add one with git remote add, or work locally'));
  expect(await page.getByRole('button', { name: 'Pull', exact: true }).count()).toBe(0);
  git(workspace.folder, 'remote', 'add', 'origin', join(workspace.folder, 'nowhere.git'));
  await page.reload();
  const composed = unwrap(await composeLock(workspace.folder, { clock: systemClock, log: quiet }));
  const held = unwrap(await composed.lock.acquire({ operation: 'release', agent: 'claude-code' }));
  await page.getByRole('button', { name: 'Pull', exact: true }).click();
  await see(page.getByText('Pulling, since just now'));
  expect(await page.getByRole('button', { name: 'Write the note' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Cancel the pull' }).click();
  await see(toast(page, 'The pull was cancelled; everything is as it was'));
  await seeGone(page.getByText('Pulling'));
  held.release();
  git(workspace.folder, 'checkout', '--quiet', '--detach');
  workspace.write('AGENTS.md', '# Agents\n');
  await see(page.getByText('HEAD is on no branch'));

  const plain = join(dirname(workspace.folder), 'plain');
  write(plain, 'AGENTS.md', '# Agents\n');
  const { id } = unwrap(await skein.call('openWorkspace', { folder: plain }));
  await page.goto(`${skein.url}/git?workspace=${id}`);
  await see(page.getByText('This workspace lies in no git repository'));
  await page.getByRole('link', { name: 'Overview' }).click();
  await see(page.getByText('Nothing is pending'));
  expect(await page.getByRole('region', { name: 'Git' }).count()).toBe(0);
});

test('where git is switched off the screen says so and offers nothing but a note', async () => {
  const { workspace, openPage } = await startShared();
  workspace.write('skein.json', '{ "git_enabled": false }\n');
  workspace.write('AGENTS.md', '# Agents\n\nChanged.\n');
  const page = await openPage('/git');
  await see(page.getByText('Git is switched off for this workspace.'));
  await see(page.getByRole('button', { name: 'Write the note' }));
  for (const name of ['Pull', 'Push', 'Commit…', 'See what a pull would bring'])
    expect(await page.getByRole('button', { name, exact: true }).count()).toBe(0);
});
