/**
 * Argument: a folder. For each line on its input it takes the lock of the folder's repository, prints a line of JSON when
 * it has it, keeps it for as many milliseconds as the line says, and lets go.
 */
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { composeLock } from '../../electron/host/compose-lock.ts';

const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const composed = await composeLock(process.argv[2] ?? '', { clock: systemClock, log: quiet });
if (!composed.ok) throw new Error(composed.error.message);
console.log('{"ready":true}');
for await (const line of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const held = await composed.value.lock.acquire({ operation: 'bench', agent: 'skein' });
  if (!held.ok) throw new Error(held.error.message);
  console.log(JSON.stringify({ tookMs: performance.now() - start }));
  await wait(Number(line));
  held.value.release();
  console.log('{"done":true}');
}
