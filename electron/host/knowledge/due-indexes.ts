/** When each index is to be brought up next, and for how long that has been due. */
import type { Cancel, Clock } from '../../engine/ports.ts';

export type DueIndexes = {
  /** In so many milliseconds, whatever was planned before; due since it was planned first. */
  plan(id: string, delayMs: number): void;
  /** In so many milliseconds at the latest: what is planned sooner stays, so that many who come do not put it off. */
  planWithin(id: string, delayMs: number): void;
  isPlanned(id: string): boolean;
  /** 0 for one that is not planned. */
  waitedMs(id: string): number;
  forget(id: string): void;
};

export function createDueIndexes(clock: Clock, due: (id: string) => void): DueIndexes {
  const plannedById = new Map<string, { cancel: Cancel; sinceMs: number; atMs: number }>();

  function plan(id: string, delayMs: number): void {
    const nowMs = clock.monotonicMs();
    const { cancel, sinceMs = nowMs } = plannedById.get(id) ?? {};
    cancel?.();
    plannedById.set(id, { cancel: clock.after(delayMs, () => due(id)), sinceMs, atMs: nowMs + delayMs });
  }

  return {
    plan,
    planWithin(id, delayMs) {
      const { atMs = Number.POSITIVE_INFINITY } = plannedById.get(id) ?? {};
      if (atMs > clock.monotonicMs() + delayMs) plan(id, delayMs);
    },
    isPlanned: (id) => plannedById.has(id),
    waitedMs(id) {
      const nowMs = clock.monotonicMs();
      return nowMs - (plannedById.get(id)?.sinceMs ?? nowMs);
    },
    forget(id) {
      plannedById.get(id)?.cancel();
      plannedById.delete(id);
    },
  };
}
