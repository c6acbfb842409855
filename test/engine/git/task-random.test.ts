/**
 * Random work of a person and then of an agent, in which files, folders and links change places: what the task commits
 * is what git would, nothing that the person staged is touched, and what is left out is named.
 */
import { lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findWorkTreeChanges } from '../../../electron/adapters/work-tree-changes.ts';
import { endTask, type TaskDeps } from '../../../electron/engine/git/task.ts';
import type { Held } from '../../../electron/engine/lock/held-lock.ts';
import { foldersAbove } from '../../../shared/domain/paths.ts';
import { alwaysHeld } from '../../support/always-held.ts';
import { must } from '../../support/device.ts';
import { copyOf, faultsOf, git, makeRepository, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { openPull, request } from '../../support/pull-lab.ts';
import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts';

useGitLab();

/** Some are the folders of others. */
const paths = ['a', 'a/b', 'a/b/c', 'd', 'd/e', 'd/f', 'd/g/h', 'i', 'j/k'];
const base = { a: 'A.\n', 'd/e': 'E.\n', 'd/f': 'F.\n', 'd/g/h': 'H.\n', i: 'I.\n', 'j/k': 'K.\n' };

/** Makes a path something else, whatever is in the way of that. */
function change(folder: string, random: SeededRandom, words: string): void {
  const path = random.pick(paths);
  const file = join(folder, path);
  makeRoom(folder, path);
  if (random.chance(1 / 4)) return;
  if (random.chance(1 / 4)) symlinkSync(random.pick(['i', 'd', 'nowhere']), file);
  else if (random.chance(1 / 6)) mkdirSync(file);
  else write(folder, path, `${words} ${random.integer(1_000)}\n`);
}

function makeRoom(folder: string, path: string): void {
  for (const above of foldersAbove(path).toReversed())
    if (lstatSync(join(folder, above), { throwIfNoEntry: false })?.isDirectory() === false)
      rmSync(join(folder, above));
  rmSync(join(folder, path), { recursive: true, force: true });
  mkdirSync(dirname(join(folder, path)), { recursive: true });
}

function stage(folder: string, random: SeededRandom): void {
  const what = random.pick([
    ['--all'],
    ['--all', '--', random.pick(paths)],
    ['--all', '--', random.pick(paths)],
  ]);
  try {
    git(folder, 'add', ...what);
  } catch {
    // There is no such path now.
  }
}

function work(folder: string, random: SeededRandom, words: string): void {
  for (let left = 1 + random.integer(4); left > 0; left -= 1) {
    change(folder, random, words);
    if (random.chance(1 / 4)) stage(folder, random);
  }
}

const indexOf = (folder: string): Map<string, string> =>
  new Map(
    git(folder, 'ls-files', '--stage')
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t').toReversed() as [string, string]),
  );

function changedIn(folder: string): Map<string, string> {
  const how = ['--porcelain', '-z', '--no-renames', '--untracked-files=all'];
  const lines = git(folder, 'status', ...how)
    .split('\0')
    .filter(Boolean);
  return new Map(lines.map((line) => [line.slice(3), line.slice(0, 2)]));
}

const meets = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);

const seeds = Array.from({ length: process.env['SKEIN_WHOLE'] === '1' ? 400 : 20 }, (_, at) => at + 1);

test.each(seeds)('seed %i', async (seed) => {
  const random = createSeededRandom(seed);
  const folder = makeRepository(base);
  const { deps } = await openPull(folder);
  const task: TaskDeps = { ...deps, findChanges: () => findWorkTreeChanges(folder, deps.store) };
  const isAlone = random.chance(1 / 3);
  if (!isAlone) work(folder, random, 'person');
  const before = must(await task.findChanges());
  work(folder, random, 'agent');
  if (random.chance(1 / 3)) git(folder, 'add', '--all');
  const [copy, index, files] = [copyOf(folder), indexOf(folder), portrait(folder)['files']];
  const asked = { ...request, subject: 'work', push: false };
  const done = must(await endTask(task, asked, { held: alwaysHeld as Held, before }));

  expect(faultsOf(folder)).toBe('');
  git(folder, 'write-tree');
  expect(portrait(folder)['files']).toEqual(files);
  const after = indexOf(folder);
  for (const path of before.staged.keys()) {
    expect([path, after.get(path)]).toEqual([path, index.get(path)]);
    expect(done.paths).not.toContain(path);
  }
  const left = new Set(done.left.map(({ subject }) => subject));
  const theirs = [...before.files.keys(), ...before.staged.keys()];
  const apart = [...left].filter((path) => theirs.some((it) => meets(it, path)));
  for (const path of left) expect([path, apart.some((it) => meets(it, path))]).toEqual([path, true]);
  for (const [path, state] of changedIn(folder)) {
    expect([path, state, left.has(path) || theirs.includes(path)]).toEqual([path, state, true]);
    if (!/^[ ?]/.test(state))
      expect([path, state, left.has(path) || before.staged.has(path)]).toEqual([path, state, true]);
  }
  // What was left out took the place of nothing that is committed to be gone.
  const inTree = git(folder, 'ls-tree', '-r', '--name-only', 'HEAD').split('\n');
  const gone = done.paths.filter((path) => !inTree.includes(path));
  for (const path of gone) expect([path, [...left].filter((it) => meets(it, path))]).toEqual([path, []]);
  if (theirs.length > 0) return;
  git(copy, 'add', '--all');
  if (changedIn(copy).size > 0) git(copy, 'commit', '--quiet', '--message', 'Theirs');
  expect([git(folder, 'ls-tree', '-r', 'HEAD'), after]).toEqual([
    git(copy, 'ls-tree', '-r', 'HEAD'),
    indexOf(copy),
  ]);
});
