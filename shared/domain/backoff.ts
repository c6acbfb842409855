/** How long to wait after failures: twice as long each time, up to a bound, and jittered so that peers do not meet. */
import { limits } from '../limits.ts';

/**
 * Milliseconds after the `failures`-th failure in a row (1 or more). `draw` is a random byte: the wait lies between
 * half of the step and the whole of it ("equal jitter", Brooker, "Exponential Backoff And Jitter", 2015).
 */
export function backoffMs(failures: number, draw: number): number {
  const stepMs = Math.min(limits.retryLongestMs, limits.retryFirstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(stepMs / 2 + (stepMs / 2) * (draw / 255));
}

/**
 * Unix milliseconds at which something is tried again that was to wait until `nextMs`: now, where that is further away
 * than anything waits, because the clock ran ahead when it was noted.
 */
export const nextTryMs = (nextMs: number, nowMs: number): number =>
  nextMs - nowMs > limits.retryLongestMs ? nowMs : nextMs;
