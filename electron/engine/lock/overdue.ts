/** Finds who hangs: alive, so that the system keeps its lock or its place in the line, yet in the way of all others. */
import { limits } from '../../../shared/limits.ts';
import type { LockLine, LockParty } from './lock-ports.ts';

type Sighting = { renewals: number; sinceMs: number };

export type Overdue = {
  /** Those of `holders` that have not renewed for longer than a lease while we looked. Pass all of them each time. */
  among(holders: readonly LockParty[], nowMs: number): LockParty[];
};

/**
 * Goes by what we saw ourselves and by a clock that never jumps (`nowMs` is monotonic): a wall clock that is set
 * anew takes the lock from nobody. A program that never agreed to a lease has none, nor has one whose Skein has ended.
 */
export function createOverdue(): Overdue {
  let sightingById = new Map<string, Sighting>();

  return {
    among(holders, nowMs) {
      const before = sightingById;
      sightingById = new Map(
        holders.flatMap(({ id, facts, hasEnded }) => {
          if (facts === undefined || hasEnded) return [];
          const known = before.get(id);
          const isSame = known?.renewals === facts.renewals;
          return [[id, isSame ? known : { renewals: facts.renewals, sinceMs: nowMs }] as const];
        }),
      );
      const patienceMs = limits.lockLeaseMs + limits.lockGraceMs;
      return holders.filter(({ id }) => nowMs - (sightingById.get(id)?.sinceMs ?? nowMs) >= patienceMs);
    },
  };
}

export type Stalled = {
  /** Who stands first and has left a free lock alone for too long while we looked: the id. */
  firstIn(line: LockLine, nowMs: number): string | undefined;
};

/** As for holders, what we saw ourselves counts: a process that was stopped takes no lock, and says nothing. */
export function createStalled(): Stalled {
  let seen: { id: string; sinceMs: number } | undefined;

  return {
    firstIn({ holders, waiting: [first] }, nowMs) {
      if (first === undefined || holders.length > 0) seen = undefined;
      else if (seen?.id !== first.id) seen = { id: first.id, sinceMs: nowMs };
      return seen !== undefined && nowMs - seen.sinceMs >= limits.lockStallMs ? seen.id : undefined;
    },
  };
}
