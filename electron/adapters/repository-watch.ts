import { lstat, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { limits } from '../../shared/limits.ts';
import type { Hint, Watcher } from '../engine/ports.ts';
import { createFolderWatcher } from './folder-watcher.ts';
import { createPollingWatcher } from './polling-watcher.ts';

/** Where git keeps what is of one worktree, and what all worktrees share: two folders in a linked worktree, else one. */
export type GitFolders = { own: string; common: string };

/**
 * Tells `onMove` when it has begun to watch, and then whenever HEAD or the branch that it names has moved. What else
 * happens in the folders, a lock or a refreshed index say, is seen and not told. `onGone`: there is no HEAD any more.
 */
export function watchRepository(
  folders: GitFolders,
  on: { onMove: () => void; onGone: () => void },
): { close(): void } {
  const check = oneAtATime(lookAgain);
  const watches = [...new Set([folders.own, folders.common])].map((root) => watchFolder(root, check));
  let branch: string | undefined;
  let seen: string | undefined;
  let closed = false;

  async function lookAgain(): Promise<void> {
    const head = await readFile(join(folders.own, 'HEAD'), 'utf8').catch(() => undefined);
    if (closed) return;
    if (head === undefined) return on.onGone();
    if (seen === undefined || branchOf(head) !== branch) follow(branchOf(head));
    const now = await factsOf(whatMoves(folders, branch));
    if (closed || now === seen) return;
    seen = now;
    on.onMove();
  }

  function follow(next: string | undefined): void {
    branch = next;
    for (const watch of watches) watch.setFolders(['', 'logs', 'reftable', ...foldersOn(branch)]);
  }

  function close(): void {
    closed = true;
    for (const watch of watches) watch.close();
  }

  check();
  return { close };
}

/** The files of which at least one changes when somebody commits, whatever way git keeps its refs. */
function whatMoves({ own, common }: GitFolders, branch: string | undefined): string[] {
  const ofWorktree = ['HEAD', 'logs/HEAD', 'reftable/tables.list'].map((name) => join(own, name));
  const ofAll = ['packed-refs', 'reftable/tables.list', ...(branch === undefined ? [] : [branch])];
  return [...ofWorktree, ...ofAll.map((name) => join(common, name))];
}

/** The branch in the text of HEAD; undefined when a commit is checked out by itself, or the text is not git's. */
function branchOf(head: string): string | undefined {
  const [, branch] = /^ref: (refs\/[^\0\n]+)\n*$/.exec(head) ?? [];
  return branch?.split('/').some((name) => name === '' || name === '.' || name === '..') ? undefined : branch;
}

/** The folders on the way to a branch: `refs`, `refs/heads`, and those of a name with slashes. */
function foldersOn(branch: string | undefined): string[] {
  const names = branch === undefined ? [] : dirname(branch).split('/').slice(0, limits.folderDepth);
  return names.map((_, last) => names.slice(0, last + 1).join('/'));
}

/** Facts that differ when one of the files was written or replaced. */
async function factsOf(files: readonly string[]): Promise<string> {
  const facts = await Promise.all(files.map((file) => lstat(file, { bigint: true }).catch(() => undefined)));
  return facts.map((it) => (it ? `${it.ino} ${it.size} ${it.mtimeNs} ${it.ctimeNs}` : '-')).join('\n');
}

/** Watches folders below `root` as the system does it best, and by looking again and again where it cannot. */
function watchFolder(root: string, onHint: (hint: Hint) => void) {
  let watcher: Watcher = createFolderWatcher(root)(onHint);
  return {
    setFolders(names: readonly string[]): void {
      const folders = new Set(names);
      const { mode, watchedFolders, problem } = watcher.setFolders(folders);
      if (mode === 'polling' || (watchedFolders > 0 && problem === undefined)) return;
      watcher.close();
      watcher = createPollingWatcher()(onHint);
      watcher.setFolders(folders);
    },
    close: () => watcher.close(),
  };
}

/** Runs the work, which never rejects, one at a time; asked for meanwhile, it runs once more. */
export function oneAtATime(work: () => Promise<void>): () => void {
  let isRunning = false;
  let again = false;
  return async () => {
    again = isRunning;
    if (isRunning) return;
    isRunning = true;
    do {
      again = false;
      await work();
    } while (again);
    isRunning = false;
  };
}
