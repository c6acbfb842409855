/**
 * When a file counts as written to its end. Evidence instead of one long fixed delay: a file renamed into place is
 * complete at once; one written in place must lie still, briefly when it looks whole, longer when it looks cut.
 */
import { limits } from '../../../shared/limits.ts';
import type { FileStat } from '../ports.ts';

/** How long a file has been seen different from its known state; monotonic milliseconds. */
export type Settling = {
  key: string;
  sinceMs: number;
  stillSinceMs: number;
  /** The longest pause that the writer was seen to make: a slow writer gets a longer quiet. */
  longestPauseMs: number;
};

export type SettleEvidence = {
  /** It came into place by a rename, so whoever wrote it was done. */
  renamed: boolean;
  /** It looks as if a writer were in the middle: empty, a prefix of its former self, half a character at the end. */
  cut: boolean;
  /** Milliseconds since its own last change by the wall clock; negative when that clock jumped. */
  ageMs: number;
};

/** The settling after another look that saw `key` at `nowMs`. */
export function settlingAfter(before: Settling | undefined, key: string, nowMs: number): Settling {
  if (before === undefined) return { key, sinceMs: nowMs, stillSinceMs: nowMs, longestPauseMs: 0 };
  if (before.key === key) return before;
  // Another file has the name: its writer did not pause in the one before.
  if (inodeIn(before.key) !== inodeIn(key)) return { ...before, key, stillSinceMs: nowMs, longestPauseMs: 0 };
  const pauseMs = nowMs - before.stillSinceMs;
  return { ...before, key, stillSinceMs: nowMs, longestPauseMs: Math.max(before.longestPauseMs, pauseMs) };
}

/** A key begins with the inode (`statKey`). */
const inodeIn = (key: string): string | undefined => key.split(' ')[0];

/** A writer that pauses as long as it did before is still at it; three times as long, and it is done. */
const patience = 3;

/** Milliseconds to wait before the next look; 0 means: record what stands. */
export function settleWait(settling: Settling, evidence: SettleEvidence, nowMs: number): number {
  if (evidence.renamed) return 0;
  const quietMs = quietFor(settling, evidence);
  if (evidence.ageMs >= Math.max(quietMs, limits.settleCutMs)) return 0;
  const stillMs = nowMs - settling.stillSinceMs;
  if (stillMs >= quietMs || nowMs - settling.sinceMs >= limits.settleLongestMs) return 0;
  return Math.ceil(quietMs - stillMs);
}

function quietFor(settling: Settling, evidence: SettleEvidence): number {
  if (evidence.cut) return limits.settleCutMs;
  return Math.min(limits.settleCutMs, Math.max(limits.settleWholeMs, patience * settling.longestPauseMs));
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
