/**
 * V8 for a process that rests nearly always and then works for a second with all that the machine has: what V8 does
 * beside the work for the time after it is done for nothing.
 */
import { setFlagsFromString } from 'node:v8';
import type { Worker } from 'node:worker_threads';

/**
 * Percent that a heap may grow by until V8 marks what is in use. After memory was given back V8 would allow for 10 and
 * some MiB, which a page of contents takes: marking again and again took a sixth of the processor in a first sync. How
 * large a burst may get is for our own keeper to say, which looks at what the process takes.
 */
const heapGrowth = 300;
/** While a thread with a heap of its own works for long, which our keeper cannot collect: 35 MiB less. */
const heapGrowthBeside = 100;

/** V8's measure for when TurboFan compiles a function, five times its own: many would be ready when a burst is over. */
const callsUntilTurbofan = 15_000;

/** Threads that work for long; undefined while the process is not ours. */
let beside: Set<Worker> | undefined;

/**
 * Call where the process is ours alone, before the work begins. Without Maglev, as in Node 22, functions are compiled by
 * Sparkplug after some calls and by TurboFan when they run for long; what either other compiler makes in between is ready
 * when a burst is over (docs/decisions/0037-v8-for-bursts.md).
 */
export function tuneV8(): void {
  beside ??= new Set();
  setHeapGrowth(beside);
  setFlagsFromString('--no-maglev');
  setFlagsFromString(`--invocation-count-for-turbofan=${callsUntilTurbofan}`);
}

/** Keeps heaps smaller that are marked while this thread lives, its own above all. Does nothing where V8 was not tuned. */
export function tuneBeside(worker: Worker): void {
  const threads = beside;
  if (threads === undefined) return;
  setHeapGrowth(threads.add(worker));
  worker.once('exit', () => {
    threads.delete(worker);
    setHeapGrowth(threads);
  });
}

const setHeapGrowth = (threads: ReadonlySet<Worker>): void =>
  setFlagsFromString(`--heap-growing-percent=${threads.size === 0 ? heapGrowth : heapGrowthBeside}`);
