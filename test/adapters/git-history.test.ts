/** What the real git says of histories, in the words of the port. */
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Result } from '../../shared/result.ts';
import { openStore } from '../support/open-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitIn, git, gitMissing, makeRepository } from './git-subjects.ts';

function need<Value>(outcome: Result<Value>): Value {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

/** Two branches from one commit; `main` is checked out. */
async function parted(base: Files, ours: Files, theirs: Files) {
  const folder = makeRepository();
  const first = commitIn(folder, { files: base, message: 'base' });
  git(folder, 'checkout', '--quiet', '-b', 'other');
  const other = commitIn(folder, { files: theirs, message: 'theirs' });
  git(folder, 'checkout', '--quiet', 'main');
  const main = commitIn(folder, { files: ours, message: 'ours' });
  return { folder, history: (await openStore(folder)).store, first, main, other };
}

type Files = Record<string, string | null>;

const entryAt = (folder: string, treeish: string, path: string) => {
  const [mode, , id] = git(folder, 'ls-tree', treeish, '--', path).split(/\s/);
  return mode ? { mode, id } : undefined;
};

describe.skipIf(gitMissing)('what differs between two commits', () => {
  test('is each path with what was and what is there, odd names and deep folders among them', async () => {
    const folder = makeRepository();
    const before = commitIn(folder, {
      files: { 'a.md': 'one\n', 'gone.md': 'x\n', 'same.md': 's\n' },
      message: 'one',
    });
    const files = { 'a.md': 'two\n', 'gone.md': null, 'deep/odd\n"name"ä.md': 'new\n' };
    const after = commitIn(folder, { files, message: 'two' });
    const changes = need(await (await openStore(folder)).store.compare(before, after));
    expect(changes).toEqual(
      ['a.md', 'deep/odd\n"name"ä.md', 'gone.md'].map((path) => ({
        path,
        before: entryAt(folder, before, path),
        after: entryAt(folder, after, path),
      })),
    );
  });

  test('names renames as both paths, and modes, links and submodules', async () => {
    const folder = makeRepository();
    const before = commitIn(folder, { files: { 'a.md': 'same\n', 'tool.sh': 'x\n' }, message: 'one' });
    git(folder, 'mv', 'a.md', 'b.md');
    chmodSync(join(folder, 'tool.sh'), 0o755);
    symlinkSync('b.md', join(folder, 'link.md'));
    mkdirSync(join(folder, 'sub'));
    git(join(folder, 'sub'), 'init', '--quiet');
    const inner = commitIn(join(folder, 'sub'), { files: { 'a.md': 'x' }, message: 'inner' });
    git(folder, '-c', 'advice.addEmbeddedRepo=false', 'add', '.');
    const after = commitIn(folder, { files: {}, message: 'two' });
    const changes = need(await (await openStore(folder)).store.compare(before, after));
    const modes = changes.map(({ path, before: was, after: is }) => [path, was?.mode, is?.mode]);
    expect(modes).toEqual([
      ['a.md', '100644', undefined],
      ['b.md', undefined, '100644'],
      ['link.md', undefined, '120000'],
      ['sub', undefined, '160000'],
      ['tool.sh', '100644', '100755'],
    ]);
    expect(changes[3]?.after?.id).toBe(inner);
  });

  test('is nothing between a commit and itself, and a problem for what is no commit', async () => {
    const folder = makeRepository();
    const id = commitIn(folder, { files: { 'a.md': 'x\n' }, message: 'one' });
    expect(need(await (await openStore(folder)).store.compare(id, id))).toEqual([]);
    const missing = await (await openStore(folder)).store.compare(id, '1'.repeat(40));
    expect(missing).toMatchObject({ ok: false, error: { code: 'git-failed' } });
  });
});

describe.skipIf(gitMissing)('two histories', () => {
  test('have the commit they parted at, and so many commits each', async () => {
    const { history, first, main, other } = await parted(
      { 'a.md': 'x\n' },
      { 'b.md': 'x\n' },
      { 'c.md': 'x\n' },
    );
    expect(need(await history.mergeBase(main, other))).toBe(first);
    expect(need(await history.countApart(main, other))).toEqual({ ahead: 1, behind: 1 });
    expect(need(await history.countApart(main, first))).toEqual({ ahead: 1, behind: 0 });
  });

  test('that have nothing in common have no base, and merge all the same', async () => {
    const folder = makeRepository();
    const main = commitIn(folder, { files: { 'a.md': 'x\n' }, message: 'one' });
    git(folder, 'checkout', '--quiet', '--orphan', 'other');
    const other = commitIn(folder, { files: { 'a.md': null, 'b.md': 'y\n' }, message: 'two' });
    const history = (await openStore(folder)).store;
    expect(need(await history.mergeBase(main, other))).toBeUndefined();
    const { tree, conflicts } = need(await history.mergeTrees(main, other));
    expect(conflicts).toEqual([]);
    expect(git(folder, 'ls-tree', '--name-only', tree).split('\n')).toEqual(['a.md', 'b.md']);
  });

  test('are listed commit by commit, the newest first, as far as asked', async () => {
    const folder = makeRepository();
    const atMs = Date.UTC(2026, 2, 1);
    const first = commitIn(folder, { files: { 'a.md': '1\n' }, message: 'one', atMs });
    const second = commitIn(folder, {
      files: { 'a.md': '2\n' },
      message: 'two\n\nand more',
      atMs: atMs + 1_000,
    });
    const third = commitIn(folder, { files: { 'a.md': '3\n' }, message: 'drei ä', atMs: atMs + 2_000 });
    const history = (await openStore(folder)).store;
    const author = { name: 'Ada', email: 'ada@example.org' };
    expect(need(await history.log(third, first, 10))).toEqual([
      { id: third, author, atMs: atMs + 2_000, subject: 'drei ä' },
      { id: second, author, atMs: atMs + 1_000, subject: 'two' },
    ]);
    expect(need(await history.log(third, undefined, 2))).toHaveLength(2);
    expect(need(await history.log(first, third, 2))).toEqual([]);
  });
});

describe.skipIf(gitMissing)('a merge', () => {
  test('that git can do has the tree that git merge makes, and changes nothing else', async () => {
    const { folder, history, main, other } = await parted(
      { 'a.md': '1\n2\n3\n4\n5\n', 'b.md': 'b\n' },
      { 'a.md': 'ours\n2\n3\n4\n5\n' },
      { 'a.md': '1\n2\n3\n4\ntheirs\n', 'b.md': null },
    );
    const merged = need(await history.mergeTrees(main, other));
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(git(folder, 'rev-parse', 'HEAD')).toBe(main);
    git(folder, 'merge', '--quiet', '--no-edit', 'other');
    expect(merged).toEqual({ tree: git(folder, 'rev-parse', 'HEAD^{tree}'), conflicts: [] });
  });

  test('names each path in conflict with its versions: both changed, both added, changed and deleted', async () => {
    const { folder, history, first, main, other } = await parted(
      { 'both.md': 'x\n', 'kept.md': 'x\n', 'gone.md': 'x\n' },
      { 'both.md': 'ours\n', 'kept.md': 'ours\n', 'gone.md': null, 'new.md': 'ours\n' },
      { 'both.md': 'theirs\n', 'kept.md': null, 'gone.md': 'theirs\n', 'new.md': 'theirs\n' },
    );
    const { conflicts } = need(await history.mergeTrees(main, other));
    const expected = ['both.md', 'gone.md', 'kept.md', 'new.md'].map((path) => ({
      path,
      base: entryAt(folder, first, path),
      ours: entryAt(folder, main, path),
      theirs: entryAt(folder, other, path),
    }));
    expect(conflicts.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(expected);
  });

  test('finds a file that one side renamed and the other changed', async () => {
    const text = Array.from({ length: 20 }, (_, at) => `line ${at}\n`).join('');
    const { folder, history, main, other } = await parted(
      { 'old.md': text },
      { 'old.md': `${text}ours\n` },
      { 'old.md': null, 'new.md': text },
    );
    const { tree, conflicts } = need(await history.mergeTrees(main, other));
    expect(conflicts).toEqual([]);
    expect(git(folder, 'show', `${tree}:new.md`)).toContain('ours');
  });
});

describe.skipIf(gitMissing || process.platform === 'win32')('a git before 2.38', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('is too old for a merge, and says so', async () => {
    const { history, main, other } = await parted({ 'a.md': 'x\n' }, { 'b.md': 'x\n' }, { 'c.md': 'x\n' });
    const place = temporaryFolder();
    const old = `#!/bin/sh
case "$*" in *merge-tree*) echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129;; esac
PATH='${process.env['PATH']}' exec git "$@"
`;
    writeFileSync(join(place, 'git'), old, { mode: 0o755 });
    vi.stubEnv('PATH', `${place}:${process.env['PATH']}`);
    const merged = await history.mergeTrees(main, other);
    expect(merged).toMatchObject({ ok: false, error: { code: 'git-unavailable' } });
    expect(!merged.ok && merged.error.advice).toContain('Update git to 2.38 or newer');
    expect(need(await history.countApart(main, other))).toEqual({ ahead: 1, behind: 1 });
  });
});
