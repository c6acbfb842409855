import { type FSWatcher, statSync, watch } from 'node:fs';
import { sep } from 'node:path';
import { isOutOfWatches } from './watch-support.ts';

/** The watches that are open, at most one per folder. Folders are paths of the ports. */
export type WatchTable = {
  readonly size: number;
  has(folder: string): boolean;
  folders(): string[];
  /**
   * Makes the watch of a folder fit what has its name now: opens, replaces or closes it. Returns the error when
   * the system is out of watches; a folder that is gone or closed to us is no failure.
   */
  settle(folder: string): unknown;
  forget(folder: string): void;
};

type WatchTableOptions = {
  /** Absolute and real. */
  root: string;
  /** Watches that may be open at once. */
  most: number;
  onEvent: (folder: string, event: string, name: string | null) => void;
  onOpened: (folder: string) => void;
};

/** Watches by `fs.watch`, each remembered with the folder that it belongs to. */
export function createWatchTable({ root, most, onEvent, onOpened }: WatchTableOptions): WatchTable {
  const watchedByFolder = new Map<string, { watcher: FSWatcher; identity: string }>();

  /** Joined by hand: there are thousands of folders, and nothing in their paths is to be made plain. */
  const placeOf = (folder: string): string => (folder === '' ? root : root + sep + folder);

  function settle(folder: string): unknown {
    const identity = folderIdentity(placeOf(folder));
    if (watchedByFolder.get(folder)?.identity === identity) return undefined;
    forget(folder);
    if (identity === undefined || watchedByFolder.size >= most) return undefined;
    try {
      open(folder, identity);
    } catch (error) {
      return isOutOfWatches(error) ? error : undefined;
    }
    return undefined;
  }

  function open(folder: string, identity: string): void {
    const watcher = watch(placeOf(folder), (event, name) => onEvent(folder, event, name));
    watcher.on('error', () => {
      if (watchedByFolder.get(folder)?.watcher === watcher) forget(folder);
    });
    watchedByFolder.set(folder, { watcher, identity });
    onOpened(folder);
  }

  function forget(folder: string): void {
    watchedByFolder.get(folder)?.watcher.close();
    watchedByFolder.delete(folder);
  }

  return {
    get size() {
      return watchedByFolder.size;
    },
    has: (folder) => watchedByFolder.has(folder),
    folders: () => [...watchedByFolder.keys()],
    settle,
    forget,
  };
}

/** Device, inode and birth of a folder: inode numbers are used again. Undefined when it is gone, closed or no folder. */
function folderIdentity(absolute: string): string | undefined {
  try {
    const stats = statSync(absolute, { bigint: true, throwIfNoEntry: false });
    return stats?.isDirectory() ? `${stats.dev}:${stats.ino}:${stats.birthtimeNs}` : undefined;
  } catch {
    return undefined;
  }
}
