/** A lock that is held: its lease, and what tells a late holder that it is late. */
import type { LockMode, LockUse } from '../../../shared/domain/lock.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import type { Cancel, Clock, Log } from '../ports.ts';
import type { TakenLock } from './lock-ports.ts';
import { broken, overLease, released } from './lock-problems.ts';

export type Held = {
  /** Differs from that of every other hold of any repository. */
  readonly id: string;
  /** The fencing token: grows with each exclusive holder of the repository. */
  readonly token: number;
  readonly mode: LockMode;
  readonly waitedMs: number;
  /** See `TakenLock`. */
  readonly descriptors: readonly number[];
  /** Ask right before every write: fails with `lock-lost` once others may have the lock. */
  check(): Result<void>;
  isValid(): boolean;
  /** A whole lease from now on. Fails as `check` does: a lost lock never comes back. */
  renew(): Result<void>;
  /** Twice is harmless. */
  release(): void;
};

type Taken = {
  id: string;
  lock: TakenLock;
  agent: string;
  operation: string;
  mode: LockMode;
  waitedMs: number;
  contended: boolean;
};

type Deps = { clock: Clock; log: Log; repository: string; onRelease(): void };

/** Begins the lease. */
export function holdLock(deps: Deps, taken: Taken): Held {
  const { clock, repository } = deps;
  const { id, lock, operation, mode, waitedMs } = taken;
  const startMs = clock.monotonicMs();
  let untilMs = startMs + limits.lockLeaseMs;
  let renewals = 0;
  let over: Problem | undefined;
  let cancel: Cancel = clock.after(limits.lockLeaseMs, expire);

  function end(reason: Problem): void {
    cancel();
    over = reason;
    lock.release(useOf(taken, startMs, clock));
    deps.onRelease();
  }

  function expire(): void {
    const reason = overLease(repository, operation, limits.lockLeaseMs);
    deps.log.warn(`${reason.message} ${reason.advice}`, { agent: taken.agent, token: lock.token });
    end(reason);
  }

  function check(): Result<void> {
    // A process that was stopped for long gets its timers late; then the clock knows better.
    if (over === undefined && clock.monotonicMs() >= untilMs) expire();
    if (over === undefined && !lock.isOurs()) end(broken(repository, operation));
    return over === undefined ? ok(undefined) : err(over);
  }

  return {
    id,
    token: lock.token,
    mode,
    waitedMs,
    descriptors: lock.descriptors,
    check,
    isValid: () => check().ok,
    renew() {
      const valid = check();
      if (!valid.ok) return valid;
      cancel();
      untilMs = clock.monotonicMs() + limits.lockLeaseMs;
      cancel = clock.after(limits.lockLeaseMs, expire);
      renewals += 1;
      lock.renew(renewals);
      return valid;
    },
    release() {
      if (over === undefined) end(released(repository, operation));
    },
  };
}

function useOf(
  { lock, agent, operation, mode, waitedMs, contended }: Taken,
  startMs: number,
  clock: Clock,
): LockUse {
  const heldMs = clock.monotonicMs() - startMs;
  return { agent, operation, mode, token: lock.token, endMs: clock.nowMs(), waitedMs, heldMs, contended };
}
