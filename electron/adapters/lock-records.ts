/**
 * The line of those who wait for a lock or hold it: a file for each, in one folder, locked as long as its process
 * lives. A file that nobody locks is of one that died, and is removed by whoever sees it. Names begin with a number,
 * so that they sort by arrival.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type LockFacts, lockFactsShape } from '../../shared/domain/lock.ts';
import { limits } from '../../shared/limits.ts';
import type { LockParty } from '../engine/lock/lock-ports.ts';
import { type FileLock, tryLockFile } from './file-lock.ts';
import { meansAbsent } from './file-problems.ts';

type State = 'waiting' | 'holding';
const endOf = (state: State) => `.${state}`;

export type LockRecord = {
  readonly id: string;
  /** Whoever inherits it keeps the record alive, too. */
  descriptor(): number | undefined;
  /** Whether nobody who lives came before; of those who wait. Who was taken out of the line stands there again. */
  isFirst(): boolean;
  /** From now on it stands for a holder. */
  becomeHolder(facts: LockFacts): void;
  /** Says something new in place of what it said. */
  rewrite(facts: LockFacts): void;
  remove(): void;
};

/** The first byte is what Windows locks, and then keeps from being read; behind it stands what the record says. */
const lockedBytes = 1;

/** Stands at the end of the line. Throws errors of the disk. */
export function addRecord(folder: string, facts: LockFacts): LockRecord {
  for (;;) {
    const id = `${nextNumber(folder)}-${randomBytes(6).toString('hex')}`;
    const lock = writeLocked(folder, id, facts);
    if (lock !== undefined) return recordOf({ folder, id, facts }, lock);
  }
}

/** Undefined when somebody saw it before it was locked, and took it for dead. */
function writeLocked(folder: string, id: string, facts: LockFacts): FileLock | undefined {
  const file = join(folder, id + endOf('waiting'));
  writeFileSync(file, bytesOf(facts), { flag: 'wx' });
  const lock = tryLockFile(file, 'exclusive', false);
  if (lock === undefined) rmSync(file, { force: true });
  return lock;
}

type Place = { folder: string; id: string; facts: LockFacts };

function recordOf({ folder, id, facts }: Place, locked: FileLock): LockRecord {
  let lock = locked;
  let state: State = 'waiting';
  const file = () => join(folder, id + endOf(state));
  const rewrite = (said: LockFacts) => overwrite(file(), bytesOf(said));
  return {
    id,
    rewrite,
    descriptor: () => lock.descriptor,
    isFirst() {
      if (!lock.isInPlace()) lock = standAgain({ folder, id, facts }, lock);
      return !idsOf(folder, 'waiting').some((other) => other < id && isAlive(folder, other, 'waiting'));
    },
    becomeHolder(said) {
      rewrite(said);
      const before = file();
      state = 'holding';
      // Whoever removed the folder took the record away, not the lock.
      if (lock.isInPlace()) renameSync(before, file());
    },
    remove() {
      // Without its lock it is of one that died, whether it can be removed or not.
      removeIfAllowed(file());
      lock.release();
    },
  };
}

/** Others passed it by while it was stopped, or the folder was removed: it stands where it stood. */
function standAgain({ folder, id, facts }: Place, former: FileLock): FileLock {
  mkdirSync(folder, { recursive: true });
  const lock = writeLocked(folder, id, facts);
  if (lock !== undefined) former.release();
  return lock ?? former;
}

/** All that live, first come first. */
export function readRecords(folder: string, state: State): (LockParty & { facts: LockFacts | undefined })[] {
  return idsOf(folder, state)
    .filter((id) => isAlive(folder, id, state))
    .map((id) => {
      const facts = readFacts(join(folder, id + endOf(state)));
      return { id, facts, mode: facts?.mode, pid: facts?.pid, program: undefined };
    });
}

/** Text that differs when somebody came, was served or went. Never throws: who reads the records is told why. */
export function nameRecords(folder: string): string {
  try {
    return namesIn(folder).toSorted().join();
  } catch {
    return 'unreadable';
  }
}

/** Forgets one that lives: a holder that was broken off, or a waiter that is passed by. */
export const dropRecord = (folder: string, id: string, state: State): void =>
  rmSync(join(folder, id + endOf(state)), { force: true });

function isAlive(folder: string, id: string, state: State): boolean {
  const file = join(folder, id + endOf(state));
  const lock = tryLockFile(file, 'shared', false);
  if (lock === undefined) return statSync(file, { throwIfNoEntry: false }) !== undefined;
  removeIfAllowed(file);
  lock.release();
  return false;
}

/** What nobody has locked is overlooked all the same. */
function removeIfAllowed(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Whoever may remove it sees it, too.
  }
}

const recordName = /^\d{10}-[0-9a-f]{12}\.(waiting|holding)$/;

function idsOf(folder: string, state: State): string[] {
  const end = endOf(state);
  return namesIn(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => name.slice(0, -end.length))
    .toSorted()
    .slice(0, limits.lockWaiters);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => recordName.test(name));
  } catch (cause) {
    if (meansAbsent(cause)) return [];
    throw cause;
  }
}

/** Two that come at the same moment may have one number; then the rest of their names decides. */
function nextNumber(folder: string): string {
  const last = namesIn(folder).reduce((most, name) => Math.max(most, Number(name.slice(0, 10))), 0);
  return String(last + 1).padStart(10, '0');
}

/** Always as many, so that a reader sees the old text or the new one, and never a part. */
function bytesOf(facts: LockFacts): Uint8Array {
  const bytes = Buffer.alloc(limits.lockRecordBytes, ' ');
  bytes.write(JSON.stringify(facts), lockedBytes);
  return bytes;
}

function overwrite(file: string, bytes: Uint8Array): void {
  try {
    withFile(file, constants.O_WRONLY, (opened) =>
      writeSync(opened, bytes, lockedBytes, undefined, lockedBytes),
    );
  } catch (cause) {
    // Broken off.
    if (!meansAbsent(cause)) throw cause;
  }
}

function readFacts(file: string): LockFacts | undefined {
  try {
    const bytes = Buffer.alloc(limits.lockRecordBytes);
    const count = withFile(file, constants.O_RDONLY, (opened) =>
      readSync(opened, bytes, 0, bytes.length, lockedBytes),
    );
    const facts = lockFactsShape.safeParse(JSON.parse(bytes.toString('utf8', 0, count)));
    return facts.success ? facts.data : undefined;
  } catch {
    return undefined;
  }
}

function withFile<Value>(file: string, how: number, use: (opened: number) => Value): Value {
  const opened = openSync(file, how | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    return use(opened);
  } finally {
    closeSync(opened);
  }
}
