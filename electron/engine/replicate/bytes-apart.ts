/** How many bytes the contents have that one replica has and another lacks: about, because nobody waits for the exact sum. */
import { countMissing, covers, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import type { Sql } from '../ports.ts';

export type Apart = { changes: number; bytes: number };

/** What a holder of `since` lacks of what a holder of `until` has. Files for which `goes` says no have no bytes. */
export type MeasureApart = (since: Vector, until: Vector, goes: (path: string) => boolean) => Apart;

export function createMeasureApart(sql: Sql): MeasureApart {
  const sizes = sql.prepare<{ path: string | null; size: number | null }>(
    `SELECT l.path, c.size FROM log l LEFT JOIN content c ON c.id = l.content
     WHERE l.node = ? AND l.sequence > ? AND l.sequence <= ? ORDER BY l.sequence LIMIT ?`,
  );
  return (since, until, goes) => {
    const changes = countMissing(until, since);
    let [rows, bytes] = [0, 0];
    for (const [node, last] of Object.entries(until)) {
      if (rows >= limits.sizesRead) break;
      if (covers(since, node, last)) continue;
      for (const { path, size } of sizes.all(node, since[node] ?? 0, last, limits.sizesRead - rows)) {
        rows += 1;
        if (path !== null && goes(path)) bytes += size ?? 0;
      }
    }
    return { changes, bytes: rows === 0 ? 0 : Math.round((bytes * changes) / rows) };
  };
}
