/** The one place that knows which lock belongs to a folder. */
import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { askGit } from './git-process.ts';
import type { LockPlace } from './lock-line.ts';

export const lockName = '.kb_operations.lock';

export type FoundRepository = {
  /** The folder that a person knows it by: the main worktree, else where git keeps it, else the folder itself. */
  folder: string;
  lock: LockPlace;
  /** Git's list of what it overlooks in every worktree; undefined where there is no work tree beside the lock. */
  excludeFile: string | undefined;
};

/**
 * The repository around an existing folder. All its worktrees have one lock, in the main one: it is where programs that
 * know nothing of worktrees look. Of a bare repository, and of one that git keeps apart from its main worktree, the
 * lock lies beside git's own files; a folder without git has its own. Throws errors of the disk.
 */
export async function findRepository(folder: string): Promise<FoundRepository> {
  const real = await realpath(folder);
  const common = await findCommonFolder(real);
  if (common === undefined)
    return { folder: real, lock: placeIn(real, join(real, `${lockName}.line`)), excludeFile: undefined };
  const top = await mainWorktree(common);
  return {
    folder: top ?? common,
    lock: placeIn(top ?? common, join(common, 'skein-lock')),
    excludeFile: top && join(common, 'info', 'exclude'),
  };
}

const placeIn = (folder: string, line: string): LockPlace => ({ file: join(folder, lockName), folder: line });

/** Where git keeps what all worktrees share. */
async function findCommonFolder(real: string): Promise<string | undefined> {
  for (let place = real; ; place = dirname(place)) {
    const own = (await isGitFolder(place)) ? place : await gitFolderOf(join(place, '.git'));
    const common = own && (await withoutLinks(resolve(own, await readLine(join(own, 'commondir')))));
    // A worktree outlives its repository, and a file named .git may name any place.
    if (common !== undefined && (await isGitFolder(common))) return common;
    if (dirname(place) === place) return undefined;
  }
}

/** What `.git` is, or names: a folder, or a file of one line in linked worktrees and submodules. */
async function gitFolderOf(dotGit: string): Promise<string | undefined> {
  const stats = await stat(dotGit).catch(() => undefined);
  if (stats?.isDirectory()) return (await isGitFolder(dotGit)) ? dotGit : undefined;
  if (!stats?.isFile()) return undefined;
  const [, named] = /^gitdir: (.+)$/.exec(await readLine(dotGit)) ?? [];
  return named === undefined ? undefined : resolve(dirname(dotGit), named);
}

/** Git's own test. */
async function isGitFolder(folder: string): Promise<boolean> {
  const parts = ['HEAD', 'objects', 'refs'].map((name) => lstat(join(folder, name)).catch(() => undefined));
  return (await Promise.all(parts)).every((found) => found !== undefined);
}

/** Undefined for a bare repository, and where git does not say. */
async function mainWorktree(common: string): Promise<string | undefined> {
  const ask = async (...question: string[]) => (await askGit(common, question))?.trim();
  if (basename(common) === '.git') return dirname(common);
  const named = await ask('config', '--file', join(common, 'config'), '--get', 'core.worktree');
  return named ? withoutLinks(resolve(common, named)) : undefined;
}

const readLine = async (file: string): Promise<string> =>
  (await readFile(file, 'utf8').catch(() => '')).replace(/\r?\n$/, '');

const withoutLinks = (path: string): Promise<string> => realpath(path).catch(() => path);
