/** The lock of one repository in memory, seen by any number of made-up processes. */

import type { LockParty, LockTurn, OsLock } from '../../electron/engine/lock/lock-ports.ts';
import type { LockFacts, LockUse } from '../../shared/domain/lock.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';

/** `place` grows with each that comes. */
type Entry = { id: string; place: number; facts: LockFacts; file: number };

export type FakeLockWorld = {
  /** Another process at the same repository. */
  open(device?: string, pid?: number): OsLock;
  /** All of a process's places and locks go with it. */
  kill(pid: number): void;
  /** A program that knows nothing of the line takes the lock or lets go of it. */
  setForeign(holds: boolean): void;
  /** Every call fails with it until undefined. */
  failWith(reason: Problem | undefined): void;
  uses: LockUse[];
};

export function createFakeLockWorld(nowMs: () => number = () => 0): FakeLockWorld {
  let waiting: Entry[] = [];
  let holders: Entry[] = [];
  const passed = new Set<Entry>();
  let foreign = false;
  let failure: Problem | undefined;
  let token = 0;
  let count = 0;
  /** Breaking gives the lock another file. */
  let file = 1;
  const uses: LockUse[] = [];

  const attempt = <Value>(work: () => Value): Result<Value> =>
    failure === undefined ? ok(work()) : err(failure);
  const toParty = ({ id, facts }: Entry): LockParty => ({
    id,
    facts,
    mode: facts.mode,
    pid: facts.pid,
    program: undefined,
  });

  function isFree(mode: LockFacts['mode']): boolean {
    const others = holders.filter((holder) => holder.file === file);
    return (
      !foreign &&
      (mode === 'shared' ? others.every(({ facts }) => facts.mode === 'shared') : others.length === 0)
    );
  }

  function turnOf(entry: Entry): LockTurn {
    const take = () => {
      if (passed.delete(entry))
        waiting = [...waiting, entry].toSorted((one, other) => one.place - other.place);
      if (waiting[0] !== entry || !isFree(entry.facts.mode)) return undefined;
      waiting = waiting.slice(1);
      if (entry.facts.mode === 'exclusive') token += 1;
      entry.facts = { ...entry.facts, token, sinceMs: nowMs() };
      entry.file = file;
      holders.push(entry);
      return {
        token,
        descriptors: [],
        isOurs: () => entry.file === file,
        renew: (renewals: number) => {
          entry.facts = { ...entry.facts, renewals };
        },
        release: (use: LockUse) => {
          uses.push(use);
          holders = holders.filter((it) => it !== entry);
        },
      };
    };
    return {
      id: entry.id,
      take: () => attempt(take),
      leave: () => {
        passed.delete(entry);
        waiting = waiting.filter((it) => it !== entry);
      },
    };
  }

  return {
    uses,
    open: (device = 'laptop', pid = 1) => ({
      stand: (wish) =>
        attempt(() => {
          count += 1;
          const entry = {
            id: `turn-${count}`,
            place: count,
            facts: { ...wish, device, pid, renewals: 0 },
            file: 0,
          };
          waiting.push(entry);
          return turnOf(entry);
        }),
      look: () =>
        attempt(() => ({
          holders: [...holders.filter((it) => it.file === file).map(toParty), ...(foreign ? [stranger] : [])],
          waiting: waiting.map(toParty),
        })),
      breakOff(ids) {
        const now = [...holders.filter((it) => it.file === file), ...(foreign ? [stranger] : [])].map(
          ({ id }) => id,
        );
        if (now.length === 0 || now.toSorted().join() !== [...ids].sort().join()) return err(changed);
        file += 1;
        foreign = false;
        return ok(undefined);
      },
      passBy: (id) =>
        attempt(() => {
          for (const entry of waiting) if (entry.id === id) passed.add(entry);
          waiting = waiting.filter((entry) => entry.id !== id);
        }),
    }),
    kill(pid) {
      waiting = waiting.filter(({ facts }) => facts.pid !== pid);
      holders = holders.filter(({ facts }) => facts.pid !== pid);
    },
    setForeign(holds) {
      foreign = holds;
    },
    failWith(reason) {
      failure = reason;
    },
  };
}

const stranger: LockParty = {
  id: 'another-program',
  facts: undefined,
  mode: 'exclusive',
  pid: undefined,
  program: undefined,
};

const changed = problem('changed-meanwhile', 'the lock', 'Others hold the lock by now.', 'Look again.');
