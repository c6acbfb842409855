/** Memory that a burst took goes back to the system; elsewhere than on glibc at least nothing breaks. */
import { expect, test } from 'vitest';
import { openSystemMemory } from '../../electron/adapters/system-memory.ts';

const isGlibc =
  'glibcVersionRuntime' in
  ((process.report.getReport() as { header: object }).header as Record<string, unknown>);

/** In blocks that the C library keeps when they are free, some of which stay in use between the others. */
function makeBurst(): unknown[] {
  const kept: unknown[] = [];
  for (let block = 0; block < 4_000; block++) {
    const buffer = Buffer.allocUnsafeSlow(32 * 1024).fill(1);
    if (block % 400 === 0) kept.push(buffer);
  }
  return kept;
}

test.each(['release', 'releaseAll'] as const)('%s gives back what nothing refers to any more', (how) => {
  const memory = openSystemMemory();
  memory[how]();
  const restBytes = memory.residentBytes();
  const kept = makeBurst();
  const burstBytes = memory.residentBytes() - restBytes;
  memory[how]();
  const leftBytes = memory.residentBytes() - restBytes;
  expect(kept).toHaveLength(10);
  if (isGlibc) expect(leftBytes).toBeLessThan(Math.max(burstBytes / 2, 8 * 2 ** 20));
});

test.each(['release', 'releaseAll'] as const)('%s collects what lived for a while, too', (how) => {
  const memory = openSystemMemory();
  memory[how]();
  const restBytes = process.memoryUsage().heapUsed;
  const holder = { all: Array.from({ length: 300_000 }, (_, at) => ({ at, text: `note ${at}` })) };
  // What lives through two collections is old.
  memory.release();
  memory.release();
  const usedBytes = process.memoryUsage().heapUsed - restBytes;
  holder.all = [];
  memory[how]();
  expect(process.memoryUsage().heapUsed - restBytes).toBeLessThan(usedBytes / 4);
});
