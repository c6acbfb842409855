/** Holds the lock of a repository until so many notes wait for it, as when a burst comes while somebody works there. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { composeLock } from '../../electron/host/compose-lock.ts';
import { must } from './device.ts';
import { git } from './git-lab.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function whileLocked<Value>(
  folder: string,
  count: number,
  give: (note: number) => Promise<Value>,
): Promise<Value[]> {
  const { lock } = must(await composeLock(folder, { clock: systemClock, log: silent }));
  const held = must(await lock.acquire({ operation: 'test', agent: 'human' }));
  const given = Promise.all(Array.from({ length: count }, (_, note) => give(note)));
  const waiting = (): string[] =>
    readdirSync(join(folder, '.git/skein-notes')).filter((name) => name.endsWith('.waiting'));
  await vi.waitUntil(
    () => {
      try {
        return waiting().length === count;
      } catch {
        return false;
      }
    },
    { timeout: 60_000, interval: 20 },
  );
  held.release();
  return given;
}

/** The first line of each note in its commit. */
export const headingsOf = (
  folder: string,
  notes: readonly { head: string | null; path: string }[],
): string[] => notes.map(({ head, path }) => git(folder, 'show', `${head}:${path}`).split('\n', 1)[0] ?? '');
