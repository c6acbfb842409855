/**
 * A pull that puts one kind of thing in the place of another, into a work tree where somebody did the same, something
 * else, or nothing, beside `git pull` on a copy: what git pulls is pulled so, and where git refuses, nothing is lost.
 */
import { describe, expect, test } from 'vitest';
import { pull } from '../../../electron/engine/git/pull.ts';
import {
  commitAll,
  copyOf,
  faultsOf,
  filesOf,
  git,
  gitInTurn,
  shell,
  useGitLab,
} from '../../support/git-lab.ts';
import { makeLab, openPull, request } from '../../support/pull-lab.ts';

useGitLab();

const files = {
  notes: 'Notes.\n',
  'd/1': 'One.\n',
  'd/2': 'Two.\n',
  'd/in/3': 'Three.\n',
  'keep.txt': 'Keep.\n',
};

const shapes = {
  nothing: 'true',
  'a folder for a file': 'rm notes; mkdir notes; echo A > notes/a; echo B > notes/b',
  'an empty folder for a file': 'rm notes; mkdir notes',
  'the file in a folder of its name': 'mv notes t; mkdir notes; mv t notes/notes',
  'a link for a file': 'rm notes; ln -s keep.txt notes',
  'a file for a folder': 'rm -r d; echo D > d',
  'a file for a folder below': 'rm -r d/in; echo D > d/in',
  'a link for a folder': 'rm -r d; ln -s keep.txt d',
  'a link for a folder that moved': 'mv d e; ln -s e d',
  'another folder for one that moved': 'mv d e; mkdir d; echo 4 > d/4',
  'an edit in the folder': 'echo more >> d/in/3',
  'an edit of the file': 'echo more >> notes',
  'other capitals': 'mv notes Notes; mv d D',
  'all in other places': 'mv notes t; mv d notes; mv t d',
};

const stagings = {
  'not staged': 'true',
  staged: 'git add --all',
  committed: 'git add --all; git commit --quiet --allow-empty -m Ours',
};

const isWhole = process.env['SKEIN_WHOLE'] === '1';
const matrix = Object.entries(shapes)
  .filter(([theirs]) => theirs !== 'nothing')
  .flatMap(([theirs, they]) =>
    Object.entries(shapes).flatMap(([ours, we]) =>
      Object.entries(stagings).map(([state, stage]) => ({
        theirs,
        they,
        ours,
        we: `${we}; ${stage}`,
        state,
      })),
    ),
  )
  .filter(({ theirs, ours }, at) => isWhole || theirs === ours || at % 8 === 0);

describe('a pull', () => {
  test.each(matrix)('of $theirs, where there is $ours, $state', async ({ they, we }) => {
    const lab = makeLab(files);
    shell(lab.theirs, they);
    commitAll(lab.theirs, 'Theirs');
    git(lab.theirs, 'push', '--quiet', 'origin', 'main');
    shell(lab.ours, we);
    const copy = copyOf(lab.ours);
    const before = seen(lab.ours);
    const outcome = await pull((await openPull(lab.ours)).deps, request);
    const after = seen(lab.ours);
    const isByGit = pulls(copy);
    git(lab.ours, 'write-tree');
    expect(faults(lab.ours) && !faults(copy)).toBe(false);
    expect(after.tree).not.toMatch(/ 0+\t/);
    if (!outcome.success) expect(after).toEqual(before);
    else {
      expect(lostOf(before, after)).toEqual([]);
      expect(stagedOtherwise(before, after)).toEqual([]);
      // Whatever nobody here had changed is as it was pulled.
      expect(Object.keys(after.changed).filter((path) => !(path in before.changed))).toEqual([]);
      if (isByGit && lostOf(before, seen(copy)).length === 0) expect(after).toEqual(seen(copy));
    }
    // What git pulls, and loses nothing by it, is refused only over a path that somebody changed.
    if (!outcome.success && isByGit && lostOf(before, seen(copy)).length === 0) {
      expect(outcome).toMatchObject({ kind: 'uncommitted-changes' });
      expect(outcome.paths.filter((path) => !(path in before.changed))).toEqual([]);
    }
  });
});

/** Without what is only known of the remote. */
function seen(folder: string) {
  const status = ['status', '--porcelain', '--no-renames', '--untracked-files=all'];
  const asked = gitInTurn(folder, ['ls-tree', '-r', 'HEAD'], ['ls-files', '--stage'], status);
  const [tree = '', index = '', lines = ''] = asked;
  return { tree, index, changed: changedIn(lines), files: filesOf(folder) };
}
type Seen = ReturnType<typeof seen>;

/** By path, how it differs from the last commit. */
const changedIn = (lines: string): Record<string, string> =>
  Object.fromEntries(
    lines
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(3), line.slice(0, 2)]),
  );

/** What somebody had written and not committed, and is not there any more. */
const lostOf = (before: Seen, after: Seen): string[] =>
  Object.keys(before.changed).filter(
    (path) => path in before.files && before.files[path] !== after.files[path],
  );

/** What was staged, and is neither so still nor what was pulled. */
function stagedOtherwise(before: Seen, after: Seen): string[] {
  const entryIn = (lines: string, path: string) =>
    lines.split('\n').find((line) => line.endsWith(`\t${path}`));
  return Object.entries(before.changed).flatMap(([path, state]) => {
    const stays = entryIn(before.index, path) === entryIn(after.index, path);
    return /^[ ?]/.test(state) || stays || !(path in after.changed) ? [] : [path];
  });
}

/** Git 2.39 leaves broken trees behind where it cannot merge a file with a folder. */
function faults(folder: string): boolean {
  try {
    return faultsOf(folder) !== '';
  } catch {
    return true;
  }
}

function pulls(folder: string): boolean {
  try {
    git(folder, 'pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main');
    return true;
  } catch {
    return false;
  }
}
