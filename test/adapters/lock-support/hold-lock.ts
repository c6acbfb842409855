/**
 * Arguments: a folder, how often, how many milliseconds each time. Takes the lock of the folder's repository as Skein does, and
 * prints a line of JSON whenever it has it: its token, how long it waited, and what else was in the critical section.
 * 0 times: keeps it until it is killed.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../../electron/adapters/system-clock.ts';
import { composeLock } from '../../../electron/host/compose-lock.ts';

const [, , folder = '', times = '1', holdMs = '0'] = process.argv;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const composed = await composeLock(folder, { clock: systemClock, log: quiet });
if (!composed.ok) throw new Error(composed.error.message);
const { lock, found } = composed.value;
const inside = join(found.folder, 'inside');

console.log(JSON.stringify({ ready: true }));
if (times !== '0') await new Promise((resolve) => process.stdin.once('data', resolve));
for (let round = 0; round < Number(times) || times === '0'; round += 1) {
  const held = await lock.acquire({ operation: `round ${round}`, agent: 'human' });
  if (!held.ok) throw new Error(held.error.message);
  // Fails when somebody else is in here.
  closeSync(openSync(inside, 'wx'));
  const { token, waitedMs } = held.value;
  console.log(JSON.stringify({ token, waitedMs }));
  if (times === '0') await new Promise(() => setInterval(() => {}, 1_000));
  await wait(Number(holdMs));
  rmSync(inside);
  held.value.release();
}
process.exit(0);
