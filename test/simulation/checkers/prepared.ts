/** Does what was prepared beside the loop reach the log, whatever the disk holds by then? */
import type { Judged } from '../judge.ts';

/** Every content that was packed while an engine ran on, and could write, is in the log: it was seen, and had settled. */
export function nothingPreparedIsLost({ sql, prepared, shifts, longestUnseenMs }: Judged): string[] {
  const hashes = sql.prepare<{ hash: string }>('SELECT hash FROM content').all();
  const stored = new Set(hashes.map((row) => row.hash));
  const ranOn = (atMs: number): boolean =>
    shifts.some(({ fromMs, toMs }) => fromMs <= atMs && toMs >= atMs + longestUnseenMs);
  return prepared
    .filter(({ atMs, hash }) => ranOn(atMs) && !stored.has(hash))
    .map(
      ({ atMs, hash }) => `the version ${hash.slice(0, 8)} was prepared at ${atMs} ms and is not in the log`,
    );
}
