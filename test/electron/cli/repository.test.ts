import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryAround } from '../../../electron/cli/repository.ts';
import { startingFolder } from '../../../electron/cli/starting-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('the nearest folder with .git is the repository, from anywhere in it', () => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'site', '.git'), { recursive: true });
  mkdirSync(join(home, 'site', 'docs', 'deep'), { recursive: true });
  expect(repositoryAround(join(home, 'site', 'docs', 'deep'), home)).toBe(join(home, 'site'));
  expect(repositoryAround(join(home, 'site'), home)).toBe(join(home, 'site'));
});

test('the .git file of a linked worktree counts', () => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'worktree'));
  writeFileSync(join(home, 'worktree', '.git'), 'gitdir: ../site/.git/worktrees/worktree\n');
  expect(repositoryAround(join(home, 'worktree'), home)).toBe(join(home, 'worktree'));
});

test('a home folder in git is no repository to watch', () => {
  const home = temporaryFolder();
  mkdirSync(join(home, '.git'));
  mkdirSync(join(home, 'notes'));
  expect(repositoryAround(join(home, 'notes'), home)).toBeUndefined();
  expect(repositoryAround(home, home)).toBeUndefined();
});

test('a folder that was named is taken as it is, from where npm was called', async () => {
  const home = temporaryFolder();
  expect(await startingFolder('site', home, { HOME: home })).toBe(join(home, 'site'));
  expect(await startingFolder(undefined, home, { HOME: home })).toBeUndefined();
});
