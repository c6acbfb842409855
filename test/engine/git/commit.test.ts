/** A commit of Skein beside one of the git command line, in every situation that a repository can be in. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commitPaths } from '../../../electron/engine/git/commit.ts';
import { alwaysHeld } from '../../support/always-held.ts';
import { copyOf, faultsOf, git, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { openCommits } from '../../support/open-repository.ts';
import { shapeSituations } from './shape-situations.ts';
import { journal, type Situation, situations } from './situations.ts';

useGitLab();

/** What else somebody was doing. */
const besides: Readonly<Record<string, (folder: string) => void>> = {
  clean: () => undefined,
  dirty: (folder) => write(folder, 'dirty.txt', 'Not yet.\n'),
  staged(folder) {
    write(folder, 'staged.txt', 'Staged.\n');
    git(folder, 'add', '--sparse', 'staged.txt');
    write(folder, 'staged.txt', 'Edited since.\n');
  },
};

const matrix = [...situations, ...shapeSituations].flatMap((situation) =>
  Object.entries(besides).map(([state, make]) => ({ situation, state, make })),
);

describe('a commit', () => {
  test.each(matrix)('$situation.name, $state', async ({ situation, make }) => {
    const folder = situation.make();
    if (!isBare(folder)) make(folder);
    await compare(folder, situation);
    expect(faultsOf(folder)).toBe('');
  });
});

async function compare(folder: string, situation: Situation): Promise<void> {
  const { paths = [journal], refuses, leaves } = situation;
  const before = isBare(folder) || !(refuses || leaves) ? undefined : portrait(folder);
  const copy = refuses || leaves || isLinked(folder) ? undefined : copyOf(folder);
  const { deps } = await openCommits(folder);
  const committed = await commitPaths(deps, { paths, message: 'Notes\n' }, alwaysHeld);
  if (refuses !== undefined) {
    const code = situation.name.includes('refuses') ? 'hook-refused' : 'repository-state';
    expect(committed).toMatchObject({ ok: false, error: { code } });
    expect(committed.ok ? '' : committed.error.message).toMatch(refuses);
  } else if (leaves !== undefined) {
    expect(committed.ok ? committed.value.left.map(({ message }) => message).join(' ') : committed).toMatch(
      leaves,
    );
  } else {
    expect(committed.ok ? committed.value.left : committed.error).toEqual([]);
    if (copy === undefined) expect(git(folder, 'show', '--format=', '--name-only')).toBe(paths.join('\n'));
    else {
      commitByGit(copy, situation);
      compareCopies(folder, copy, situation);
    }
    return;
  }
  if (!isBare(folder)) expect(portrait(folder)).toEqual(before);
}

function compareCopies(folder: string, copy: string, { notes, isBetter }: Situation): void {
  const [ours, theirs] = [portrait(folder), portrait(copy)];
  const { head, files } = theirs;
  if (isBetter) expect(ours).toMatchObject({ head, files });
  else expect(ours).toEqual(theirs);
  if (isBetter) expect(git(folder, 'status', '--porcelain', '--untracked-files=no', 'docs', '*.md')).toBe('');
  if (notes !== undefined) expect(notesIn(folder, notes)).toBe(notesIn(copy, notes));
}

const notesIn = (folder: string, name: string): string => readFileSync(join(folder, '.git', name), 'utf8');

const isBare = (folder: string): boolean => !existsSync(join(folder, '.git'));

/** Its `.git` names another folder, which a copy would share. */
const isLinked = (folder: string): boolean => statSync(join(folder, '.git')).isFile();

function commitByGit(folder: string, { paths = [journal], takes = [] }: Situation): void {
  const present = [...paths, ...takes].filter(
    (path) => git(folder, 'status', '--porcelain', '--', path) !== '',
  );
  if (present.length === 0) return;
  git(folder, '--literal-pathspecs', 'add', '--all', '--', ...present);
  // It takes the place of a file with what is in it, and by its own name for a submodule.
  const named = present.filter(
    (path) => !statSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory(),
  );
  git(folder, '--literal-pathspecs', 'commit', '--quiet', '--message', 'Notes', '--only', '--', ...named);
}
