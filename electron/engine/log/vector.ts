/** What the log holds, as a vector: all of it, or up to the last consolidation. */
import type { Vector } from '../../../shared/domain/vector.ts';
import type { Sql } from '../ports.ts';

/**
 * What was there when the last consolidation was recorded, with its report where that is written, up to the first
 * change that no consolidation folded: a consolidation of another replica says nothing of what is in progress here.
 */
export function createStagedReader(sql: Sql, whole: () => Vector): () => Vector {
  const folded = sql.prepare<{ position: number }>(
    `SELECT coalesce(max(l.position), 0) AS position FROM log l
     WHERE l.position IN (SELECT position FROM consolidations) OR l.consolidation IN (SELECT max(position) FROM consolidations)`,
  );
  const inProgress = sql.prepare<{ position: number }>(
    `SELECT position FROM log INDEXED BY log_pending
     WHERE consolidation IS NULL AND baseline = 0 AND path IS NOT NULL ORDER BY position LIMIT 1`,
  );
  const after = sql.prepare<{ node: string; sequence: number }>(
    'SELECT node, min(sequence) AS sequence FROM log WHERE position > ? GROUP BY node',
  );
  return () => {
    const vector: Record<string, number> = { ...whole() };
    const first = inProgress.get()?.position ?? Number.POSITIVE_INFINITY;
    const end = Math.min(folded.get()?.position ?? 0, first - 1);
    for (const { node, sequence } of after.all(end)) vector[node] = sequence - 1;
    return vector;
  };
}

/** Reads the end of each node's run from the index, however long the log is. */
export function createVectorReader(sql: Sql): () => Vector {
  // SQLite has no loose index scan, so the recursion jumps from node to node.
  const ends = sql.prepare<{ node: string; sequence: number }>(
    `WITH RECURSIVE nodes (node) AS (
       SELECT min(node) FROM log
       UNION ALL
       SELECT (SELECT min(node) FROM log WHERE node > nodes.node) FROM nodes WHERE nodes.node IS NOT NULL)
     SELECT node, (SELECT max(sequence) FROM log WHERE log.node = nodes.node) AS sequence
     FROM nodes WHERE node IS NOT NULL`,
  );
  return () => Object.fromEntries(ends.all().map((row) => [row.node, row.sequence]));
}
