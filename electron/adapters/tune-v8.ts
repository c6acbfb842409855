/**
 * V8 for a process that rests nearly always and then works for a second with all that the machine has: what V8 does
 * beside the work for the time after it is done for nothing.
 */
import { setFlagsFromString } from 'node:v8';

/**
 * Percent that the heap may grow by until V8 marks what is in use. After memory was given back V8 would allow for 10 and
 * some MiB, which a page of contents takes: marking again and again took a sixth of the processor in a first sync.
 */
const heapGrowth = 100;

/**
 * Call where the process is ours alone, before the work begins. Without Maglev, as in Node 22, functions are compiled by
 * Sparkplug after some calls and by TurboFan when they run for long; what Maglev makes in between is ready when a burst is
 * over (docs/decisions/0037-v8-for-bursts.md).
 */
export function tuneV8(): void {
  setFlagsFromString(`--heap-growing-percent=${heapGrowth}`);
  setFlagsFromString('--no-maglev');
}
