/** Hooks that do what no hook should: whatever they do, nothing hangs, and nothing of anybody else's is touched. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runHook } from '../../../electron/adapters/hook-process.ts';
import { commitPaths } from '../../../electron/engine/git/commit.ts';
import { alwaysHeld } from '../../support/always-held.ts';
import { must } from '../../support/device.ts';
import { git, makeRepository, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { openCommits } from '../../support/open-repository.ts';

useGitLab();

function withHook(name: string, lines: string): string {
  const folder = makeRepository({ 'a.md': 'A.\n', 'b.md': 'B.\n' });
  write(folder, `.git/hooks/${name}`, `#!/bin/sh\n${lines}\n`, 0o755);
  write(folder, 'a.md', 'A, too.\n');
  return folder;
}

async function commit(folder: string) {
  const { deps } = await openCommits(folder);
  return commitPaths(deps, { paths: ['a.md'], message: 'Notes\n' }, alwaysHeld);
}

const leftovers = (folder: string): string[] =>
  readdirSync(join(folder, '.git')).filter((name) => /lock|skein/.test(name));

describe('a hook that hangs, and what it started in a group of its own', () => {
  test('holds nobody up once its time is over', async () => {
    const folder = withHook('pre-commit', 'setsid sleep 1000 & echo $! > .git/pid; sleep 1000');
    const words = ['hook', 'run', 'pre-commit'];
    const ended = await runHook(folder, { name: 'pre-commit', words, env: {}, atMostMs: 500 });
    process.kill(Number(readFileSync(join(folder, '.git/pid'), 'utf8')));
    expect(ended).toMatchObject({ ok: false, error: { code: 'hook-refused' } });
  });
});

describe('a hook that leaves the branch', () => {
  test('gets its commit on the branch that it went to, and the one that was left stays as it was', async () => {
    const folder = withHook('pre-commit', 'git symbolic-ref HEAD refs/heads/other');
    git(folder, 'branch', 'other');
    const before = git(folder, 'rev-parse', 'main');
    expect(must(await commit(folder))).toMatchObject({ branch: 'other', paths: ['a.md'] });
    expect(git(folder, 'rev-parse', 'main')).toBe(before);
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(leftovers(folder)).toEqual([]);
  });

  test('each time is refused, and nothing was changed', async () => {
    const flip = 'case $(git symbolic-ref HEAD) in */main) to=other;; *) to=main;; esac';
    const folder = withHook('pre-commit', `${flip}; git symbolic-ref HEAD refs/heads/$to`);
    git(folder, 'branch', 'other');
    const before = portrait(folder);
    expect(await commit(folder)).toMatchObject({ ok: false, error: { code: 'changed-meanwhile' } });
    expect(portrait(folder)).toEqual(before);
    expect(leftovers(folder)).toEqual([]);
  });
});

describe('a hook that removes index.lock', () => {
  test('keeps the commit from being made', async () => {
    const folder = withHook('pre-commit', 'rm -f .git/index.lock');
    const before = portrait(folder);
    expect(await commit(folder)).toMatchObject({ ok: false, error: { code: 'git-busy' } });
    expect(portrait(folder)).toEqual(before);
    expect(leftovers(folder)).toEqual([]);
  });

  test('for another git, whose lock is neither taken for ours nor removed', async () => {
    const folder = withHook('pre-commit', 'rm -f .git/index.lock; printf theirs > .git/index.lock');
    const index = readFileSync(join(folder, '.git/index'));
    const before = git(folder, 'rev-parse', 'HEAD');
    expect(await commit(folder)).toMatchObject({ ok: false, error: { code: 'git-busy' } });
    expect(readFileSync(join(folder, '.git/index.lock'), 'utf8')).toBe('theirs');
    expect(readFileSync(join(folder, '.git/index'))).toEqual(index);
    expect(git(folder, 'rev-parse', 'HEAD')).toBe(before);
  }, 30_000);
});

describe('a hook that puts something else in the place of the message', () => {
  test.each([
    ['a pipe', 'rm "$1"; mkfifo "$1"'],
    ['a link', 'rm "$1"; ln -s /etc/hostname "$1"'],
    ['a folder', 'rm "$1"; mkdir "$1"'],
    ['a flood', 'head -c 2000000 /dev/zero | tr "\\0" x > "$1"'],
  ])('is refused: %s', async (_what, lines) => {
    const folder = withHook('commit-msg', lines);
    const before = portrait(folder);
    expect(await commit(folder)).toMatchObject({ ok: false, error: { code: 'hook-refused' } });
    expect(portrait(folder)).toEqual(before);
    expect(leftovers(folder)).toEqual([]);
  });
});

describe('a hook that does harm beside the commit', () => {
  test.each([
    ['ends the git that started it', 'kill -9 $PPID', false],
    ['floods its output', 'yes | head -c 30000000; exit 1', false],
    ['breaks the index that it was given', 'echo broken > "$GIT_INDEX_FILE"', false],
    ['removes the index that it was given', 'rm -f "$GIT_INDEX_FILE"', false],
    ['removes the file', 'rm a.md', true],
    ['turns the settings of git', 'git config core.hooksPath /nowhere; git config core.bare true', true],
  ])('leaves the repository whole: %s', async (_what, lines, isCommitted) => {
    const folder = withHook('pre-commit', lines);
    const { head, ...before } = {
      head: git(folder, 'rev-parse', 'HEAD'),
      index: git(folder, 'ls-files', '-s'),
    };
    const committed = await commit(folder);
    git(folder, 'config', 'core.bare', 'false');
    expect(committed.ok).toBe(isCommitted);
    if (!isCommitted) expect(git(folder, 'rev-parse', 'HEAD')).toBe(head);
    if (!isCommitted) expect(git(folder, 'ls-files', '-s')).toBe(before.index);
    expect(git(folder, 'fsck', '--strict', '--no-dangling')).toBe('');
    expect(existsSync(join(folder, '.git/index.lock'))).toBe(false);
    expect(leftovers(folder)).toEqual([]);
  });
});
