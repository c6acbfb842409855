/** The history of consolidations, as the log holds it. */
import type { Problem } from '../../../shared/result.ts';
import type { Consolidation, ConsolidationState, LogReader, TriggerType } from '../engine-contract.ts';
import type { Sql } from '../ports.ts';

type Row = {
  position: number;
  stamp: string;
  at_ms: number;
  trigger_type: TriggerType;
  conditions: string;
  changes: number;
  files: number;
  agents: string;
  state: ConsolidationState;
  problem: string | null;
};

const select = `
SELECT k.position, l.stamp, l.at_ms, k.trigger_type, k.conditions, k.changes, k.files, k.agents, k.state, k.problem
FROM consolidations k JOIN log l ON l.position = k.position`;

type ConsolidationReader = Pick<
  LogReader,
  'consolidations' | 'consolidationCount' | 'consolidation' | 'consolidationAt' | 'report'
>;

export function createConsolidationReader(sql: Sql): ConsolidationReader {
  const page = sql.prepare<Row>(`${select} WHERE k.position < ? ORDER BY k.position DESC LIMIT ?`);
  const count = sql.prepare<{ total: number }>('SELECT count(*) AS total FROM consolidations');
  const byStamp = sql.prepare<Row>(
    `${select} WHERE l.stamp >= ? AND l.stamp < ? || 'g' ORDER BY l.stamp LIMIT 1`,
  );
  const byPosition = sql.prepare<Row>(`${select} WHERE k.position = ?`);
  const report = sql.prepare<{ report: string }>('SELECT report FROM consolidations WHERE position = ?');
  const maybe = (row: Row | undefined): Consolidation | undefined =>
    row === undefined ? undefined : toConsolidation(row);
  return {
    consolidations: (before, limit) =>
      page.all(before ?? Number.MAX_SAFE_INTEGER, limit).map(toConsolidation),
    consolidationCount: () => count.get()?.total ?? 0,
    consolidation: (stamp) => (/^[0-9a-f]{6,32}$/.test(stamp) ? maybe(byStamp.get(stamp, stamp)) : undefined),
    consolidationAt: (position) => maybe(byPosition.get(position)),
    report: (position) => report.get(position)?.report ?? '',
  };
}

function toConsolidation(row: Row): Consolidation {
  return {
    position: row.position,
    stamp: row.stamp,
    trigger: {
      type: row.trigger_type,
      conditions: JSON.parse(row.conditions) as Record<string, number>,
      atMs: row.at_ms,
    },
    changes: row.changes,
    files: row.files,
    agents: JSON.parse(row.agents) as string[],
    state: row.state,
    problem: row.problem === null ? null : (JSON.parse(row.problem) as Problem),
  };
}
