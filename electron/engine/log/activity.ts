/** Changes per quarter of an hour and agent, kept by a reader of the log with a durable cursor. */
import { gitAgent } from '../../../shared/domain/movement.ts';
import type { LogReader } from '../engine-contract.ts';
import type { Sql } from '../ports.ts';

const bucketMs = 15 * 60_000;
const reader = 'activity';

/** Buckets of 15 minutes fold into the days of every time zone on Earth. */
export function createActivity(sql: Sql): Pick<LogReader, 'activity'> {
  const select = sql.prepare<{ bucket_ms: number; agent: string; changes: number }>(
    'SELECT bucket_ms, agent, changes FROM activity WHERE bucket_ms >= ? AND bucket_ms < ? AND changes > 0 ORDER BY bucket_ms, agent',
  );
  return {
    activity(fromMs, toMs) {
      catchUp(sql);
      return select
        .all(fromMs, toMs)
        .map((row) => ({ bucketMs: row.bucket_ms, agent: row.agent, changes: row.changes }));
    },
  };
}

/** Counts what came after the cursor; the counts and the cursor move together, so twice is harmless. */
function catchUp(sql: Sql): void {
  const from = activityCursor(sql);
  const to = sql.prepare<{ last: number | null }>('SELECT max(position) AS last FROM log').get()?.last ?? 0;
  if (to <= from) return;
  sql.transaction(() => {
    sql
      .prepare(
        `INSERT INTO activity (bucket_ms, agent, changes)
         SELECT bucket_ms, agent, count(*) FROM (
           SELECT (at_ms / ${bucketMs}) * ${bucketMs} AS bucket_ms, agent
           FROM log WHERE position > ? AND position <= ? AND path IS NOT NULL AND baseline = 0
             AND local = 0 AND agent <> '${gitAgent}')
         GROUP BY bucket_ms, agent
         ON CONFLICT (bucket_ms, agent) DO UPDATE SET changes = changes + excluded.changes`,
      )
      .run(from, to);
    sql
      .prepare(
        'INSERT INTO cursors (reader, position) VALUES (?, ?) ON CONFLICT (reader) DO UPDATE SET position = excluded.position',
      )
      .run(reader, to);
  });
}

/**
 * Better evidence moved a change from one agent to another. Call in the transaction that says so; what the
 * cursor has not reached yet will be counted under the new agent by itself. A baseline is nobody's activity.
 */
export function moveActivity(
  sql: Sql,
  change: { position: number; atMs: number; agent: string; baseline: boolean },
  agent: string,
): void {
  if (change.baseline || change.position > activityCursor(sql)) return;
  const bucket = Math.floor(change.atMs / bucketMs) * bucketMs;
  sql
    .prepare('UPDATE activity SET changes = changes - 1 WHERE bucket_ms = ? AND agent = ?')
    .run(bucket, change.agent);
  sql
    .prepare(
      'INSERT INTO activity (bucket_ms, agent, changes) VALUES (?, ?, 1) ON CONFLICT (bucket_ms, agent) DO UPDATE SET changes = changes + 1',
    )
    .run(bucket, agent);
}

/** Changes came to be known before the cursor: everything is counted anew. Call in their transaction. */
export function recountActivity(sql: Sql): void {
  sql.exec('DELETE FROM activity');
  sql.prepare('DELETE FROM cursors WHERE reader = ?').run(reader);
}

function activityCursor(sql: Sql): number {
  return (
    sql.prepare<{ position: number }>('SELECT position FROM cursors WHERE reader = ?').get(reader)
      ?.position ?? 0
  );
}
