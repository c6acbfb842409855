import { basename, join } from 'node:path';
import { limits } from '../../shared/limits.ts';
import type { Hint, Watcher, WatchOutcome } from '../engine/ports.ts';
import { createHintBatch, parentPath, watchProblem } from './watch-support.ts';
import { createWatchTable } from './watch-table.ts';

/**
 * One inotify watch for each folder of the set. `root` is absolute and real; `most` bounds the watches.
 *
 * A watch belongs to an inode, not to a name: when a folder, or one above it, is moved away and another takes
 * its name, the watch tells of the wrong folder. So watches are compared with what is there when a name on the
 * way to a watched folder is told of, and now and then in `setFolders`, because events may be lost.
 */
export function openPerFolderWatcher(
  root: string,
  onHint: (hint: Hint) => void,
  most: number = limits.watchedFolders,
): Watcher {
  const batch = createHintBatch((path) => table.has(path) && onHint({ path }));
  const table = createWatchTable({ root, most, onEvent, onOpened });
  let wanted: ReadonlySet<string> = new Set();
  /** The wanted folders and all above them: where a change of a name can move a watch. Worked out when first needed. */
  let onTheWay: ReadonlySet<string> | undefined;
  /** The set when `setFolders` last returned: its caller has listed these, and listens. */
  let told: ReadonlySet<string> = new Set();
  let checkedAtMs = 0;

  function onEvent(folder: string, event: string, name: string | null): void {
    if (name !== null) tell(event, folder === '' ? name : `${folder}/${name}`);
    // What happens to the folder itself comes under its own name, like a file in it that is called the same.
    if (name !== null && name !== basename(join(root, folder))) return;
    // It may be the end of this watch, even when a new folder has got the name and the inode number already.
    table.forget(folder);
    tell('rename', folder);
  }

  /** What is new in the set is listed by the caller; anywhere else another folder has taken the name. */
  function onOpened(folder: string): void {
    if (told.has(folder)) batch.add(folder);
  }

  function tell(event: string, path: string): void {
    onHint({ path });
    if (event === 'rename' && isOnTheWay(path)) heal(path);
  }

  function isOnTheWay(path: string): boolean {
    onTheWay ??= withParents(wanted);
    return onTheWay.has(path);
  }

  function heal(path: string): void {
    for (const folder of wanted) {
      if (folder === path || folder.startsWith(`${path}/`) || path === '') table.settle(folder);
    }
  }

  /** Stops at the first folder for which the system has no watch left: the others would be refused as well. */
  function settleAll(): unknown {
    const checking = performance.now() - checkedAtMs >= limits.watchesCheckedMs;
    if (checking) checkedAtMs = performance.now();
    for (const folder of byDepth([...wanted].filter((it) => checking || !table.has(it)))) {
      const refusal = table.settle(folder);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  function setFolders(folders: ReadonlySet<string>): WatchOutcome {
    wanted = new Set(folders);
    onTheWay = undefined;
    for (const folder of table.folders()) if (!wanted.has(folder)) table.forget(folder);
    const refusal = settleAll();
    told = wanted;
    const outcome: WatchOutcome = { mode: 'native', watchedFolders: table.size };
    const limited = refusal !== undefined || (table.size >= most && wanted.size > most);
    return limited ? { ...outcome, problem: watchProblem(refusal, table.size, wanted.size) } : outcome;
  }

  function close(): void {
    wanted = told = new Set();
    onTheWay = undefined;
    for (const folder of table.folders()) table.forget(folder);
  }

  return { setFolders, close };
}

/** Folders near the root first: when watches run out, those are worth more. */
function byDepth(folders: string[]): string[] {
  const depth = (path: string) => (path === '' ? 0 : path.split('/').length);
  const depthByFolder = new Map(folders.map((path) => [path, depth(path)]));
  return folders.sort((one, other) => (depthByFolder.get(one) ?? 0) - (depthByFolder.get(other) ?? 0));
}

function withParents(folders: Iterable<string>): Set<string> {
  const all = new Set<string>();
  for (const folder of folders) {
    for (let path = folder; !all.has(path); path = parentPath(path)) all.add(path);
  }
  return all;
}
