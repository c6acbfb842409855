import type { Clock } from '../engine/ports.ts';

/** The longest delay in milliseconds that `setTimeout` understands; above it fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The machine's clock. A timer is armed again when it fired early or the delay was longer than one
 * timer can be, so that `after` keeps its word in terms of `monotonicMs`. Delays below zero count as zero.
 */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, task) {
    const dueMs = performance.now() + Math.max(0, delayMs);
    let timer: ReturnType<typeof setTimeout>;
    const arm = () => {
      // A busy machine may stop us between two looks at the clock, so that the time has come meanwhile.
      const leftMs = Math.max(0, Math.ceil(dueMs - performance.now()));
      timer = setTimeout(fire, Math.min(leftMs, longestTimerMs));
    };
    const fire = () => (performance.now() < dueMs ? arm() : task());
    arm();
    return () => clearTimeout(timer);
  },
};
