/**
 * The lock of one repository: the queue of this process, then the line of all processes (`OsLock`). Who writes to the
 * work tree or to git takes it, and asks `check` of what it holds right before every write.
 */
import { type LockMode, lockPollMs, nameInLine } from '../../../shared/domain/lock.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import type { Cancel, Clock, Log } from '../ports.ts';
import { type Held, holdLock } from './held-lock.ts';
import type { LockLine, LockParty, LockTurn, OsLock, TakenLock } from './lock-ports.ts';
import { gaveUp, partyWords, stillBusy } from './lock-problems.ts';
import { createOverdue, createStalled } from './overdue.ts';

/** What an `AbortSignal` is here. */
export type StopSignal = {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
};

export type LockRequest = {
  /** In words that others read while they wait: `pull`, `consolidation`, `note`. */
  operation: string;
  agent: string;
  /** `exclusive` unless told. */
  mode?: LockMode;
  /** Ends the waiting. */
  signal?: StopSignal;
  /** For ever unless told. 0: now or not at all. */
  waitMs?: number;
};

export type RepositoryLock = {
  /** The folder that a person knows the repository by. */
  readonly repository: string;
  /** Fails with `lock-busy` after `waitMs`, `stopping` by its signal, or as `OsLock` does. */
  acquire(request: LockRequest): Promise<Result<Held>>;
  /**
   * Takes the lock, does the work and lets go, whatever happens. Work that takes longer than the lease renews it where
   * it knows that it gets on.
   */
  during<Value>(request: LockRequest, work: (held: Held) => Promise<Result<Value>>): Promise<Result<Value>>;
  /** Who holds it and who waits, in all processes. */
  look(): Result<LockLine>;
  /** See `OsLock.breakOff`. */
  breakOff(holders: readonly string[]): Result<void>;
};

type Deps = { clock: Clock; log: Log; os: OsLock; repository: string };

type Wait = {
  request: LockRequest;
  turn: LockTurn;
  sinceMs: number;
  contended: boolean;
  /** Leaves the queue and answers. */
  end(outcome: Result<TakenLock>): void;
};

export function createRepositoryLock(deps: Deps): RepositoryLock {
  const { clock, log, os, repository } = deps;
  /** Each stands in the line of all processes, too; only the first tries, so the order is the same in both. */
  const queue: Wait[] = [];
  const overdue = createOverdue();
  const stalled = createStalled();
  let lookedMs = clock.monotonicMs();
  let cancelPoll: Cancel = () => undefined;

  /** Serves who can be served now, and arms the next try when somebody is left. */
  function serve(): void {
    cancelPoll();
    for (let first = queue[0]; first !== undefined; first = queue[0]) {
      const taken = first.turn.take();
      if (taken.ok && taken.value === undefined) {
        first.contended = true;
        lookForHanging(first.turn.id);
        cancelPoll = clock.after(lockPollMs(clock.monotonicMs() - first.sinceMs), serve);
        return;
      }
      first.end(taken.ok ? ok(taken.value as TakenLock) : taken);
    }
  }

  function lookForHanging(own: string): void {
    const nowMs = clock.monotonicMs();
    if (nowMs - lookedMs < limits.lockLookMs) return;
    lookedMs = nowMs;
    const line = os.look();
    if (!line.ok) return;
    takeFromHanging(line.value.holders, nowMs);
    const stopped = stalled.firstIn(line.value, nowMs);
    if (stopped !== undefined && stopped !== own) os.passBy(stopped);
  }

  function takeFromHanging(holders: readonly LockParty[], nowMs: number): void {
    const hanging = overdue.among(holders, nowMs);
    if (hanging.length === 0 || hanging.length < holders.length) return;
    const broken = os.breakOff(hanging.map(({ id }) => id));
    const who = hanging.map(partyWords).join('; ');
    if (broken.ok) log.warn(`The lock of ${repository} was taken from ${who}: it was not renewed in time.`);
  }

  function enter(request: LockRequest, turn: LockTurn): Promise<Result<Held>> {
    return new Promise((resolve) => {
      const leave = (reason: Problem) => wait.end(err(reason));
      const onAbort = () => leave(gaveUp(repository));
      const late = () => leave(stillBusy(repository, clock.monotonicMs() - wait.sinceMs, holdersNow()));
      const wait: Wait = {
        request,
        turn,
        sinceMs: clock.monotonicMs(),
        contended: false,
        end(outcome) {
          queue.splice(queue.indexOf(wait), 1);
          cancelTimeout();
          request.signal?.removeEventListener('abort', onAbort);
          if (!outcome.ok) turn.leave();
          resolve(outcome.ok ? ok(hold(wait, outcome.value)) : outcome);
        },
      };
      queue.push(wait);
      // Armed before the first try, so that waiting for 0 ms is one try.
      const { waitMs } = request;
      const cancelTimeout = waitMs === undefined ? () => undefined : clock.after(waitMs, late);
      request.signal?.addEventListener('abort', onAbort);
      if (queue[0] === wait) serve();
    });
  }

  const holdersNow = () => {
    const line = os.look();
    return line.ok ? line.value.holders : [];
  };

  function hold({ request, turn, sinceMs, contended }: Wait, lock: TakenLock): Held {
    const { agent, operation, mode = 'exclusive' } = request;
    const waitedMs = clock.monotonicMs() - sinceMs;
    const taken = { id: turn.id, lock, agent, operation, mode, waitedMs, contended };
    return holdLock({ clock, log, repository, onRelease: serve }, taken);
  }

  async function acquire(given: LockRequest): Promise<Result<Held>> {
    if (given.signal?.aborted === true) return err(gaveUp(repository));
    const request = { ...given, agent: nameInLine(given.agent), operation: nameInLine(given.operation) };
    const { agent, operation, mode = 'exclusive' } = request;
    const turn = os.stand({ agent, operation, mode, sinceMs: clock.nowMs() });
    return turn.ok ? enter(request, turn.value) : turn;
  }

  return {
    repository,
    acquire,
    async during(request, work) {
      const held = await acquire(request);
      if (!held.ok) return held;
      try {
        return await work(held.value);
      } finally {
        held.value.release();
      }
    },
    look: os.look,
    breakOff: os.breakOff,
  };
}
