/**
 * When a file counts as written to its end. Evidence instead of one long fixed delay: a file renamed into place is
 * complete at once; one written in place must lie still, briefly when it looks whole, longer when it looks cut.
 */
import { limits } from '../../../shared/limits.ts';
import type { FileStat } from '../ports.ts';

/** How long a file has been seen different from its known state; monotonic milliseconds. */
export type Settling = { key: string; sinceMs: number; stillSinceMs: number };

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
  if (before === undefined) return { key, sinceMs: nowMs, stillSinceMs: nowMs };
  return before.key === key ? before : { key, sinceMs: before.sinceMs, stillSinceMs: nowMs };
}

/** Milliseconds to wait before the next look; 0 means: record what stands. */
export function settleWait(settling: Settling, evidence: SettleEvidence, nowMs: number): number {
  if (evidence.renamed) return 0;
  const quietMs = evidence.cut ? limits.settleCutMs : limits.settleWholeMs;
  if (evidence.ageMs >= Math.max(quietMs, limits.settleCutMs)) return 0;
  const stillMs = nowMs - settling.stillSinceMs;
  if (stillMs >= quietMs || nowMs - settling.sinceMs >= limits.settleLongestMs) return 0;
  return Math.ceil(quietMs - stillMs);
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
