/** How many bytes the contents have that one replica has and another lacks: about, because nobody waits for the exact sum. */
import { countMissing, covers, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import type { Sql } from '../ports.ts';

export type Apart = { changes: number; bytes: number };

/** What a holder of `since` lacks of what a holder of `until` has. Files for which `goes` says no have no bytes. */
export type MeasureApart = (since: Vector, until: Vector, goes: (path: string) => boolean) => Apart;

type Sized = { path: string | null; size: number | null };

export function createMeasureApart(sql: Sql): MeasureApart {
  const sizes = sql.prepare<Sized>(
    `SELECT iif(l.local, NULL, l.path) AS path, c.size FROM log l LEFT JOIN content c ON c.id = l.content
     WHERE l.node = ? AND l.sequence > ? AND l.sequence <= ? ORDER BY l.sequence LIMIT ?`,
  );
  const sizeOf = (rows: readonly Sized[], goes: (path: string) => boolean): number =>
    rows.reduce((sum, { path, size }) => sum + (path !== null && goes(path) ? (size ?? 0) : 0), 0);

  return (since, until, goes) => {
    const runs = missingRuns(since, until);
    let [room, measured, bytes] = [limits.sizesRead, 0, 0];
    for (const [index, { node, after, last }] of runs.entries()) {
      // What short runs leave of their share is for the longer ones.
      const rows = sizes.all(node, after, last, Math.ceil(room / (runs.length - index)));
      if (rows.length === 0) continue;
      room -= rows.length;
      measured += last - after;
      bytes += (sizeOf(rows, goes) * (last - after)) / rows.length;
    }
    const changes = countMissing(until, since);
    return { changes, bytes: measured === 0 ? 0 : Math.round((bytes * changes) / measured) };
  };
}

type Run = { node: string; after: number; last: number };

/** What a holder of `since` lacks, the shortest run first. */
const missingRuns = (since: Vector, until: Vector): Run[] =>
  Object.entries(until)
    .filter(([node, last]) => !covers(since, node, last))
    .map(([node, last]) => ({ node, after: since[node] ?? 0, last }))
    .toSorted((one, other) => one.last - one.after - (other.last - other.after));
