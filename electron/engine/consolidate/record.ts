/** Folds what is pending into one consolidation: one record in the log, in one transaction. */
import { assert } from '../../../shared/assert.ts';
import { type ReportEvent, renderReport } from '../../../shared/domain/report.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { stampMillis } from '../../../shared/domain/stamp.ts';
import type { TriggerType } from '../engine-contract.ts';
import type { Appender } from '../log/append.ts';
import type { Sql } from '../ports.ts';
import { unfold } from './covers.ts';

type PendingRow = ReportEvent & { position: number; node: string; sequence: number };

const pendingWhere = 'consolidation IS NULL AND baseline = 0 AND path IS NOT NULL';

/** What the trigger rule needs to know, read from the log. */
export type PendingFacts = {
  pending: number;
  newestPendingPosition: number;
  oldestPendingMs: number;
  lastUndoPosition: number;
  lastConsolidationMs: number | null;
  newestPendingMs: number;
  /** Whether this replica recorded the newest of them. */
  newestPendingIsOurs: boolean;
};

export function readPendingFacts(sql: Sql, node: string): PendingFacts {
  const row = sql
    .prepare<{
      pending: number;
      newest: number | null;
      oldest: number | null;
      undone: number | null;
      last: number | null;
    }>(
      `SELECT count(*) AS pending, max(position) AS newest,
         (SELECT at_ms FROM log INDEXED BY log_pending WHERE ${pendingWhere} ORDER BY position LIMIT 1) AS oldest,
         (SELECT max(position) FROM log WHERE kind <> 'modified' AND kind = 'withdrawn'
          AND coalesce(json_extract(payload, '$.overlap'), 0) = 0) AS undone,
         (SELECT l.at_ms FROM consolidations k JOIN log l ON l.position = k.position
          WHERE k.state <> 'undone' ORDER BY k.position DESC LIMIT 1) AS last
       FROM log INDEXED BY log_pending WHERE ${pendingWhere}`,
    )
    .get();
  const newest = sql
    .prepare<{ node: string; at_ms: number }>('SELECT node, at_ms FROM log WHERE position = ?')
    .get(row?.newest ?? 0);
  return {
    newestPendingMs: newest?.at_ms ?? 0,
    newestPendingIsOurs: newest === undefined || newest.node === node,
    pending: row?.pending ?? 0,
    newestPendingPosition: row?.newest ?? 0,
    oldestPendingMs: row?.oldest ?? 0,
    lastUndoPosition: row?.undone ?? 0,
    lastConsolidationMs: row?.last ?? null,
  };
}

/** Records a consolidation of all that is pending and returns its position; undefined when nothing is. */
export function recordConsolidation(
  deps: { sql: Sql; append: Appender },
  trigger: { type: TriggerType; conditions: Record<string, number> },
  settings: Settings,
): number | undefined {
  const { sql, append } = deps;
  return sql.transaction(() => {
    const rows = sql
      .prepare<PendingRow>(
        `SELECT position, node, sequence, path, kind, at_ms AS atMs, agent FROM log INDEXED BY log_pending WHERE ${pendingWhere} ORDER BY position`,
      )
      .all();
    if (rows.length === 0) return undefined;
    const entry = append.record('consolidated', null);
    const report = renderReport(
      { stamp: entry.stamp, atMs: stampMillis(entry.stamp), trigger, events: rows },
      settings.locale,
    );
    insertConsolidation(sql, entry.position, trigger, settings, { rows, report });
    sql
      .prepare(
        `UPDATE log INDEXED BY log_pending SET consolidation = ? WHERE position < ? AND ${pendingWhere}`,
      )
      .run(entry.position, entry.position);
    return entry.position;
  });
}

function insertConsolidation(
  sql: Sql,
  position: number,
  trigger: { type: TriggerType; conditions: Record<string, number> },
  settings: Settings,
  folded: { rows: PendingRow[]; report: string },
): void {
  const { rows, report } = folded;
  const written = settings.report_file !== null;
  sql
    .prepare(
      `INSERT INTO consolidations (position, trigger_type, conditions, covers, changes, files, agents, report, locale, report_file, state, file_work)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      position,
      trigger.type,
      JSON.stringify(trigger.conditions),
      JSON.stringify(coverOf(rows)),
      rows.length,
      new Set(rows.map((row) => row.path)).size,
      JSON.stringify([...new Set(rows.map((row) => row.agent))].toSorted()),
      report,
      settings.locale,
      settings.report_file,
      written ? 'waiting' : 'skipped',
      written ? 'insert' : null,
    );
}

/** Runs of sequences by node: what a consolidation covers, in a form that every replica understands. */
export function coverOf(
  rows: readonly { node: string; sequence: number }[],
): Record<string, [number, number][]> {
  const runsByNode: Record<string, [number, number][]> = {};
  for (const { node, sequence } of rows.toSorted((a, b) => a.sequence - b.sequence)) {
    runsByNode[node] ??= [];
    const runs = runsByNode[node];
    const last = runs.at(-1);
    if (last !== undefined && last[1] + 1 === sequence) last[1] = sequence;
    else runs.push([sequence, sequence]);
  }
  return runsByNode;
}

/**
 * Takes a consolidation back: its changes are pending again. Returns how many, or undefined when it was undone
 * before. The record stays in the log; another record says that it was withdrawn.
 */
export function recordWithdrawal(
  deps: { sql: Sql; append: Appender },
  position: number,
  why: { overlap?: true } = {},
): number | undefined {
  const { sql, append } = deps;
  return sql.transaction(() => {
    const undone = sql
      .prepare(
        `UPDATE consolidations SET state = 'undone', problem = NULL,
           file_work = CASE WHEN report_file IS NULL THEN NULL ELSE 'remove' END
         WHERE position = ? AND state <> 'undone'`,
      )
      .run(position);
    if (undone.changes === 0) return undefined;
    const stamp = stampAt(sql, position);
    append.record('withdrawn', { consolidation: stamp, ...why });
    return unfold(sql, { position, stamp });
  });
}

/**
 * Consolidations of ours that another replica's, which counts as the earlier, took changes from: two laptops folded
 * the same ones at once. They are withdrawn, so that what is left of them goes into the next report.
 */
export function overlappedConsolidations(sql: Sql, node: string): number[] {
  return sql
    .prepare<{ position: number }>(
      `SELECT k.position FROM consolidations k JOIN log l ON l.position = k.position
       WHERE l.node = ? AND k.state <> 'undone' AND k.changes <>
         (SELECT count(*) FROM log c WHERE c.consolidation = k.position AND c.position < k.position)`,
    )
    .all(node)
    .map((row) => row.position);
}

function stampAt(sql: Sql, position: number): string {
  const row = sql.prepare<{ stamp: string }>('SELECT stamp FROM log WHERE position = ?').get(position);
  assert(row !== undefined, `the log has a row ${position}`);
  return row.stamp;
}
