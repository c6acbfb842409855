/** Gives memory back once a burst of work is over, and in its middle when it takes much, so that Skein stays small. */
import { limits } from '../../shared/limits.ts';
import type { SystemMemory } from '../adapters/system-memory.ts';
import type { Cancel, Clock } from '../engine/ports.ts';

export type MemoryKeeper = {
  /** Something happened: memory is given back some time after the last of such calls. */
  busy(): void;
  stop(): void;
};

/** `forget` lets go of what is in memory only to be quick. */
export function createMemoryKeeper(clock: Clock, memory: SystemMemory, forget: () => void): MemoryKeeper {
  /** Of the look at rest that is due; undefined while nothing happens. */
  let cancel: Cancel | undefined;
  let beganMs = Number.NEGATIVE_INFINITY;
  let atRestBytes = memory.residentBytes();
  let releasedMs = Number.NEGATIVE_INFINITY;
  /** What is in use since memory was given back last, by this thread or another: some of it comes back a moment later. */
  let keptBytes = 0;
  const hasGrownBy = (bytes: number): boolean => memory.residentBytes() - atRestBytes >= bytes;
  /** Most bursts are over soon, and whoever waits for them would wait for the pause in their middle, too. */
  const roomAt = (nowMs: number): number =>
    nowMs - beganMs < limits.memoryShortMs ? limits.memoryShortBytes : limits.memoryBurstBytes;

  function isDue(nowMs: number): boolean {
    keptBytes = Math.min(keptBytes, memory.residentBytes());
    const isMore = memory.residentBytes() - keptBytes >= limits.memoryAgainBytes;
    return isMore && hasGrownBy(roomAt(nowMs)) && nowMs - releasedMs >= limits.memoryAgainMs;
  }

  function release(how: 'release' | 'releaseAll'): void {
    memory[how]();
    releasedMs = clock.monotonicMs();
    keptBytes = memory.residentBytes();
  }

  function rest(): void {
    cancel = undefined;
    if (!hasGrownBy(limits.memoryGrowthBytes)) return;
    forget();
    release('releaseAll');
    // A moment's quiet in the middle of a burst shows too much: what Skein needs at rest is learned in small steps.
    atRestBytes = Math.min(memory.residentBytes(), atRestBytes + limits.memoryGrowthBytes / 2);
  }

  return {
    busy() {
      const nowMs = clock.monotonicMs();
      if (cancel === undefined) beganMs = nowMs;
      if (isDue(nowMs)) release('release');
      cancel?.();
      cancel = clock.after(limits.memoryRestMs, rest);
    },
    stop: () => cancel?.(),
  };
}
