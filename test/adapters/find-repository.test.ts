/** Which lock belongs to a folder, on real repositories of every kind that git makes. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRepository } from '../../electron/adapters/find-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.org', '-c', 'protocol.file.allow=always'];

function git(folder: string, ...words: string[]): void {
  execFileSync('git', [...identity, '-C', folder, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
}

function makeRepository(): { root: string; site: string } {
  const root = temporaryFolder();
  const site = join(root, 'site');
  git(root, 'init', '--quiet', 'site');
  git(site, 'commit', '--quiet', '--allow-empty', '--message', 'Begin');
  return { root, site };
}

const lockIn = (folder: string) => join(folder, '.kb_operations.lock');

test('a repository, from its top and from deep inside it', async () => {
  const { site } = makeRepository();
  mkdirSync(join(site, 'docs', 'deep'), { recursive: true });
  const found = await findRepository(site);
  expect(found).toEqual({
    folder: site,
    lock: { file: lockIn(site), folder: join(site, '.git', 'skein-lock') },
    excludeFile: join(site, '.git', 'info', 'exclude'),
  });
  expect(await findRepository(join(site, 'docs', 'deep'))).toEqual(found);
  expect(await findRepository(join(site, '.git'))).toEqual(found);
});

test('every linked worktree has the lock of the main one', async () => {
  const { root, site } = makeRepository();
  git(site, 'worktree', 'add', '--quiet', '../feature');
  mkdirSync(join(root, 'feature', 'docs'));
  expect(await findRepository(join(root, 'feature', 'docs'))).toEqual(await findRepository(site));
});

test('a name through a link is the same repository', async () => {
  const { root, site } = makeRepository();
  symlinkSync(site, join(root, 'other-name'));
  expect(await findRepository(join(root, 'other-name'))).toEqual(await findRepository(site));
});

test('a bare repository has its lock inside, and so have its worktrees', async () => {
  const { root, site } = makeRepository();
  git(root, 'clone', '--quiet', '--bare', 'site', 'bare.git');
  git(join(root, 'bare.git'), 'worktree', 'add', '--quiet', '../tree');
  const found = await findRepository(join(root, 'bare.git'));
  expect(found).toEqual({
    folder: join(root, 'bare.git'),
    lock: { file: lockIn(join(root, 'bare.git')), folder: join(root, 'bare.git', 'skein-lock') },
    excludeFile: undefined,
  });
  expect(await findRepository(join(root, 'tree'))).toEqual(found);
  expect(await findRepository(site)).not.toEqual(found);
});

test('a submodule is a repository of its own, with its lock in its work tree, its worktrees too', async () => {
  const { root, site } = makeRepository();
  git(root, 'init', '--quiet', 'outer');
  git(join(root, 'outer'), 'submodule', '--quiet', 'add', site, 'inner');
  const inner = join(root, 'outer', 'inner');
  const found = await findRepository(inner);
  expect(found.lock.file).toBe(lockIn(inner));
  expect(found.lock.folder).toBe(join(root, 'outer', '.git', 'modules', 'inner', 'skein-lock'));
  git(inner, 'worktree', 'add', '--quiet', '../../inner-tree');
  expect(await findRepository(join(root, 'inner-tree'))).toEqual(found);
  expect((await findRepository(join(root, 'outer'))).lock.file).toBe(lockIn(join(root, 'outer')));
});

test('a repository that git keeps apart from its work tree has one lock, whichever worktree asks', async () => {
  const { root } = makeRepository();
  git(root, 'init', '--quiet', '--separate-git-dir', 'apart', 'tree');
  git(join(root, 'tree'), 'commit', '--quiet', '--allow-empty', '--message', 'Begin');
  git(join(root, 'tree'), 'worktree', 'add', '--quiet', '../linked');
  const found = await findRepository(join(root, 'tree'));
  expect(found.lock.file).toBe(lockIn(join(root, 'apart')));
  expect(await findRepository(join(root, 'linked'))).toEqual(found);
});

test('a folder without git has its own lock, also where something only calls itself .git', async () => {
  const folder = temporaryFolder();
  const alone = {
    folder,
    lock: { file: lockIn(folder), folder: `${lockIn(folder)}.line` },
    excludeFile: undefined,
  };
  expect(await findRepository(folder)).toEqual(alone);
  mkdirSync(join(folder, '.git'));
  expect(await findRepository(folder)).toEqual(alone);
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, '.git'), 'no repository\n');
  expect((await findRepository(other)).folder).toBe(other);
});

test('a worktree whose repository is elsewhere by now has a lock of its own, and nothing is made where that was', async () => {
  const { root, site } = makeRepository();
  git(site, 'worktree', 'add', '--quiet', '../feature');
  renameSync(site, join(root, 'moved'));
  const feature = join(root, 'feature');
  const alone = { file: lockIn(feature), folder: `${lockIn(feature)}.line` };
  expect(await findRepository(feature)).toEqual({ folder: feature, lock: alone, excludeFile: undefined });
  writeFileSync(join(feature, '.git'), `gitdir: ${root}\n`);
  expect((await findRepository(feature)).lock).toEqual(alone);
});

test('a folder that is not there is an error of the disk', async () => {
  await expect(findRepository(join(temporaryFolder(), 'nothing'))).rejects.toThrow(/ENOENT/);
});
