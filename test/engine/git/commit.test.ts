/** A commit of Skein beside one of the git command line, in every situation that a repository can be in. */
import { describe, expect, test } from 'vitest';
import { commitPaths } from '../../../electron/engine/git/commit.ts';
import { copyOf, faultsOf, git, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { openRepository } from '../../support/open-repository.ts';
import { journal, type Situation, situations } from './situations.ts';

useGitLab();

const held = { check: () => ({ ok: true as const, value: undefined }) };

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

const matrix = situations.flatMap((situation) =>
  Object.entries(besides).map(([state, make]) => ({ situation, state, make })),
);

describe('a commit', () => {
  test.each(matrix)('$situation.name, $state', async ({ situation, make }) => {
    const folder = situation.make();
    if (git(folder, 'rev-parse', '--is-bare-repository') === 'false') make(folder);
    await compare(folder, situation);
    expect(faultsOf(folder)).toBe('');
  });
});

async function compare(folder: string, { paths = [journal], refuses, leaves }: Situation): Promise<void> {
  const isBare = git(folder, 'rev-parse', '--is-bare-repository') === 'true';
  const before = isBare || !(refuses || leaves) ? undefined : portrait(folder);
  const copy = refuses || leaves || isLinked(folder) ? undefined : copyOf(folder);
  const committed = await commitPaths(
    { store: await openRepository(folder) },
    { paths, message: 'Notes\n' },
    held,
  );
  if (refuses !== undefined) {
    expect(committed).toMatchObject({ ok: false, error: { code: 'repository-state' } });
    expect(committed.ok ? '' : committed.error.message).toMatch(refuses);
  } else if (leaves !== undefined) {
    expect(committed.ok ? committed.value.left.map(({ message }) => message).join(' ') : committed).toMatch(
      leaves,
    );
  } else {
    expect(committed.ok ? committed.value.left : committed.error).toEqual([]);
    if (copy !== undefined) commitByGit(copy, paths);
    if (copy !== undefined) expect(portrait(folder)).toEqual(portrait(copy));
    else expect(git(folder, 'show', '--format=', '--name-only')).toBe(paths.join('\n'));
    return;
  }
  if (!isBare) expect(portrait(folder)).toEqual(before);
}

/** Its `.git` names another folder, which a copy would share. */
const isLinked = (folder: string): boolean => git(folder, 'rev-parse', '--git-dir') !== '.git';

function commitByGit(folder: string, paths: readonly string[]): void {
  const present = paths.filter((path) => git(folder, 'status', '--porcelain', '--', path) !== '');
  if (present.length === 0) return;
  git(folder, '--literal-pathspecs', 'add', '--all', '--', ...present);
  git(folder, '--literal-pathspecs', 'commit', '--quiet', '--message', 'Notes', '--only', '--', ...present);
}
