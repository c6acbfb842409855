/**
 * The memory of this process as the system counts it. After a burst of work most of it is held for nothing: buffers
 * that V8 sees no need to collect yet, and blocks that the C library keeps for the next request. Neither gives it back
 * by itself while the process rests (measured after a sync of 2,000 files: 226 MiB, and 130 once both did).
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadKoffi } from './native-library.ts';

export type SystemMemory = {
  residentBytes(): number;
  /** Collects what nothing refers to, and gives back what is free. Holds everything else up for some 30 ms. */
  release(): void;
  /** The same, and the code of what ran some time ago, such as the start: 8 MiB. Holds everything else up for 40 ms. */
  releaseAll(): void;
};

/** M_ARENA_MAX of mallopt(3). */
const arenaMax = -8;
/** Each thread of Node would else have its own, and each keeps what a burst took (measured: 40 MiB). */
const arenas = 2;

/** Call before other threads have begun to work. Does nothing where the C library is not glibc. */
export function openSystemMemory(): SystemMemory {
  const { trim } = findCalls();
  let collect: Collector | undefined;
  function release(options: Collection): void {
    collect ??= findCollector();
    collect(options);
    // Buffers are freed beside it, by another thread; the next collection, however small, waits for that.
    collect({ type: 'minor' });
    trim?.(0);
  }
  return {
    residentBytes: () => process.memoryUsage.rss(),
    release: () => release({ type: 'major' }),
    releaseAll: () => release({ type: 'major', flavor: 'last-resort' }),
  };
}

function findCalls(): { trim?: (kept: number) => number } {
  const koffi = process.platform === 'linux' ? loadKoffi() : undefined;
  if (koffi === undefined) return {};
  try {
    const library = koffi.load(null);
    library.func('int mallopt(int, int)')(arenaMax, arenas);
    return { trim: library.func('int malloc_trim(size_t)') };
  } catch {
    return {};
  }
}

type Collection = { type: 'major' | 'minor'; flavor?: 'last-resort' };
/** Without options spelled out it collects young objects only. */
type Collector = (options: Collection) => void;

/** Node offers it only to who asks at its start; a flag of V8 may be set later, and counts for new contexts. */
function findCollector(): Collector {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collector;
}
