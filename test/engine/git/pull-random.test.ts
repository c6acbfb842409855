/** Random histories and work trees: a pull ends as `git pull` does, and is refused only where git refuses it, too. */
import { chmodSync, lstatSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { pull } from '../../../electron/engine/git/pull.ts';
import { commitAll, copyOf, faultsOf, git, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { makeLab, openPull, request } from '../../support/pull-lab.ts';
import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts';

useGitLab();

/** Some are the folders of others, so that files and folders change places. */
const paths = ['a.ts', 'b.ts', 'c', 'c/d.ts', 'c/e/f.ts', 'g/h.ts', 'g', 'link'];

/** Makes a path something else, whatever is in the way of that. */
function change(folder: string, random: SeededRandom, words: string): void {
  const path = random.pick(paths);
  const file = join(folder, path);
  if (random.chance(1 / 6)) rmSync(file, { recursive: true, force: true });
  else if (random.chance(1 / 5) && statsOf(file)?.isFile()) chmodSync(file, 0o755);
  else {
    makeRoom(folder, path);
    if (random.chance(1 / 4)) symlinkSync('a.ts', file);
    else write(folder, path, `${words} ${random.integer(2)}\n${'common\n'.repeat(random.integer(3) * 4)}`);
  }
}

function makeRoom(folder: string, path: string): void {
  const file = join(folder, path);
  for (let above = dirname(path); above !== '.'; above = dirname(above)) {
    if (statsOf(join(folder, above))?.isDirectory() === false) rmSync(join(folder, above));
  }
  rmSync(file, { recursive: true, force: true });
  mkdirSync(dirname(file), { recursive: true });
}

/** Undefined also where a file stands in the place of a folder. */
function statsOf(file: string) {
  try {
    return lstatSync(file);
  } catch {
    return undefined;
  }
}

function changeSome(folder: string, random: SeededRandom, words: string, atMost: number): void {
  for (let left = random.integer(atMost + 1); left > 0; left -= 1) change(folder, random, words);
}

/** `troubled` when git cannot even save what it would need if a merge failed. */
function pullByGit(folder: string): 'pulled' | 'refused' | 'troubled' {
  try {
    git(folder, 'pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main');
    return 'pulled';
  } catch (cause) {
    return String(cause).includes('stash failed') ? 'troubled' : 'refused';
  }
}

/** Without what a fetch finds out. */
function ownPortrait(folder: string) {
  const { index, files, branches, status } = portrait(folder);
  return { index, files, branches, status: String(status).replace(/^# branch\.ab.*$/m, '') };
}

function makeSituation(random: SeededRandom) {
  const lab = makeLab({ 'a.ts': 'a\n', 'b.ts': `b\n${'common\n'.repeat(8)}`, 'g/h.ts': 'h\n' });
  changeSome(lab.theirs, random, 'theirs', 4);
  commitAll(lab.theirs, 'Theirs');
  git(lab.theirs, 'push', '--quiet', 'origin', 'main');
  if (random.chance(1 / 2)) {
    changeSome(lab.ours, random, 'ours', 2);
    commitAll(lab.ours, 'Ours');
  }
  if (random.chance(2 / 3)) changeSome(lab.ours, random, 'dirty', 2);
  const isStaged = random.chance(1 / 4);
  if (isStaged) git(lab.ours, 'add', '--all');
  return { folder: lab.ours, isStaged };
}

test.each([1, 2, 3, 4, 5, 6, 7, 22])('seed %i', async (seed) => {
  const { folder, isStaged } = makeSituation(createSeededRandom(seed));
  const copy = copyOf(folder);
  const before = ownPortrait(folder);
  const { deps } = await openPull(folder);
  const outcome = await pull(deps, request);
  const byGit = pullByGit(copy);
  expect(faultsOf(folder)).toBe('');
  if (!outcome.success) {
    expect(ownPortrait(folder)).toEqual(before);
    expect(['uncommitted-changes', 'merge-conflict'], outcome.message).toContain(outcome.kind);
    // Git throws away what is staged in a folder that becomes a file (seed 22).
    if (!isStaged) expect(byGit).not.toBe('pulled');
  } else if (byGit === 'pulled') expect(portrait(folder)).toEqual(portrait(copy));
  // Git merges nothing while anything is staged.
  else expect(byGit === 'troubled' || isStaged).toBe(true);
});
