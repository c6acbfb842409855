/**
 * A pull of Skein beside one of the git command line, in every situation that a clone can be in: each in one of the
 * states in turn, and with SKEIN_WHOLE=1 in all of them.
 */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pull } from '../../../electron/engine/git/pull.ts';
import { copyOf, faultsOf, git, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { openPull, request } from '../../support/pull-lab.ts';
import { type Situation, situations } from './pull-situations.ts';

useGitLab();

/** What else somebody was doing. */
const besides: Readonly<Record<string, (folder: string) => void>> = {
  clean: () => undefined,
  dirty(folder) {
    write(folder, 'dirty.txt', 'Not yet.\n');
    if (git(folder, 'ls-files', 'other.txt') !== '') write(folder, 'other.txt', 'Changed.\n');
  },
  staged(folder) {
    write(folder, 'staged.txt', 'Staged.\n');
    git(folder, 'add', '--sparse', 'staged.txt');
    write(folder, 'staged.txt', 'Edited since.\n');
  },
};

const isWhole = process.env['SKEIN_WHOLE'] === '1';
const matrix = situations.flatMap((situation, turn) =>
  Object.entries(besides)
    .map(([state, make]) => ({ situation, state, make }))
    .filter((_, index) => isWhole || index === turn % 3),
);

test('the matrix is as large as it should be', () => {
  expect(situations.length).toBeGreaterThanOrEqual(60);
});

describe('a pull', () => {
  test.each(matrix)('$situation.name, $state', async ({ situation, make }) => {
    const folder = situation.make();
    await compare(folder, situation, make);
    expect(faultsOf(folder)).toBe('');
  });
});

async function compare(
  folder: string,
  { refuses }: Situation,
  make: (folder: string) => void,
): Promise<void> {
  // What is in no way of the pull is as it would be if it came later: git itself merges nothing then.
  const copy = refuses === undefined ? copyOfAll(folder) : undefined;
  make(folder);
  const before = portrait(folder);
  const { deps } = await openPull(folder);
  const outcome = await pull(deps, request);
  if (copy === undefined) {
    expect(outcome).toMatchObject({ success: false, problem: { code: 'repository-state' } });
    expect(outcome.message).toMatch(refuses ?? /never/);
    expect(portrait(folder)).toEqual(before);
    return;
  }
  expect(outcome).toMatchObject({ success: true });
  const wasEmpty = git(copy, 'ls-files') === '';
  git(copy, 'pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main');
  make(copy);
  // There nothing was that could have been changed.
  if (wasEmpty) git(copy, 'checkout', '--quiet', '--', 'other.txt');
  expect(portrait(folder)).toEqual(portrait(copy));
}

/** A work tree whose repository lies elsewhere gets a copy of that, too. */
function copyOfAll(folder: string): string {
  const asked = git(folder, 'rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir');
  const [own = '', common = ''] = asked.split('\n');
  if (common === join(folder, '.git')) return copyOf(folder);
  const [tree, repository] = [copyOf(folder), copyOf(common)];
  const copied = own.replace(common, repository);
  write(tree, '.git', `gitdir: ${copied}\n`);
  if (own !== common) write(copied, 'gitdir', `${join(tree, '.git')}\n`);
  return tree;
}
