/** The locks of the repositories whose workspaces are open: one for each repository, however many of its worktrees are. */
import { basename, dirname } from 'node:path';
import type { LockJson } from '../../shared/contracts/lock-api.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';
import { createFolderWatcher } from '../adapters/folder-watcher.ts';
import { followHistory, type LockHistory } from '../adapters/lock-history.ts';
import type { LockPlace } from '../adapters/lock-line.ts';
import { nameRecords } from '../adapters/lock-records.ts';
import { partyWords } from '../engine/lock/lock-problems.ts';
import type { RepositoryLock } from '../engine/lock/repository-lock.ts';
import type { Clock, Log } from '../engine/ports.ts';
import { composeLock, type LockOfFolder } from './compose-lock.ts';
import { lockToJson } from './lock-json.ts';

/** Of an open workspace, by its id. Everything fails with no-workspace when it is not open, or as the disk does. */
export type Locks = {
  /** What whoever writes to the tree or to git takes first. */
  of(id: string): Promise<Result<RepositoryLock>>;
  look(id: string): Promise<Result<LockJson>>;
  /** Fails with `changed-meanwhile` when others than `holders` hold it. */
  breakOff(id: string, holders: readonly string[]): Promise<Result<LockJson>>;
  /** The holds that end from now on, in all processes. */
  follow(id: string): Promise<Result<LockHistory>>;
};

type Place = { id: string; folder: string };

type Deps = {
  clock: Clock;
  log: Log;
  workspaces(): readonly Place[];
  /** Somebody came into the line of these workspaces' lock, was served, or went. */
  changed(ids: readonly string[]): void;
};

type Followed = LockOfFolder & { watch: LineWatch };

export type LocksOfHost = Locks & {
  /** Call when workspaces were opened or closed. */
  reconcile(): void;
  stop(): void;
};

/** `file` once it is known. */
type Finding = { outcome: Promise<Result<Followed>>; file?: string };

export function createLocks(deps: Deps): LocksOfHost {
  const followedByFile = new Map<string, Followed>();
  const findingById = new Map<string, Finding>();

  async function get(id: string): Promise<Result<Followed>> {
    const place = deps.workspaces().find((it) => it.id === id);
    if (place === undefined) return err(notOpen(id));
    const known = findingById.get(id) ?? begin(place);
    const outcome = await known.outcome;
    // A folder that could not be looked at may be there next time.
    if (!outcome.ok) findingById.delete(id);
    return outcome;
  }

  function begin(place: Place): Finding {
    const onFound = (file: string) => {
      finding.file = file;
    };
    const finding: Finding = { outcome: find(place, onFound) };
    findingById.set(place.id, finding);
    return finding;
  }

  async function find({ folder }: Place, onFound: (file: string) => void): Promise<Result<Followed>> {
    const composed = await composeLock(folder, deps);
    if (!composed.ok) return composed;
    const { file } = composed.value.found.lock;
    const followed = followedByFile.get(file) ?? { ...composed.value, watch: watch(composed.value) };
    followedByFile.set(file, followed);
    onFound(file);
    // It may have been closed meanwhile.
    forgetClosed();
    return ok(followed);
  }

  function watch({ found }: LockOfFolder): LineWatch {
    return watchLine(found.lock, () => {
      const here = [...findingById].filter(([, { file }]) => file === found.lock.file);
      deps.changed(here.map(([id]) => id));
    });
  }

  function forgetClosed(): void {
    const open = new Set(deps.workspaces().map(({ id }) => id));
    for (const id of findingById.keys()) if (!open.has(id)) findingById.delete(id);
    const wanted = new Set([...findingById.values()].map(({ file }) => file));
    for (const [file, { watch: its }] of followedByFile) {
      if (wanted.has(file)) continue;
      its.close();
      followedByFile.delete(file);
    }
  }

  async function look(id: string): Promise<Result<LockJson>> {
    const followed = await get(id);
    if (!followed.ok) return followed;
    followed.value.watch.compare();
    const line = followed.value.lock.look();
    return line.ok ? ok(lockToJson(followed.value.found, line.value, deps.clock.nowMs())) : line;
  }

  async function breakOff(id: string, holders: readonly string[]): Promise<Result<LockJson>> {
    const followed = await get(id);
    if (!followed.ok) return followed;
    const { lock } = followed.value;
    const before = lock.look();
    const broken = lock.breakOff(holders);
    if (!broken.ok) return broken;
    const hurt = before.ok ? before.value.holders.map(partyWords).join('; ') : 'its holders';
    deps.log.warn(`The lock of ${lock.repository} was broken: it was taken from ${hurt}.`);
    return look(id);
  }

  return {
    look,
    breakOff,
    async of(id) {
      const followed = await get(id);
      return followed.ok ? ok(followed.value.lock) : followed;
    },
    async follow(id) {
      const followed = await get(id);
      return followed.ok ? ok(followHistory(followed.value.found.lock.folder)) : followed;
    },
    reconcile() {
      forgetClosed();
      for (const { id } of deps.workspaces()) void get(id);
    },
    stop() {
      for (const { watch: its } of followedByFile.values()) its.close();
      followedByFile.clear();
      findingById.clear();
    },
  };
}

type LineWatch = {
  /** Tells everybody of what has changed; call before the line is read, so that nobody else misses it. */
  compare(): void;
  close(): void;
};

/** The folder of the line comes with the first who takes the lock, so the one that it comes in is watched, too. */
function watchLine({ folder }: LockPlace, onChange: () => void): LineWatch {
  const name = basename(folder);
  const folders = new Set(['', name]);
  let seen = nameRecords(folder);
  const watcher = createFolderWatcher(dirname(folder))(({ path }) => {
    if (path !== name && !path.startsWith(`${name}/`)) return;
    if (path === name) watcher.setFolders(folders);
    compare();
  });
  /** Where the disk tells of no changes, everything is hinted every so often. */
  function compare(): void {
    const now = nameRecords(folder);
    if (now === seen) return;
    seen = now;
    onChange();
  }
  watcher.setFolders(folders);
  return { compare, close: watcher.close };
}

const notOpen = (id: string) =>
  problem('no-workspace', id, `The workspace ${id} is not open.`, 'Open it, then ask again.');
