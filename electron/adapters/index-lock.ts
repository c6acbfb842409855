/**
 * Holds git's `index.lock` with the next index in it. The lock is a second name of a file of ours, so that it is whole
 * from its first moment, and known for ours if we die (`own-git-files.ts`).
 */
import { type BigIntStats, linkSync, lstatSync, statSync, unlinkSync } from 'node:fs';
import { lstat, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { foldersAbove } from '../../shared/domain/paths.ts';
import { together } from '../../shared/domain/together.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { HeldIndex, IndexChange, StagedEntry, TreeEntry } from '../engine/git/repository.ts';
import { isSameEntry } from '../engine/git/tree-entry.ts';
import type { StopSignal } from '../engine/lock/repository-lock.ts';
import { atExit } from './at-exit.ts';
import { describeFileError, errorCode, meansAbsent } from './file-problems.ts';
import { findBelow, findInIndex, type NextEntry, patchIndex } from './git-index-file.ts';
import { askIndex, patchByGit, writeIndexFile } from './index-by-git.ts';
import { racyIn, statFields } from './index-stat.ts';
import type { IndexNow, KeptIndex } from './kept-index.ts';
import { newOwnFile } from './own-git-files.ts';
import { runningGits } from './running-gits.ts';

export type IndexPlace = {
  top: string;
  /** Git's own folder of this work tree. */
  gitFolder: string;
  idBytes: number;
  kept: KeptIndex;
  /** The entry that lies at a path, with its facts; undefined when that is not what the index will hold. */
  statOf(path: string, entry: TreeEntry): Promise<BigIntStats | undefined>;
};

/** What the index holds at these paths. */
export async function readIndex(
  place: IndexPlace,
  paths: readonly string[],
): Promise<Result<Map<string, StagedEntry>>> {
  return findIn(place, (await place.kept.read()).bytes, paths);
}

/** What the index holds below these folders. */
export async function readIndexBelow(
  place: IndexPlace,
  folders: readonly string[],
): Promise<Result<Map<string, StagedEntry>>> {
  return findBelowIn(place, (await place.kept.read()).bytes, folders);
}

async function findBelowIn(
  { top, idBytes }: IndexPlace,
  bytes: Buffer,
  folders: readonly string[],
): Promise<Result<Map<string, StagedEntry>>> {
  const found = findBelow(bytes, idBytes, folders);
  if (found !== undefined) return ok(found);
  const asked = await askIndex(top, folders);
  const named = new Set(folders);
  if (!asked.ok) return asked;
  const isBelow = ([path]: readonly [string, unknown]) => foldersAbove(path).some((it) => named.has(it));
  return ok(new Map([...asked.value].filter(isBelow)));
}

async function findIn(
  { top, idBytes }: IndexPlace,
  bytes: Buffer,
  paths: readonly string[],
): Promise<Result<Map<string, StagedEntry>>> {
  const found = findInIndex(bytes, idBytes, paths);
  return found === undefined ? askIndex(top, paths) : ok(found);
}

/** See `StepPorts.lockIndex`. */
export async function lockIndex(
  place: IndexPlace,
  changes: readonly IndexChange[],
  signal?: StopSignal,
): Promise<Result<HeldIndex>> {
  const untilMs = performance.now() + limits.gitBusyMs;
  for (;;) {
    const locked = await tryLock(place, changes);
    if (!locked.ok || locked.value !== 'busy') return locked as Result<HeldIndex>;
    // Whoever waited and had enough of it reads for whom.
    if (signal?.aborted) return err({ ...(await busy(place)), code: 'stopping' });
    if (performance.now() > untilMs) return err(await busy(place));
    await sleep(limits.gitBusyPollMs);
  }
}

async function tryLock(
  place: IndexPlace,
  changes: readonly IndexChange[],
): Promise<Result<HeldIndex | 'busy'>> {
  const [index, lock] = [join(place.gitFolder, 'index'), join(place.gitFolder, 'index.lock')];
  const own = newOwnFile(place.gitFolder);
  const drop = () => removeOwn(own);
  try {
    const before = await place.kept.read();
    const next = await nextIndex(place, changes, before);
    if (!next.ok) return next;
    const stats = await writeIndexFile(own, next.value, before.stats);
    if (!(await takeName(own, lock))) {
      drop();
      return ok('busy');
    }
    const names = { index, lock, drop, inode: await inodeOf(lock) };
    const held = heldIndex(place, names, { before, next: { bytes: next.value, stats } });
    const now = statSync(index, { bigint: true, throwIfNoEntry: false });
    if (now?.ino === before.stats?.ino && now?.mtimeNs === before.stats?.mtimeNs) return ok(held);
    // Somebody else wrote it between our look and our lock.
    await held.drop();
    return ok('busy');
  } catch (cause) {
    drop();
    return err(describeFileError(cause, lock, 'written'));
  }
}

/** `inode` is that of the lock: a hook, or whoever believes that we died, may remove it, and another git take it then. */
type Names = { index: string; lock: string; inode: bigint | undefined; drop(): void };

const inodeOf = async (file: string): Promise<bigint | undefined> =>
  (await lstat(file, { bigint: true }).catch(() => undefined))?.ino;

function heldIndex(
  place: IndexPlace,
  { index, lock, inode, drop }: Names,
  { before, next }: { before: IndexNow; next: IndexNow },
): HeldIndex {
  const isOurs = async (): Promise<boolean> => inode !== undefined && (await inodeOf(lock)) === inode;
  const forget = atExit(() => {
    if (lstatSync(lock, { bigint: true, throwIfNoEntry: false })?.ino === inode) removeOwn(lock);
    drop();
  });
  let written = next;
  return {
    check: async () => ((await isOurs()) ? ok(null) : err(lostLock(lock))),
    /** In its place: nobody reads it before it is the index. */
    async rewrite(changes) {
      const bytes = await nextIndex(place, changes, before);
      if (!bytes.ok) return bytes;
      try {
        await writeFile(lock, bytes.value, { flag: 'r+' });
        await truncate(lock, bytes.value.length);
        written = { bytes: bytes.value, stats: await stat(lock, { bigint: true }) };
        return ok(null);
      } catch (cause) {
        return err(describeFileError(cause, lock, 'written'));
      }
    },
    async install() {
      if (!(await isOurs())) return err(lostLock(lock));
      try {
        await rename(lock, index);
        forget();
        drop();
        place.kept.keep(written);
        return ok(null);
      } catch (cause) {
        return err(describeFileError(cause, index, 'written'));
      }
    },
    async drop() {
      if (await isOurs()) await rm(lock, { force: true });
      forget();
      drop();
    },
  };
}

/** The index with the changes made; fails with `changed-meanwhile` where it holds neither what was nor what comes. */
async function nextIndex(
  place: IndexPlace,
  changes: readonly IndexChange[],
  { bytes, stats }: IndexNow,
): Promise<Result<Buffer>> {
  const paths = changes.map(({ path }) => path);
  const there = await findIn(place, bytes, paths);
  if (!there.ok) return there;
  const foreign = changes.find((change) => isForeign(change, there.value.get(change.path)));
  if (foreign !== undefined) return err(staged(foreign.path));
  const inTheWay = await findInTheWay(place, bytes, changes);
  if (!inTheWay.ok) return inTheWay;
  if (inTheWay.value !== undefined) return err(staged(inTheWay.value));
  const next = new Map<string, NextEntry | undefined>();
  const entries = await together(changes, limits.gitFilesAtOnce, async ({ path, after, outside }) =>
    after === undefined
      ? undefined
      : { ...(await withStat(place, path, after)), ...(outside && { outside }) },
  );
  for (const [index, { path }] of changes.entries()) next.set(path, entries[index]);
  const patched = patchIndex(bytes, place.idBytes, next, stats && racyIn(place.top, stats));
  return patched === undefined ? patchByGit(place, next, there.value) : ok(patched);
}

/** What would be a file where the index is to hold a folder, or the other way round: no git can read such an index. */
async function findInTheWay(
  place: IndexPlace,
  bytes: Buffer,
  changes: readonly IndexChange[],
): Promise<Result<string | undefined>> {
  const coming = changes.flatMap(({ path, after }) => (after === undefined ? [] : [path]));
  const going = new Set(changes.flatMap(({ path, after }) => (after === undefined ? [path] : [])));
  const folders = new Set(coming.flatMap(foldersAbove));
  const above = await findIn(place, bytes, [...folders]);
  if (!above.ok) return above;
  const below = await findBelowIn(place, bytes, coming);
  if (!below.ok) return below;
  const files = [...above.value.keys()].filter((path) => folders.has(path));
  return ok([...files, ...below.value.keys()].find((path) => !going.has(path)));
}

/** Whether somebody has staged what the change knows nothing of. */
function isForeign({ before, after, staged }: IndexChange, now: StagedEntry | undefined): boolean {
  if (now === 'unmerged' || staged === 'unmerged') return now !== staged;
  const known = staged === 'nothing' ? [undefined] : staged === undefined ? [] : [staged];
  return ![before, after, ...known].some((one) => isSameEntry(now, one));
}

async function withStat(place: IndexPlace, path: string, entry: TreeEntry): Promise<NextEntry> {
  const stats = await place.statOf(path, entry);
  return stats === undefined ? entry : { ...entry, stat: { fields: statFields(stats) } };
}

/** One that cannot go is only a name too many, and goes with what a crash leaves. */
function removeOwn(own: string): void {
  try {
    unlinkSync(own);
  } catch {
    // Then `clearOwnLocks` will.
  }
}

/** False when somebody has the name. Where the disk has no second names, the file itself takes it. */
async function takeName(own: string, lock: string): Promise<boolean> {
  try {
    linkSync(own, lock);
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false;
    if (meansAbsent(cause)) throw cause;
    return takeNameByCopy(own, lock);
  }
}

async function takeNameByCopy(own: string, lock: string): Promise<boolean> {
  try {
    await writeIndexFile(lock, await readFile(own), undefined);
    return true;
  } catch (cause) {
    if (errorCode(cause) === 'EEXIST') return false;
    throw cause;
  }
}

const staged = (path: string): Problem =>
  problem(
    'changed-meanwhile',
    path,
    `${path} is staged in the index of git with other content than its last commit.`,
    'Commit it yourself, or take it out of the index, then try again.',
  );

const lostLock = (lock: string): Problem =>
  problem(
    'git-busy',
    lock,
    `${lock} was removed while Skein held it, and may be another program's by now.`,
    'Nothing was changed. See which program or hook removes it, then try again.',
  );

async function busy({ top, gitFolder }: IndexPlace): Promise<Problem> {
  const lock = join(gitFolder, 'index.lock');
  const since = await stat(lock).catch(() => undefined);
  const who = runningGits(top) || 'Another program';
  return problem(
    'git-busy',
    lock,
    `${who} holds ${lock}${since === undefined ? '' : `, since ${since.mtime.toISOString()}`}.`,
    'Wait until it is done, then try again. If no git is running any more, a person should look at what it was doing.',
  );
}
