/** Waiting for what other processes, threads and the disk do, without keeping a processor busy with looking. */
import { setTimeout } from 'node:timers/promises';

const pauseMs = 10;

/** Looks until it is so; the test's own limit bounds it. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(pauseMs);
}

/** Looks until there is something; the test's own limit bounds it. */
export async function untilThere<Value>(
  look: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await setTimeout(pauseMs);
  }
}
