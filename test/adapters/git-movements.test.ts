/** What the real git does to the files of a work tree, as its reflog tells it. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openGit } from '../../electron/adapters/git-command.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { Movement } from '../../shared/domain/movement.ts';
import { limits } from '../../shared/limits.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitIn, git, gitMissing, makeRepository } from './git-subjects.ts';

const run = describe.skipIf(gitMissing);

type Lab = {
  folder: string;
  git(...words: string[]): string;
  write(path: string, text: string): void;
  commit(files: Record<string, string | null>): string;
  /** The movement behind what lies at the path now. */
  behind(path: string, sinceMs?: number): Promise<Movement | undefined>;
  /** The text that git brought there, and on top of which somebody wrote. */
  under(path: string): Promise<string | null | undefined>;
};

function open(folder = makeRepository()): Lab {
  const repository = openGit(folder);
  const openedMs = Date.now();
  function ask(path: string, sinceMs = openedMs) {
    const file = join(folder, path);
    const lying = existsSync(file) ? [nodeCodec.gitBlobId(readFileSync(file))] : [];
    return repository.movementBehind(path, async () => lying, sinceMs);
  }
  return {
    folder,
    git: (...words) => git(folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...words),
    write: (path, text) => writeFileSync(join(folder, path), text),
    commit: (files) => commitIn(folder, { files, message: 'change' }),
    async behind(path, sinceMs) {
      const brought = await ask(path, sinceMs);
      return brought?.under === undefined ? brought?.movement : undefined;
    },
    async under(path) {
      const under = (await ask(path))?.under;
      return under == null ? under : Buffer.from(under).toString();
    },
  };
}

/** On `main` with a branch `feature`, which has other files. */
function withBranches(): Lab {
  const lab = open();
  lab.commit({ 'a.md': 'main\n', 'b.md': 'both\n', 'gone.md': 'main\n' });
  lab.git('switch', '-qc', 'feature');
  lab.commit({ 'a.md': 'feature\n', 'new.md': 'feature\n', 'gone.md': null });
  lab.git('switch', '-q', 'main');
  return lab;
}

run('what git did to a file', () => {
  test('is a switch of branches, for what it wrote, made and removed', async () => {
    const lab = withBranches();
    lab.git('switch', '-q', 'feature');
    const commit = lab.git('rev-parse', 'HEAD');
    const movement = await lab.behind('a.md');
    expect(movement).toMatchObject({ kind: 'switch', from: 'main', to: 'feature', commit, grew: false });
    expect(await lab.behind('new.md')).toEqual(movement);
    expect(await lab.behind('gone.md')).toEqual(movement);
    expect(await lab.behind('b.md')).toBeUndefined();
  });

  test('is found anew after each move of HEAD', async () => {
    const lab = withBranches();
    lab.git('switch', '-q', 'feature');
    expect(await lab.behind('a.md')).toMatchObject({ from: 'main', to: 'feature' });
    lab.git('checkout', '-q', 'main');
    expect(await lab.behind('a.md')).toMatchObject({ from: 'feature', to: 'main' });
  });

  test('is nothing for what somebody wrote after it', async () => {
    const lab = withBranches();
    lab.git('switch', '-q', 'feature');
    lab.write('a.md', 'somebody\n');
    expect(await lab.behind('a.md')).toBeUndefined();
    lab.commit({});
    expect(await lab.behind('a.md')).toBeUndefined();
  });

  test('is told with what it brought, where somebody wrote on top of that', async () => {
    const lab = withBranches();
    lab.git('switch', '-q', 'feature');
    lab.write('a.md', 'feature\nsomebody\n');
    lab.write('gone.md', 'made anew\n');
    rmSync(join(lab.folder, 'new.md'));
    lab.write('b.md', 'untouched by git\n');
    expect(await lab.under('a.md')).toBe('feature\n');
    expect(await lab.under('gone.md')).toBeNull();
    expect(await lab.under('new.md')).toBe('feature\n');
    expect(await lab.under('b.md')).toBeUndefined();
  });

  test('is not told so of a reset, which may have left the files alone', async () => {
    const lab = withBranches();
    lab.commit({ 'a.md': 'more\n' });
    lab.git('reset', '-q', 'HEAD~1');
    lab.write('a.md', 'more and more\n');
    expect(await lab.under('a.md')).toBeUndefined();
  });

  test('is nothing for an edit that was committed before anybody looked', async () => {
    const lab = withBranches();
    lab.git('switch', '-q', 'feature');
    lab.commit({ 'a.md': 'committed\n' });
    expect(await lab.behind('a.md', 0)).toBeUndefined();
  });

  test('is nothing when it was before the file was seen last, be it in the same second', async () => {
    const lab = withBranches();
    lab.git('switch', '-q', 'feature');
    expect(await lab.behind('a.md')).toBeDefined();
    const { mtimeMs } = statSync(join(lab.folder, '.git', 'logs', 'HEAD'));
    expect(await lab.behind('a.md', mtimeMs + 21)).toBeUndefined();
    lab.commit({ 'b.md': 'after it\n' });
    expect(await lab.behind('a.md', mtimeMs + 21)).toBeUndefined();
  });

  test('is a commit by itself when HEAD is detached', async () => {
    const lab = withBranches();
    lab.git('checkout', '-q', '--detach', 'feature');
    const commit = lab.git('rev-parse', 'HEAD');
    expect(await lab.behind('a.md')).toMatchObject({ kind: 'switch', from: 'main', to: 'feature', commit });
  });

  test('is a reset, also of what was never committed', async () => {
    const lab = withBranches();
    lab.commit({ 'a.md': 'more\n' });
    lab.write('b.md', 'dirty\n');
    lab.git('reset', '-q', '--hard', 'HEAD~1');
    expect(await lab.behind('a.md')).toMatchObject({ kind: 'reset', to: 'HEAD~1', grew: false });
    expect(await lab.behind('b.md')).toMatchObject({ kind: 'reset', grew: false });
  });

  test('is a reset when changes were put on the stash', async () => {
    const lab = withBranches();
    lab.write('b.md', 'dirty\n');
    lab.git('stash', '-q');
    expect(await lab.behind('b.md')).toMatchObject({ kind: 'reset', to: 'HEAD', grew: false });
  });

  test('made the branch grow when it was reset to what comes after it', async () => {
    const lab = withBranches();
    lab.git('reset', '-q', '--hard', 'feature');
    expect(await lab.behind('a.md')).toMatchObject({ kind: 'reset', to: 'feature', grew: true });
  });

  test('is one rebase, however many commits it picked', async () => {
    const lab = withBranches();
    lab.commit({ 'c.md': 'one\n' });
    lab.commit({ 'd.md': 'one\n' });
    lab.git('rebase', '-q', 'feature');
    const movement = await lab.behind('a.md');
    expect(movement).toMatchObject({ kind: 'rebase', from: 'main', grew: false });
    expect(movement?.commit).toBe(lab.git('rev-parse', 'HEAD'));
    expect(await lab.behind('new.md')).toEqual(movement);
  });

  test.each([
    ['rebase', 'feature'],
    ['merge', 'feature'],
    ['cherry-pick', 'feature'],
  ])('is a reset of every file when a %s is given up', async (...words) => {
    const lab = withBranches();
    lab.commit({ 'a.md': 'other\n' });
    expect(() => lab.git(...words)).toThrow();
    lab.write('b.md', 'written meanwhile\n');
    lab.git(words[0] as string, '--abort');
    // Git keeps what its own work did not touch, but for a rebase.
    lab.write('b.md', 'both\n');
    const movement = await lab.behind('b.md');
    expect(movement).toMatchObject({ kind: 'reset', grew: false });
    expect(movement?.commit).toBe(lab.git('rev-parse', 'HEAD'));
  });

  test('is a merge or a picked commit, by which the branch grew', async () => {
    const lab = withBranches();
    lab.git('merge', '-q', 'feature');
    expect(await lab.behind('a.md')).toMatchObject({
      kind: 'merge',
      from: 'feature',
      to: 'main',
      grew: true,
    });
    lab.git('switch', '-qc', 'other', 'HEAD~1');
    lab.git('cherry-pick', 'feature');
    expect(await lab.behind('new.md')).toMatchObject({ kind: 'cherry-pick', to: 'other', grew: true });
  });

  test.each([
    [[], 'pull', true],
    [['--rebase'], 'rebase', false],
  ] as const)('is a pull: git pull %j', async (options, kind, grew) => {
    const origin = withBranches();
    const folder = join(temporaryFolder(), 'clone');
    execFileSync('git', ['clone', '-q', origin.folder, folder]);
    const lab = open(folder);
    lab.commit({ 'mine.md': 'mine\n' });
    origin.commit({ 'a.md': 'theirs\n' });
    lab.git('pull', '-q', '--no-edit', '--no-rebase', ...options);
    expect(await lab.behind('a.md')).toMatchObject({ kind, grew });
  });

  test('is a stash that took away what git does not track, and a single file', async () => {
    const lab = open();
    commitIn(lab.folder, {
      files: { 'a.md': 'a\n', 'b.md': 'b\n' },
      message: 'old',
      atMs: Date.now() - 60_000,
    });
    lab.write('mine.md', 'mine\n');
    lab.write('stays.md', 'stays\n');
    lab.write('a.md', 'edited\n');
    lab.write('b.md', 'edited, too\n');
    lab.git('stash', 'push', '-q', '-u', '--', 'mine.md', 'a.md');
    const commit = lab.git('rev-parse', 'HEAD');
    expect(await lab.behind('mine.md')).toMatchObject({ kind: 'reset', to: 'HEAD', commit, grew: false });
    const left = { branch: 'main', commit };
    expect(await lab.behind('a.md')).toMatchObject({ kind: 'reset', commit, left });
    expect(await lab.behind('b.md')).toBeUndefined();
    expect(await lab.behind('stays.md')).toBeUndefined();
    lab.git('stash', 'push', '-q', '-u');
    expect(await lab.behind('stays.md')).toMatchObject({ kind: 'reset' });
    const repository = openGit(lab.folder);
    for (const path of ['a.md', 'b.md', 'mine.md', 'stays.md'])
      expect(await repository.isStashed(path)).toBe(true);
    lab.git('stash', 'drop', '-q');
    expect([await repository.isStashed('a.md'), await repository.isStashed('stays.md')]).toEqual([
      true,
      false,
    ]);
    expect(await openGit(temporaryFolder()).isStashed('a.md')).toBe(false);
    expect(await open(lab.folder).behind('mine.md', Date.now() + 2_000)).toBeUndefined();
  });

  test('is no stash where somebody wrote the file anew, or it came back', async () => {
    const lab = withBranches();
    lab.write('mine.md', 'mine\n');
    lab.git('stash', 'push', '-q', '-u');
    lab.write('mine.md', 'anew\n');
    expect(await lab.behind('mine.md')).toBeUndefined();
    rmSync(join(lab.folder, 'mine.md'));
    lab.git('stash', 'pop', '-q');
    rmSync(join(lab.folder, 'mine.md'));
    expect(await lab.behind('mine.md')).toBeUndefined();
  });

  test('tells what was checked out before it', async () => {
    const lab = withBranches();
    const main = lab.git('rev-parse', 'main');
    const before = async (path: string) => (await lab.behind(path))?.left;
    lab.git('switch', '-q', 'feature');
    expect(await before('a.md')).toEqual({ branch: 'main', commit: main });
    const feature = lab.commit({ 'a.md': 'more\n' });
    lab.git('reset', '-q', '--hard', 'HEAD~1');
    expect(await before('a.md')).toEqual({ branch: 'feature', commit: feature });
    const detached = lab.git('rev-parse', 'HEAD');
    lab.git('switch', '-q', '--detach');
    lab.git('switch', '-q', 'main');
    expect(await before('a.md')).toEqual({ branch: undefined, commit: detached });
    const mine = lab.commit({ 'mine.md': 'mine\n' });
    lab.git('rebase', '-q', 'feature');
    expect(await before('a.md')).toEqual({ branch: 'main', commit: mine });
    const rebased = lab.git('rev-parse', 'HEAD');
    lab.git('switch', '-q', 'feature');
    lab.commit({ 'b.md': 'feature\n' });
    lab.git('switch', '-q', 'main');
    lab.git('rebase', '-q', 'main', 'feature');
    expect(await before('b.md')).toEqual({ branch: 'main', commit: rebased });
  });

  test('is a stash in a linked worktree, too', async () => {
    const lab = withBranches();
    const worktree = join(temporaryFolder(), 'worktree');
    lab.git('worktree', 'add', '-q', '--detach', worktree, 'main');
    const there = open(worktree);
    writeFileSync(join(worktree, 'mine.md'), 'mine\n');
    git(worktree, 'stash', 'push', '-q', '-u');
    expect(await there.behind('mine.md')).toMatchObject({ kind: 'reset' });
  });

  test('is told in a workspace deep inside the repository, and in a linked worktree', async () => {
    const lab = open();
    lab.commit({ 'docs/a.md': 'main\n' });
    lab.git('switch', '-qc', 'feature');
    lab.commit({ 'docs/a.md': 'feature\n' });
    const docs = open(join(lab.folder, 'docs'));
    lab.git('switch', '-q', 'main');
    expect(await docs.behind('a.md')).toMatchObject({ to: 'main' });
    const worktree = join(temporaryFolder(), 'worktree');
    lab.git('worktree', 'add', '-q', '--detach', worktree, 'main');
    const docsThere = open(join(worktree, 'docs'));
    git(worktree, 'checkout', '-q', 'feature');
    expect(await docsThere.behind('a.md')).toMatchObject({ to: 'feature' });
  });

  test('is nothing where there is no repository, no commit or no reflog', async () => {
    const nowhere = open(temporaryFolder());
    nowhere.write('a.md', 'text\n');
    expect(await nowhere.behind('a.md', 0)).toBeUndefined();
    const empty = open();
    empty.write('a.md', 'text\n');
    expect(await empty.behind('a.md', 0)).toBeUndefined();
    const lab = withBranches();
    rmSync(join(lab.folder, '.git', 'logs'), { recursive: true });
    lab.git('-c', 'core.logAllRefUpdates=false', 'switch', '-q', 'feature');
    expect(await lab.behind('a.md', 0)).toBeUndefined();
  });
});

run('whether git is at work', () => {
  const lock = (lab: Lab) => join(lab.folder, '.git', 'index.lock');

  test('shows by its lock, unless that was left behind', async () => {
    const lab = withBranches();
    const repository = openGit(lab.folder);
    const nowMs = Date.now() + 1_000;
    expect(await repository.isAtWork(nowMs)).toBe(false);
    writeFileSync(lock(lab), '');
    expect(await repository.isAtWork(nowMs)).toBe(true);
    const long = new Date(nowMs - limits.gitAtWorkMs);
    utimesSync(lock(lab), long, long);
    expect(await repository.isAtWork(nowMs)).toBe(false);
  });

  test('shows by an index that was written just now: HEAD comes after it', async () => {
    const lab = withBranches();
    const index = join(lab.folder, '.git', 'index');
    const at = new Date(Math.floor(Date.now() / 1_000) * 1_000);
    utimesSync(index, at, at);
    expect(await openGit(lab.folder).isAtWork(at.getTime() + limits.gitMovesHeadMs - 1)).toBe(true);
    expect(await openGit(lab.folder).isAtWork(at.getTime() + limits.gitMovesHeadMs)).toBe(false);
  });

  test('is no question where there is no repository', async () => {
    expect(await openGit(temporaryFolder()).isAtWork(Date.now())).toBe(false);
  });
});

run('a file that git could not merge', () => {
  function inTheMiddle(): Lab {
    const lab = withBranches();
    lab.commit({ 'a.md': 'other\n' });
    expect(() => lab.git('merge', '-q', 'feature')).toThrow();
    return lab;
  }

  test('is known by the index until it is settled, then as what is to be committed, like the others', async () => {
    const lab = inTheMiddle();
    const repository = openGit(lab.folder);
    expect(await repository.unfinishedAt('a.md')).toBe('unmerged');
    for (const path of ['new.md', 'gone.md']) expect(await repository.unfinishedAt(path)).toBe('uncommitted');
    for (const path of ['b.md', '']) expect(await repository.unfinishedAt(path)).toBe('none');
    lab.write('a.md', 'settled\n');
    expect(await repository.unfinishedAt('a.md')).toBe('unmerged');
    lab.git('add', 'a.md');
    expect(await repository.unfinishedAt('a.md')).toBe('uncommitted');
    lab.git('commit', '-q', '--no-edit');
    for (const path of ['a.md', 'new.md', 'gone.md'])
      expect(await repository.unfinishedAt(path)).toBe('none');
  });

  test('is none any more when the merge is given up', async () => {
    const lab = inTheMiddle();
    const repository = openGit(lab.folder);
    expect(await repository.unfinishedAt('a.md')).toBe('unmerged');
    lab.git('merge', '--abort');
    for (const path of ['a.md', 'new.md']) expect(await repository.unfinishedAt(path)).toBe('none');
  });

  test.each([
    ['rebase', 'feature'],
    ['rebase', '--apply', 'feature'],
    ['cherry-pick', 'feature'],
    ['revert', 'HEAD~1'],
  ])('is one of a %s that stands still, and so is what that put beside it', async (...words) => {
    const lab = withBranches();
    lab.commit({ 'a.md': 'other\n', 'more.md': 'one\n' });
    lab.commit({ 'a.md': 'another\n' });
    expect(() => lab.git(...words)).toThrow();
    const repository = openGit(lab.folder);
    expect(await repository.unfinishedAt('a.md')).toBe('unmerged');
    const beside = words[0] === 'cherry-pick' ? 'new.md' : 'more.md';
    expect(await repository.unfinishedAt(beside)).toBe('uncommitted');
    lab.git(words[0] as string, '--abort');
    for (const path of ['a.md', beside]) expect(await repository.unfinishedAt(path)).toBe('none');
  });

  test.each([
    ['rebase', 'feature'],
    ['merge', 'feature'],
    ['cherry-pick', 'feature'],
    ['revert', 'HEAD~1'],
  ])('is in the middle of a %s, until that is given up', async (...words) => {
    const lab = withBranches();
    lab.commit({ 'a.md': 'other\n' });
    lab.commit({ 'a.md': 'another\n' });
    const repository = openGit(lab.folder);
    expect(await repository.isInTheMiddle()).toBe(false);
    expect(() => lab.git(...words)).toThrow();
    expect(await repository.isInTheMiddle()).toBe(true);
    lab.git(words[0] as string, '--abort');
    expect(await repository.isInTheMiddle()).toBe(false);
    expect(await openGit(temporaryFolder()).isInTheMiddle()).toBe(false);
  });

  test('is in the middle of several picks between two of them, too', async () => {
    const lab = withBranches();
    lab.git('switch', '-q', 'feature');
    lab.commit({ 'b.md': 'feature\n' });
    lab.git('switch', '-q', 'main');
    lab.commit({ 'a.md': 'other\n' });
    const repository = openGit(lab.folder);
    expect(() => lab.git('cherry-pick', 'feature~1', 'feature')).toThrow();
    lab.git('add', '.');
    lab.git('commit', '-qm', 'picked');
    expect(await repository.isInTheMiddle()).toBe(true);
    lab.git('-c', 'core.editor=true', 'cherry-pick', '--continue');
    expect(await repository.isInTheMiddle()).toBe(false);
  });

  test.each([
    ['merge', 'feature'],
    ['rebase', 'feature'],
    ['cherry-pick', 'feature'],
    ['revert', 'HEAD~1'],
  ])('is not what somebody adds for the commit that a %s will make', async (...words) => {
    const lab = withBranches();
    lab.commit({ 'a.md': 'other\n', 'b.md': null });
    lab.commit({ 'a.md': 'another\n' });
    expect(() => lab.git(...words)).toThrow();
    lab.write('mine.md', 'mine\n');
    const repository = openGit(lab.folder);
    expect(await repository.unfinishedAt('mine.md')).toBe('none');
    lab.git('add', 'mine.md');
    expect(await repository.unfinishedAt('mine.md')).toBe('added');
    const brought = { merge: 'new.md', 'cherry-pick': 'new.md', revert: 'b.md', rebase: 'b.md' };
    const beside = brought[words[0] as keyof typeof brought];
    expect(await repository.unfinishedAt(beside)).toBe('uncommitted');
    lab.git(words[0] as string, '--abort');
    expect(await repository.unfinishedAt('mine.md')).toBe('none');
  });

  test('is what a squash staged, which is in the middle of nothing', async () => {
    const lab = withBranches();
    lab.git('merge', '-q', '--squash', 'feature');
    const repository = openGit(lab.folder);
    expect(await repository.unfinishedAt('a.md')).toBe('uncommitted');
    expect(await repository.isInTheMiddle()).toBe(false);
    lab.git('commit', '-qm', 'squashed');
    expect(await repository.unfinishedAt('a.md')).toBe('none');
  });

  test('is not what somebody staged at another time', async () => {
    const lab = open();
    lab.commit({ 'a.md': 'one\n' });
    lab.write('a.md', 'two\n');
    lab.git('add', 'a.md');
    expect(await openGit(lab.folder).unfinishedAt('a.md')).toBe('none');
  });

  test('is known deep inside the repository, after a stash, and where there is none', async () => {
    const lab = open();
    lab.commit({ 'docs/a.md': 'one\n' });
    lab.write('docs/a.md', 'stashed\n');
    lab.git('stash', '-q');
    lab.commit({ 'docs/a.md': 'two\n' });
    expect(() => lab.git('stash', 'pop')).toThrow();
    expect(await openGit(join(lab.folder, 'docs')).unfinishedAt('a.md')).toBe('unmerged');
    const blobs = ['one\n', 'two\n', 'stashed\n'].map((text) => nodeCodec.gitBlobId(Buffer.from(text)));
    expect(await openGit(join(lab.folder, 'docs')).unmergedAt('a.md')).toEqual(blobs);
    expect(await openGit(lab.folder).unmergedAt('a.md')).toEqual([]);
    expect(await openGit(temporaryFolder()).unfinishedAt('a.md')).toBe('none');
  });
});
