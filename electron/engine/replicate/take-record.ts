/** What records of other replicas do here: a consolidation folds changes, a conflict fills the inbox. */
import type { Consolidated, Row } from '../../../shared/contracts/peer-protocol.ts';
import { stampMillis } from '../../../shared/domain/stamp.ts';
import { claim, unfold } from '../consolidate/covers.ts';
import { nodesOf } from '../log/open-log.ts';
import type { Sql } from '../ports.ts';
import { createFindCovered } from './covered-runs.ts';
import { createInbox } from './inbox.ts';

/** True when something that is shown is another now. Call in the transaction that takes the row. */
export type RecordTaker = (row: Row, position: number) => boolean;

export function createRecordTaker(sql: Sql): RecordTaker {
  const inbox = createInbox(sql);
  const findCovered = createFindCovered(sql);
  return (row, position) => {
    switch (row.kind) {
      case 'consolidated':
        fold(sql, { position, stamp: row.hlc }, { ...row.payload, covers: findCovered(row.payload) ?? {} });
        if (isWithdrawn(sql, row.hlc)) withdraw(sql, row.hlc);
        return true;
      case 'withdrawn':
        withdraw(sql, row.payload.consolidation);
        return true;
      case 'conflict':
        inbox.open({ ...row.payload, atMs: stampMillis(row.hlc) });
        return true;
      case 'resolved':
        inbox.settle(row.payload, row.hlc);
        return true;
      default:
        return false;
    }
  };
}

/**
 * Its report file comes as a change like any other. A change belongs to one consolidation that stands: whichever
 * says so first by its stamp, on every replica.
 */
function fold(sql: Sql, { position, stamp }: { position: number; stamp: string }, it: Consolidated): void {
  sql
    .prepare(
      `INSERT INTO consolidations (position, trigger_type, conditions, covers, changes, files, agents, report, locale, report_file, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      position,
      it.trigger_type,
      JSON.stringify(it.conditions),
      JSON.stringify(it.covers),
      it.changes,
      it.files,
      JSON.stringify(it.agents),
      it.report,
      it.locale,
      it.report_file,
      it.report_file === null ? 'skipped' : 'written',
    );
  claim(sql, { position, stamp }, it.covers);
}

/** It was hidden from us when it was taken back. */
const isWithdrawn = (sql: Sql, stamp: string): boolean =>
  sql
    .prepare(
      "SELECT 1 FROM log WHERE kind <> 'modified' AND kind = 'withdrawn' AND json_extract(payload, '$.consolidation') = ?",
    )
    .get(stamp) !== undefined;

/**
 * Its changes are pending again, or in the next report that covers them. Whoever took it back may not have seen the
 * report yet that we wrote: so a report of ours we take out of the file ourselves.
 */
function withdraw(sql: Sql, stamp: string): void {
  const row = sql
    .prepare<{ position: number; node: string }>('SELECT position, node FROM log WHERE stamp = ?')
    .get(stamp);
  if (row === undefined) return;
  const { position, node } = row;
  const work = nodesOf(sql).includes(node) ? 'remove' : null;
  sql
    .prepare(
      `UPDATE consolidations SET state = 'undone', problem = NULL,
         file_work = CASE WHEN report_file IS NULL THEN NULL ELSE ? END WHERE position = ?`,
    )
    .run(work, position);
  unfold(sql, { position, stamp });
}
