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
  let cancel: Cancel | undefined;
  let atRestBytes = memory.residentBytes();
  let releasedMs = Number.NEGATIVE_INFINITY;
  /** What is in use since memory was given back last, by this thread or another: some of it comes back a moment later. */
  let keptBytes = 0;
  const hasGrownBy = (bytes: number): boolean => memory.residentBytes() - atRestBytes >= bytes;
  function isBurst(): boolean {
    keptBytes = Math.min(keptBytes, memory.residentBytes());
    return (
      hasGrownBy(limits.memoryBurstBytes) && memory.residentBytes() - keptBytes >= limits.memoryAgainBytes
    );
  }

  function release(how: 'release' | 'releaseAll'): void {
    memory[how]();
    releasedMs = clock.monotonicMs();
    keptBytes = memory.residentBytes();
  }

  function rest(): void {
    if (!hasGrownBy(limits.memoryGrowthBytes)) return;
    forget();
    release('releaseAll');
    // A moment's quiet in the middle of a burst shows too much: what Skein needs at rest is learned in small steps.
    atRestBytes = Math.min(memory.residentBytes(), atRestBytes + limits.memoryGrowthBytes / 2);
  }

  return {
    busy() {
      const isDue = clock.monotonicMs() - releasedMs >= limits.memoryAgainMs;
      if (isBurst() && isDue) release('release');
      cancel?.();
      cancel = clock.after(limits.memoryRestMs, rest);
    },
    stop: () => cancel?.(),
  };
}
