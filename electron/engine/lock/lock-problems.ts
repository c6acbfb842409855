/** Why the lock of a repository is not ours, as a person reads it. */
import { type Problem, problem } from '../../../shared/result.ts';
import type { LockParty } from './lock-ports.ts';

/** One party in a few words: `claude-code (process 4711), for “pull”`. */
export function partyWords({ facts, pid, program, hasEnded }: LockParty): string {
  const ended = hasEnded ? ' has ended, what it started runs on' : '';
  if (facts !== undefined)
    return `${facts.agent} on ${facts.device} (process ${facts.pid}${ended}), for “${facts.operation}”`;
  const name = program === undefined ? 'another program' : `the program ${program}`;
  return pid === undefined ? name : `${name} (process ${pid})`;
}

/** The time that the caller gave is over. */
export const stillBusy = (repository: string, waitedMs: number, holders: readonly LockParty[]): Problem =>
  problem(
    'lock-busy',
    repository,
    `The lock of ${repository} was not free within ${Math.round(waitedMs / 100) / 10} s: ${holderWords(holders)}.`,
    'Try again later, or wait longer; `skein lock status` shows who holds it and who waits.',
  );

const holderWords = (holders: readonly LockParty[]): string =>
  holders.length === 0 ? 'others were served first' : `held by ${holders.map(partyWords).join('; ')}`;

/** The caller stopped waiting. */
export const gaveUp = (repository: string): Problem =>
  problem(
    'stopping',
    repository,
    `Waiting for the lock of ${repository} was cancelled.`,
    'Nothing was changed; start the operation again when you like.',
  );

/** A late holder: others may write meanwhile. */
export const overLease = (repository: string, operation: string, leaseMs: number): Problem =>
  problem(
    'lock-lost',
    repository,
    `“${operation}” held the lock of ${repository} for more than ${leaseMs / 1000} s without renewing it, and lost it.`,
    'What it wrote before stays; look at `git status`, then start the operation again.',
  );

export const broken = (repository: string, operation: string): Problem =>
  problem(
    'lock-lost',
    repository,
    `The lock of ${repository} was taken from “${operation}”: somebody broke it, or removed its file.`,
    'What it wrote before stays; look at `git status`, then start the operation again.',
  );

export const released = (repository: string, operation: string): Problem =>
  problem(
    'lock-lost',
    repository,
    `“${operation}” has already let go of the lock of ${repository}.`,
    'Take the lock again before writing.',
  );
