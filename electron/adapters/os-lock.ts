/**
 * The lock of one repository: a lock of the operating system on a file that programs of every language honour, and
 * beside git's own files a folder with the line of those who wait, the fencing token and the history.
 */
import { mkdirSync } from 'node:fs';
import { type LockFacts, nameInLine } from '../../shared/domain/lock.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../shared/result.ts';
import type { LockLine, LockTurn, OsLock, TakenLock } from '../engine/lock/lock-ports.ts';
import { type FileLock, tryLockFile } from './file-lock.ts';
import { describeFileError, errorCode } from './file-problems.ts';
import { appendUse } from './lock-history.ts';
import { breakLine, type LockPlace, lookAtLine } from './lock-line.ts';
import { addRecord, dropRecord, type LockRecord } from './lock-records.ts';
import { nextToken } from './lock-token.ts';
import { hasEnded } from './process-list.ts';

type Wish = Parameters<OsLock['stand']>[0];

/** `device` names this machine; `list` is where Linux says who holds locks. */
export function openOsLock(place: LockPlace, device: string, list?: string): OsLock {
  const { file } = place;
  return {
    stand: (wish) => attempt(file, () => stand(place, factsOf(wish, device))),
    look: () => attempt(file, () => withEnded(lookAtLine(place, list), nameInLine(device))),
    breakOff(holders) {
      const outcome = attempt(file, () => breakLine(place, holders, list));
      if (!outcome.ok) return outcome;
      return outcome.value ? ok(undefined) : err(othersHold(file));
    },
    passBy: (waiter) => attempt(file, () => dropRecord(place.folder, waiter, 'waiting')),
  };
}

const factsOf = (wish: Wish, device: string): LockFacts => ({
  ...wish,
  agent: nameInLine(wish.agent),
  operation: nameInLine(wish.operation),
  device: nameInLine(device),
  pid: process.pid,
  renewals: 0,
});

/** Of processes of another machine nothing is known. */
const withEnded = ({ holders, waiting }: LockLine, device: string): LockLine => ({
  holders: holders.map((party) =>
    party.facts?.device === device && hasEnded(party.facts.pid) ? { ...party, hasEnded: true } : party,
  ),
  waiting,
});

function stand({ file, folder }: LockPlace, facts: LockFacts): LockTurn {
  mkdirSync(folder, { recursive: true });
  const record = addRecord(folder, facts);
  let taken: TakenLock | undefined;
  const take = () => {
    if (!record.isFirst()) return undefined;
    const lock = tryLockFile(file, facts.mode, true);
    taken = lock && begin(folder, lock, record, facts);
    return taken;
  };
  return {
    id: record.id,
    take: () => attempt(file, take),
    leave() {
      if (taken === undefined) record.remove();
    },
  };
}

/** Calls of the disk throw; whoever wants the lock is told instead, of the file that it is about. */
function attempt<Value>(file: string, work: () => Value): Result<Value> {
  try {
    return ok(work());
  } catch (cause) {
    if (cause instanceof ProblemError) return err(cause.problem);
    const at = cause instanceof Error && 'path' in cause ? String(cause.path) : file;
    return err(errorCode(cause) === 'ELOOP' ? isLink(at) : describeFileError(cause, at, 'written'));
  }
}

/** A lock that cannot be begun is let go of, or it would be held as long as this process lives. */
function begin(folder: string, lock: FileLock, record: LockRecord, waiting: LockFacts): TakenLock {
  try {
    const token = nextToken(folder, waiting.mode);
    const facts = { ...waiting, sinceMs: Date.now(), token };
    record.becomeHolder(facts);
    return takenOf(folder, { lock, record, facts, token });
  } catch (cause) {
    lock.release();
    throw cause;
  }
}

type Begun = { lock: FileLock; record: LockRecord; facts: LockFacts; token: number };

const takenOf = (folder: string, { lock, record, facts, token }: Begun): TakenLock => ({
  token,
  descriptors: [lock.descriptor, record.descriptor()].filter((it) => it !== undefined),
  isOurs: lock.isInPlace,
  // Others that hear nothing of it take the lock in time, which `isOurs` tells.
  renew: (renewals) => void attempt('', () => record.rewrite({ ...facts, renewals })),
  release(use) {
    appendUse(folder, use);
    record.remove();
    lock.release();
  },
});

/** Following it would make or lock a file that somebody else chose. */
const isLink = (file: string): Problem =>
  problem(
    'hostile-path',
    file,
    `${file}, or a name on the way to it, is a link, so it cannot serve as the lock.`,
    'Put the link elsewhere; Skein makes the file when it needs it.',
  );

const othersHold = (file: string): Problem =>
  problem(
    'changed-meanwhile',
    file,
    `The lock on ${file} is held by others by now, or by nobody.`,
    'Look again with `skein lock status`.',
  );
