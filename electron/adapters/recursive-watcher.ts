import { type FSWatcher, watch } from 'node:fs';
import { sep } from 'node:path';
import type { Hint, Watcher, WatchOutcome } from '../engine/ports.ts';
import { createHintBatch, parentPath, watchProblem } from './watch-support.ts';

/**
 * One watch of the operating system over the whole tree (FSEvents, ReadDirectoryChangesW), of which only what
 * happens in the folders of the set is told. `root` is absolute and real.
 */
export function openRecursiveWatcher(root: string, onHint: (hint: Hint) => void): Watcher {
  const batch = createHintBatch((path) => watcher && tell(path));
  let watched: ReadonlySet<string> = new Set();
  let watcher: FSWatcher | undefined;

  function onEvent(_event: string, name: string | null): void {
    if (name !== null) tell(name.split(sep).join('/').normalize('NFC'));
    // Without a name the system only knows that something happened somewhere.
    else for (const path of watched) onHint({ path });
  }

  function tell(path: string): void {
    if (watched.has(path) || watched.has(parentPath(path))) onHint({ path });
  }

  function open(): void {
    const opened = watch(root, { recursive: true }, onEvent);
    opened.on('error', close);
    watcher = opened;
  }

  function close(): void {
    watcher?.close();
    watcher = undefined;
  }

  function setFolders(folders: ReadonlySet<string>): WatchOutcome {
    const before = watcher === undefined ? new Set() : watched;
    watched = new Set(folders);
    try {
      if (watcher === undefined) open();
    } catch (error) {
      return { mode: 'native', watchedFolders: 0, problem: watchProblem(error, 0, watched.size) };
    }
    for (const path of watched) if (!before.has(path)) batch.add(path);
    return { mode: 'native', watchedFolders: watched.size };
  }

  return { setFolders, close };
}
