/** Where a file could lie and a folder does, in a tree, in the index and in the work tree. */
import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commitPaths } from '../../electron/engine/git/commit.ts';
import { alwaysHeld } from '../support/always-held.ts';
import { must } from '../support/device.ts';
import { git, makeRepository, shell, useGitLab, write } from '../support/git-lab.ts';
import { openCommits, openRepository, openStore } from '../support/open-repository.ts';

useGitLab();

const files = {
  'd/1': 'One.\n',
  'd/in/2': 'Two.\n',
  'd.md': 'Beside.\n',
  'd-': 'Before.\n',
  notes: 'Notes.\n',
};
const indexes = [['--really-refresh'], ['--index-version', '4'], ['--split-index']];

test('what is below a folder is told, and nothing beside it', async () => {
  const folder = makeRepository(files);
  const { store } = await openStore(folder);
  const below = must(await store.entriesBelow('HEAD', ['d', 'notes', 'nowhere', 'd/in/2']));
  expect([...below.keys()]).toEqual(['d/1', 'd/in/2']);
  expect(below.get('d/1')).toEqual({ mode: '100644', id: git(folder, 'rev-parse', 'HEAD:d/1') });
  expect([...must(await store.entriesBelow('HEAD', ['d/in'])).keys()]).toEqual(['d/in/2']);
});

test.each(indexes)('the same of an index %s %s', async (...options) => {
  const folder = makeRepository(files);
  git(folder, 'update-index', ...options);
  git(folder, 'rm', '--quiet', '--cached', 'd/1');
  const { store } = await openStore(folder);
  const below = must(await store.stagedBelow(['d', 'notes', 'nowhere', 'd/in/2']));
  expect([...below.keys()]).toEqual(['d/in/2']);
});

test('what lies where a file could is told by its kind', async () => {
  const folder = makeRepository(files);
  shell(folder, 'ln -s d link; git init --quiet own; mkfifo pipe; mkdir -p named/.git; echo no > named/in');
  write(folder, 'linked/.git', `gitdir: ${folder}/own/.git\n`);
  const { store } = await openStore(folder);
  const kinds = ['d', 'own', 'linked', 'named', 'pipe', 'link/1', 'link/in/2'];
  expect(await Promise.all(kinds.map((path) => store.noFileAt(path)))).toEqual([
    { is: 'folder' },
    { is: 'repository' },
    { is: 'repository' },
    { is: 'folder' },
    { is: 'other' },
    { is: 'behind', link: 'link' },
    { is: 'behind', link: 'link' },
  ]);
});

describe('an index never holds a file where it holds a folder', () => {
  const step = (folder: string, path: string, id: string) => {
    const head = git(folder, 'rev-parse', 'HEAD');
    const index = [{ path, before: undefined, after: { mode: '100644', id } }];
    return { operation: 'commit', branch: 'main', from: head, to: head, index, files: [] };
  };

  test.each(indexes)('be it that the step says so: %s %s', async (...options) => {
    const folder = makeRepository(files);
    git(folder, 'update-index', ...options);
    const store = await openRepository(folder);
    const id = git(folder, 'rev-parse', 'HEAD:notes');
    const before = git(folder, 'ls-files', '--stage');
    for (const [path, other] of [
      ['d', 'd/1'],
      ['notes/in/it', 'notes'],
    ] as const)
      expect(await store.take(step(folder, path, id))).toMatchObject({
        ok: false,
        error: { code: 'changed-meanwhile', subject: other },
      });
    expect(git(folder, 'ls-files', '--stage')).toBe(before);
  });

  test('also when somebody stages what is in the way in the last moment', async () => {
    const folder = makeRepository(files);
    shell(folder, 'rm -r d; echo D > d');
    const { deps } = await openCommits(folder);
    const id = git(folder, 'rev-parse', 'HEAD:notes');
    let isFirst = true;
    const store: typeof deps.store = {
      ...deps.store,
      takeOnceMade(...asked) {
        if (isFirst) git(folder, 'update-index', '--add', '--cacheinfo', `100644,${id},d/mine`);
        isFirst = false;
        return deps.store.takeOnceMade(...asked);
      },
    };
    const request = { paths: ['d', 'd/1', 'd/in/2'], message: 'D\n' };
    const committed = must(await commitPaths({ ...deps, store }, request, alwaysHeld));
    expect(committed.paths).toEqual([]);
    expect(committed.left.map(({ subject }) => subject).toSorted()).toEqual(['d', 'd/1', 'd/in/2']);
    expect(git(folder, 'status', '--porcelain')).toBe(' D d/1\n D d/in/2\nAD d/mine\n?? d');
  });
});

test('a folder that is named as a file was one is committed as gone only where one was', async () => {
  const folder = makeRepository(files);
  mkdirSync(`${folder}/empty`);
  shell(folder, 'rm notes; mkdir notes');
  const { deps } = await openCommits(folder);
  const committed = must(await commitPaths(deps, { paths: ['notes', 'empty'], message: 'N\n' }, alwaysHeld));
  expect(committed.paths).toEqual(['notes']);
  expect(committed.left.map(({ message }) => message)).toEqual(['empty is no file that git could hold.']);
});

test('of what is left to others nothing is stored', async () => {
  const folder = makeRepository(files);
  shell(folder, 'echo mine > notes; git add notes; echo secret > notes');
  const { deps } = await openCommits(folder);
  const committed = must(await commitPaths(deps, { paths: ['notes'], message: 'N\n' }, alwaysHeld));
  expect(committed.left.map(({ subject }) => subject)).toEqual(['notes']);
  const id = git(folder, 'hash-object', 'notes');
  expect(git(folder, 'cat-file', '--batch-all-objects', '--batch-check')).not.toContain(id);
});
