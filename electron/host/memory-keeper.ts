/** Gives memory back once a burst of work is over, so that a Skein that rests is small again. */
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

  function rest(): void {
    if (memory.residentBytes() - atRestBytes < limits.memoryGrowthBytes) return;
    forget();
    memory.release();
    // A moment's quiet in the middle of a burst shows too much: what Skein needs at rest is learned in small steps.
    atRestBytes = Math.min(memory.residentBytes(), atRestBytes + limits.memoryGrowthBytes / 2);
  }

  return {
    busy() {
      cancel?.();
      cancel = clock.after(limits.memoryRestMs, rest);
    },
    stop: () => cancel?.(),
  };
}
