/** Who holds the lock of a repository and who waits, Skein's own and others; and how the lock is taken from holders. */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LockLine, LockParty } from '../engine/lock/lock-ports.ts';
import { tryLockFile } from './file-lock.ts';
import { type ForeignLock, readForeignLocks } from './foreign-locks.ts';
import { dropRecord, readRecords } from './lock-records.ts';

export type LockPlace = {
  /** What every program locks. */
  file: string;
  /** Skein's own; made when first needed. */
  folder: string;
};

/** Waiters first: one that is served meanwhile is then seen twice, not never. Throws errors of the disk. */
export function lookAtLine({ file, folder }: LockPlace, list?: string): LockLine {
  const waiting = readRecords(folder, 'waiting');
  const holders = readRecords(folder, 'holding');
  const known = new Set([...waiting, ...holders].map(({ pid }) => pid));
  const foreign = (readForeignLocks(file, list) ?? probe(file, holders.length)).filter(
    ({ pid }) => pid === undefined || !known.has(pid),
  );
  const parties = foreign.map(({ waits }, index) => ({ waits, party: toParty(foreign, index) }));
  return {
    holders: [...holders, ...parties.flatMap(({ waits, party }) => (waits ? [] : [party]))],
    waiting: [
      ...waiting.filter(({ id }) => !holders.some((holder) => holder.id === id)),
      ...parties.flatMap(({ waits, party }) => (waits ? [party] : [])),
    ],
  };
}

/** One process may have the file open twice, and those in other containers have no number: then they are counted. */
function toParty(all: readonly ForeignLock[], index: number): LockParty {
  const { pid, program, mode } = all[index] as ForeignLock;
  const id = pid === undefined ? 'another-program' : `process-${pid}`;
  const before = all.slice(0, index).filter((other) => other.pid === pid).length;
  return { id: before === 0 ? id : `${id}-${before + 1}`, facts: undefined, mode, pid, program };
}

/** Where the system names nobody: a lock that cannot be shared, though no holder of ours is there, is somebody's. */
function probe(file: string, known: number): ForeignLock[] {
  if (known > 0 || statSync(file, { throwIfNoEntry: false }) === undefined) return [];
  const lock = tryLockFile(file, 'shared', false);
  lock?.release();
  return lock === undefined ? [{ pid: undefined, program: undefined, mode: 'exclusive', waits: false }] : [];
}

/**
 * Removes the file that the holders have locked: who comes now makes and locks another. False when others than these
 * hold it. One process at a time does so, or the second would take the lock from who got it by the first.
 */
export function breakLine(place: LockPlace, holders: readonly string[], list?: string): boolean {
  if (lookAtLine(place, list).holders.length === 0) return false;
  mkdirSync(place.folder, { recursive: true });
  const guard = tryLockFile(join(place.folder, 'breaking'), 'exclusive', true);
  if (guard === undefined) return false;
  try {
    const now = lookAtLine(place, list).holders.map(({ id }) => id);
    if (now.toSorted().join() !== [...holders].sort().join()) return false;
    rmSync(place.file, { force: true });
    for (const id of now) dropRecord(place.folder, id, 'holding');
    return true;
  } finally {
    guard.release();
  }
}
