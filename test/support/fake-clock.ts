import type { Cancel, Clock } from '../../electron/engine/ports.ts';

export type FakeClock = Clock & {
  /** Moves time forward and fires what falls due, in order; promises settle between two timers. */
  advance(ms: number): Promise<void>;
  /** The wall clock is set: `nowMs` moves by `ms`, timers and `monotonicMs` do not notice. */
  jump(ms: number): void;
  /** Monotonic milliseconds at which the next timer falls due; undefined when none waits. */
  nextDueMs(): number | undefined;
  /** Lets everything that waits only for promises and immediates run; no time passes. */
  settle(): Promise<void>;
};

type Timer = { dueMs: number; order: number; task: () => void };

/** More timers than this in one `advance` is a loop that arms itself without time passing. */
const timersPerAdvance = 100_000;

/** A clock that stands still until told. Starts at 2026-01-01T00:00:00Z unless told otherwise. */
export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  const timers = new Set<Timer>();
  let passedMs = 0;
  let jumpedMs = 0;
  let order = 0;

  function after(delayMs: number, task: () => void): Cancel {
    order += 1;
    const timer = { dueMs: passedMs + Math.max(0, delayMs), order, task };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  async function advance(ms: number): Promise<void> {
    const targetMs = passedMs + ms;
    await settle();
    for (let fired = 0; ; fired += 1) {
      const timer = earliest(timers);
      if (timer === undefined || timer.dueMs > targetMs) break;
      if (fired > timersPerAdvance) throw new Error('Timers arm themselves for ever without time passing.');
      timers.delete(timer);
      passedMs = timer.dueMs;
      timer.task();
      await settle();
    }
    passedMs = targetMs;
  }

  return {
    nowMs: () => startMs + passedMs + jumpedMs,
    monotonicMs: () => passedMs,
    after,
    advance,
    settle,
    jump: (ms) => {
      jumpedMs += ms;
    },
    nextDueMs: () => earliest(timers)?.dueMs,
  };
}

function earliest(timers: ReadonlySet<Timer>): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) {
    const sooner = first === undefined || timer.dueMs < first.dueMs;
    if (sooner || (timer.dueMs === first?.dueMs && timer.order < first.order)) first = timer;
  }
  return first;
}

/** Two rounds: work that an immediate starts may itself end in an immediate. */
async function settle(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
