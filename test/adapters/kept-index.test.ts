/** The index is kept between two questions, and believed only as long as it is the same. */
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { must } from '../support/device.ts';
import { git, makeRepository, useGitLab, write } from '../support/git-lab.ts';
import { openRepository } from '../support/open-repository.ts';

useGitLab();

const second = 1_790_000_000;

/** Its files and its index were written long ago, one after the other. */
function makeOld(): string {
  const folder = makeRepository({ 'a.md': 'A.\n', 'b.md': 'B.\n' });
  utimesSync(join(folder, 'a.md'), second, second);
  git(folder, 'update-index', '--refresh');
  utimesSync(join(folder, '.git/index'), second + 5, second + 5);
  return folder;
}

test('what others stage is seen at once', async () => {
  const folder = makeOld();
  const store = await openRepository(folder);
  const before = must(await store.staged(['a.md'])).get('a.md');
  write(folder, 'a.md', 'B.\n');
  git(folder, 'add', 'a.md');
  expect(before).not.toEqual(must(await store.staged(['a.md'])).get('a.md'));
  git(folder, 'reset', '--quiet');
  expect(before).toEqual(must(await store.staged(['a.md'])).get('a.md'));
});

test('an index that was written in its place, with the same length and time, is another', async () => {
  const folder = makeOld();
  const index = join(folder, '.git/index');
  git(folder, 'update-index', '--chmod=+x', 'a.md');
  const store = await openRepository(folder);
  const [before, { atime, mtime }] = [readFileSync(index), statSync(index)];
  expect(must(await store.staged(['a.md'])).get('a.md')).toMatchObject({ mode: '100755' });
  git(folder, 'update-index', '--chmod=-x', 'a.md');
  const after = readFileSync(index);
  expect(after).toHaveLength(before.length);
  writeFileSync(index, after);
  utimesSync(index, atime, mtime);
  expect(must(await store.staged(['a.md'])).get('a.md')).toMatchObject({ mode: '100644' });
});

test('a file that is as the index says is not read, and one that somebody touched is', async () => {
  const folder = makeOld();
  const store = await openRepository(folder);
  const [a, b] = ['a.md', 'b.md'].map((path) => ({
    mode: '100644',
    id: git(folder, 'rev-parse', `HEAD:${path}`),
  }));
  expect(must(await store.entryOnDisk('a.md'))).toEqual(a);
  // The same length, and the time put back: only the file system knows.
  writeFileSync(join(folder, 'a.md'), 'B.\n');
  utimesSync(join(folder, 'a.md'), second, second);
  expect(must(await store.entryOnDisk('a.md'))).toEqual(b);
});

test('a file that was written in the second of the index is read', async () => {
  const folder = makeOld();
  const store = await openRepository(folder);
  const index = readFileSync(join(folder, '.git/index'));
  // As if it had been written there before it was looked at again: another blob under the same facts.
  git(folder, 'update-index', '--cacheinfo', `100644,${git(folder, 'rev-parse', 'HEAD:b.md')},a.md`);
  const staged = readFileSync(join(folder, '.git/index'));
  const at = index.indexOf('a.md') - 62;
  index.copy(staged, at, at, at + 40);
  writeFileSync(join(folder, '.git/index'), staged);
  utimesSync(join(folder, '.git/index'), second, second);
  const id = git(folder, 'hash-object', 'a.md');
  expect(must(await store.entryOnDisk('a.md'))).toEqual({ mode: '100644', id });
  utimesSync(join(folder, '.git/index'), second + 5, second + 5);
  expect(must(await store.entryOnDisk('a.md'))?.id).not.toBe(id);
});
