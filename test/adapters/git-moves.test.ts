/** A commit is told wherever git keeps what it moves, on the real git. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openGit } from '../../electron/adapters/git-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitIn, followed, git, gitMissing, makeRepository } from './git-subjects.ts';

afterEach(() => vi.unstubAllEnvs());

let commits = 0;

/** A commit that is never like another. */
function commit(folder: string): void {
  commits += 1;
  commitIn(folder, { files: { 'a.md': `${commits}\n` }, message: `commit ${commits}` });
}

function repositoryWithCommit(...words: string[]): string {
  const folder = temporaryFolder();
  git(folder, 'init', '--quiet', '--initial-branch=main', ...words);
  commit(folder);
  return folder;
}

function linkedWorktree(): string {
  const linked = join(temporaryFolder(), 'linked');
  git(repositoryWithCommit(), 'worktree', 'add', '--quiet', '-b', 'topic', linked);
  return linked;
}

function inside(folder: string): string {
  mkdirSync(join(folder, 'packages', 'web'), { recursive: true });
  return join(folder, 'packages', 'web');
}

function after(folder: string, ...words: string[]): string {
  git(folder, ...words);
  return folder;
}

/** Each makes a workspace; a commit is made in it. */
const workspaces: readonly [string, () => string][] = [
  ['the top of a repository', repositoryWithCommit],
  ['a repository without a commit', makeRepository],
  ['a folder deep inside a repository', () => inside(repositoryWithCommit())],
  ['a linked worktree', linkedWorktree],
  ['a folder deep inside a linked worktree', () => inside(linkedWorktree())],
  [
    'a repository that is kept elsewhere',
    () => repositoryWithCommit(`--separate-git-dir=${temporaryFolder()}`),
  ],
  [
    'a branch with slashes',
    () => after(repositoryWithCommit(), 'checkout', '--quiet', '-b', 'team/ada/notes'),
  ],
  ['a branch among packed refs', () => after(repositoryWithCommit(), 'pack-refs', '--all')],
  ['a branch with slashes among packed refs', packedWithSlashes],
  [
    'a commit that is checked out by itself',
    () => after(repositoryWithCommit(), 'checkout', '--quiet', '--detach'),
  ],
  [
    'a repository that keeps no reflog',
    () => after(repositoryWithCommit(), 'config', 'core.logAllRefUpdates', 'false'),
  ],
];

function packedWithSlashes(): string {
  const folder = after(repositoryWithCommit(), 'checkout', '--quiet', '-b', 'team/ada/notes');
  git(folder, 'pack-refs', '--all', '--prune');
  rmSync(join(folder, '.git', 'refs', 'heads', 'team'), { recursive: true, force: true });
  return folder;
}

describe.skipIf(gitMissing).each([
  ['told by the system', '0'],
  ['by looking again and again', '1'],
])('%s', (_, poll) => {
  test.each(workspaces)('a commit in %s', async (_, make) => {
    vi.stubEnv('SKEIN_POLL', poll);
    const folder = make();
    const { next } = followed(openGit(folder));
    await next();
    commit(folder);
    await next();
    commit(folder);
    await next();
  });

  test('a commit where refs are kept in tables', async (context) => {
    vi.stubEnv('SKEIN_POLL', poll);
    const folder = temporaryFolder();
    const made = spawnSync('git', ['-C', folder, 'init', '--quiet', '--ref-format=reftable']);
    if (made.status !== 0) context.skip('this git does not know such repositories');
    const { next } = followed(openGit(folder));
    await next();
    commit(folder);
    await next();
  });
});

describe.skipIf(gitMissing)('what else moves', () => {
  test.each([
    ['another branch is checked out', ['checkout', '--quiet', 'other']],
    ['the branch is set to an older commit', ['reset', '--quiet', '--hard', 'HEAD~1']],
    ['the branch is moved from outside', ['update-ref', 'refs/heads/main', 'HEAD~1']],
  ])('%s', async (_, words) => {
    const folder = repositoryWithCommit();
    commit(folder);
    git(folder, 'branch', 'other', 'HEAD~1');
    const { next } = followed(openGit(folder));
    await next();
    git(folder, ...words);
    await next();
  });

  test('a branch that is checked out later is followed, too', async () => {
    const folder = repositoryWithCommit();
    const { next } = followed(openGit(folder));
    await next();
    git(folder, 'checkout', '--quiet', '-b', 'team/ada/notes');
    await next();
    git(
      folder,
      'update-ref',
      'refs/heads/team/ada/notes',
      git(folder, 'commit-tree', '-m', 'x', 'HEAD^{tree}'),
    );
    await next();
  });

  test('the branch of another worktree is nothing to this one', async () => {
    const folder = repositoryWithCommit();
    const linked = join(temporaryFolder(), 'linked');
    git(folder, 'worktree', 'add', '--quiet', '-b', 'topic', linked);
    const [here, there] = [followed(openGit(linked)), followed(openGit(folder))];
    await here.next();
    await there.next();
    commit(folder);
    await there.next();
    commit(linked);
    await here.next();
    expect(here.told()).toBeLessThanOrEqual(3);
  });
});

describe.skipIf(gitMissing)('a repository', () => {
  test('that comes after it was looked for is found when asked to look again', async () => {
    const folder = temporaryFolder();
    const { next, look } = followed(openGit(folder));
    git(folder, 'init', '--quiet');
    look();
    await next();
    commit(folder);
    await next();
  });

  test('that is made anew is followed anew', async () => {
    const folder = repositoryWithCommit();
    const { next, look } = followed(openGit(folder));
    await next();
    rmSync(join(folder, '.git'), { recursive: true });
    git(folder, 'init', '--quiet');
    look();
    await next();
    commit(folder);
    await next();
  });

  test('of which the system cannot tell, for want of watches, is looked at again and again', (context) => {
    const folder = repositoryWithCommit();
    const adapter = new URL('../../electron/adapters/git-command.ts', import.meta.url).href;
    const program = `
      import { execFileSync } from 'node:child_process';
      import { openGit } from ${JSON.stringify(adapter)};
      let told = 0;
      const moves = openGit(${JSON.stringify(folder)}).follow(() => {
        told += 1;
        console.log(told);
        if (told === 1) execFileSync('git', ['-C', ${JSON.stringify(folder)}, '-c', 'user.name=Ada',
          '-c', 'user.email=ada@example.org', 'commit', '--quiet', '--allow-empty', '-m', 'more']);
        else moves.close();
      });`;
    const limited = 'echo 1 > /proc/sys/user/max_inotify_watches && exec "$0" --input-type=module -e "$1"';
    const words = ['--user', '--map-root-user', 'sh', '-c', limited, process.execPath, program];
    if (spawnSync('unshare', ['--user', '--map-root-user', 'true']).status !== 0) {
      context.skip('user namespaces are not allowed here');
    }
    const run = spawnSync('unshare', words, { encoding: 'utf8', timeout: 15_000 });
    expect({ out: run.stdout.slice(0, 4), errors: run.stderr }).toEqual({ out: '1\n2\n', errors: '' });
  });
});
