/** The wall clock of one device over the one fake time: off, drifting, and set by hand. */
import type { Clock } from '../../../electron/engine/ports.ts';

export type WallClock = Clock & {
  /** Milliseconds that it stands before the true time. */
  offMs(): number;
  jump(byMs: number): void;
  /** Sets it: from now on it neither is off nor drifts, except for these milliseconds. */
  correct(offMs: number): void;
};

export function createWallClock(clock: Clock, startOffMs: number, driftMsPerSecond: number): WallClock {
  let sinceMs = clock.monotonicMs();
  let driftMs = driftMsPerSecond;
  let off = startOffMs;
  const offMs = (): number => Math.round(off + ((clock.monotonicMs() - sinceMs) / 1000) * driftMs);
  return {
    nowMs: () => clock.nowMs() + offMs(),
    monotonicMs: clock.monotonicMs,
    after: clock.after,
    offMs,
    jump(byMs) {
      off += byMs;
    },
    correct(toMs) {
      [off, driftMs, sinceMs] = [toMs, 0, clock.monotonicMs()];
    },
  };
}
