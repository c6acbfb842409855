/** What our own writes displace. */
import type { DiskEvent } from '../../support/fake-disk.ts';
import type { Judged } from '../judge.ts';
import { isTracked } from './disk.ts';
import { readContents } from './log-rows.ts';

/**
 * What our own writes displaced is never lost: bytes that an agent gave to a tracked name, and that an operation of
 * the engine took from whatever name they had then, are under another name, or in the log, whole or as the beginning of a version.
 * skein.json is no tracked file: its lines are judged by themselves.
 */
export function nothingDisplacedIsLost({ sql, disk }: Judged): string[] {
  const contents = readContents(sql);
  const foreign = new Set<string>();
  const lying = new Map<string, Uint8Array>();
  const wrong: string[] = [];
  disk.history.forEach((event, index) => {
    const before = lying.get(event.path);
    step(lying, event);
    if (event.by === 'agent') {
      if (event.bytes !== undefined && isTracked(event.path)) foreign.add(keyOf(event.bytes));
      return;
    }
    if (before === undefined || !foreign.has(keyOf(before)) || isSame(before, event.bytes)) return;
    const isSafe = (): boolean => contents.some((content) => isBeginning(content, before));
    if (!isElsewhere(lying, disk.history[index + 1], before) && !isSafe())
      wrong.push(`${event.path}: what an agent wrote was displaced at ${event.atMs} ms and is nowhere`);
  });
  return wrong;
}

const keyOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const isSame = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  b !== undefined && Buffer.compare(a, b) === 0;

function step(lying: Map<string, Uint8Array>, { path, bytes }: DiskEvent): void {
  if (bytes === undefined) lying.delete(path);
  else lying.set(path, bytes);
}

/** Renaming and exchanging tell of two names, one after the other. */
function isElsewhere(
  lying: ReadonlyMap<string, Uint8Array>,
  next: DiskEvent | undefined,
  bytes: Uint8Array,
): boolean {
  if (next?.by === 'engine' && isSame(bytes, next.bytes)) return true;
  return [...lying.values()].some((other) => isSame(bytes, other));
}

function isBeginning(whole: Uint8Array, bytes: Uint8Array): boolean {
  return bytes.length <= whole.length && Buffer.compare(whole.subarray(0, bytes.length), bytes) === 0;
}
