/** A file that changes in the second in which it was committed, to the same size, is not taken for unchanged by git. */
import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitPaths } from '../../../electron/engine/git/commit.ts';
import { alwaysHeld } from '../../support/always-held.ts';
import { must } from '../../support/device.ts';
import { git, makeRepository, useGitLab, write } from '../../support/git-lab.ts';
import { openCommits } from '../../support/open-repository.ts';

useGitLab();

test.each([
  ['--index-version', '2'],
  ['--index-version', '4'],
])('with an index of git %s', async (...version) => {
  const folder = makeRepository({ 'a.md': 'A.\n', 'code.js': 'let a = 1;\n' });
  const place = (path: string) => join(folder, path);
  // The same second for the file as it was committed, for the index, and for the file as it is now.
  const second = 1_790_000_000;
  utimesSync(place('code.js'), second, second + 0.2);
  git(folder, 'update-index', '--refresh', ...version);
  utimesSync(place('.git/index'), second, second + 0.5);
  write(folder, 'code.js', 'let a = 2;\n');
  utimesSync(place('code.js'), second, second + 0.8);
  write(folder, 'a.md', 'A, too.\n');
  const { deps } = await openCommits(folder);
  const committed = must(await commitPaths(deps, { paths: ['a.md'], message: 'A' }, alwaysHeld));
  expect(committed.paths).toEqual(['a.md']);
  expect(git(folder, 'status', '--porcelain')).toBe(' M code.js');
});

test('a file that stands where a folder was a moment ago is in the way of no commit', async () => {
  const folder = makeRepository({ 'a.md': 'A.\n', 'gone/inside.md': 'Inside.\n' });
  const second = 1_790_000_000;
  utimesSync(join(folder, 'gone/inside.md'), second, second + 0.2);
  git(folder, 'update-index', '--refresh');
  utimesSync(join(folder, '.git/index'), second, second + 0.5);
  rmSync(join(folder, 'gone'), { recursive: true });
  write(folder, 'gone', 'A file.\n');
  write(folder, 'a.md', 'A, too.\n');
  const { deps } = await openCommits(folder);
  const committed = must(await commitPaths(deps, { paths: ['a.md'], message: 'A' }, alwaysHeld));
  expect(committed.paths).toEqual(['a.md']);
  expect(git(folder, 'status', '--porcelain')).toBe(' D gone/inside.md\n?? gone');
});
