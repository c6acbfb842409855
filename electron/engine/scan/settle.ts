/**
 * When a file counts as written to its end. Evidence instead of one long fixed delay: a file renamed into place is
 * complete at once; one written in place must lie still, briefly when it looks whole, longer when it looks cut.
 */
import { limits } from '../../../shared/limits.ts';
import type { FileStat } from '../ports.ts';

/** How long a file has been seen different from its known state; monotonic milliseconds. */
export type Settling = {
  key: string;
  /** It looks as if a writer were in the middle: empty, a prefix of its former self, half a character at the end. */
  cut: boolean;
  sinceMs: number;
  stillSinceMs: number;
  /** The longest pause that the writer was seen to make: a slow writer gets a longer quiet. */
  longestPauseMs: number;
};

export type SettleEvidence = {
  /** It came into place by a rename, so whoever wrote it was done. */
  renamed: boolean;
  /** Milliseconds since its own last change by the wall clock; negative when that clock jumped. */
  ageMs: number;
};

/** The settling after another look, at `nowMs`, that saw `key` and whether it looks cut. */
export function settlingAfter(
  before: Settling | undefined,
  { key, cut }: Pick<Settling, 'key' | 'cut'>,
  nowMs: number,
): Settling {
  if (before === undefined) return { key, cut, sinceMs: nowMs, stillSinceMs: nowMs, longestPauseMs: 0 };
  if (before.key === key) return { ...before, cut };
  const next = { ...before, key, cut, stillSinceMs: nowMs };
  if (isAnotherWriting(before, key)) return { ...next, longestPauseMs: 0 };
  return { ...next, longestPauseMs: Math.max(before.longestPauseMs, nowMs - before.stillSinceMs) };
}

/**
 * Whether the writer did not pause but was done: another file has the name, or the one before lay still for as long
 * as it had to, and whoever should have looked then was busy.
 */
function isAnotherWriting(before: Settling, key: string): boolean {
  const [then, now] = [factsIn(before.key), factsIn(key)];
  return then.inode !== now.inode || now.writtenMs - then.writtenMs >= quietFor(before);
}

/** A key is `statKey`: inode, size, and the times of the last write and change in nanoseconds. */
function factsIn(key: string): { inode: string | undefined; writtenMs: number } {
  const [inode, , writtenNs] = key.split(' ');
  return { inode, writtenMs: Number(writtenNs) / 1_000_000 };
}

/** A writer that pauses as long as it did before is still at it; three times as long, and it is done. */
const patience = 3;

/** Milliseconds to wait before the next look; 0 means: record what stands. */
export function settleWait(settling: Settling, evidence: SettleEvidence, nowMs: number): number {
  if (evidence.renamed) return 0;
  const quietMs = quietFor(settling);
  if (evidence.ageMs >= Math.max(quietMs, limits.settleCutMs)) return 0;
  const stillMs = nowMs - settling.stillSinceMs;
  if (stillMs >= quietMs || nowMs - settling.sinceMs >= limits.settleLongestMs) return 0;
  return Math.ceil(quietMs - stillMs);
}

function quietFor({ cut, longestPauseMs }: Settling): number {
  if (cut) return limits.settleCutMs;
  return Math.min(limits.settleCutMs, Math.max(limits.settleWholeMs, patience * longestPauseMs));
}

/** A rename moves the change time but not the modification time, and brings another inode. */
export function wasRenamedIntoPlace(knownInode: string | undefined, stat: FileStat): boolean {
  return stat.inode !== knownInode && BigInt(stat.ctimeNs) > BigInt(stat.mtimeNs);
}

/** Milliseconds since the file's newest time stamp. */
export function ageMs(stat: FileStat, nowMs: number): number {
  const newest = BigInt(stat.mtimeNs) > BigInt(stat.ctimeNs) ? BigInt(stat.mtimeNs) : BigInt(stat.ctimeNs);
  return nowMs - Number(newest / 1_000_000n);
}
