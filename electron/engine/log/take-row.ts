/** Rows of other replicas on their way into the log: as they are, in their own node's sequence. */
import type { FileRow, Row } from '../../../shared/contracts/peer-protocol.ts';
import { gitAgent } from '../../../shared/domain/movement.ts';
import { stampMillis } from '../../../shared/domain/stamp.ts';
import type { Sql, SqlValue } from '../ports.ts';
import { needsNoReport } from './append.ts';
import { createHeads } from './heads.ts';

/**
 * Why a change is in the log and in no file: it waits for approval, was rejected, or is of no file that we take; then
 * it may have to wait besides, once we take it.
 */
export const hold = { none: 0, waiting: 1, rejected: 2, leftOut: 3, leftOutWaiting: 4 } as const;
export type Hold = (typeof hold)[keyof typeof hold];

/** What this replica adds to a row: the link that it came over, and what keeps it from the file. */
export type Annotation = { via: string; held: Hold };

/** Row ids of the contents that a row names. */
export type ContentIds = { content: number | null; previous: number | null };

/** Takes the rows of one transaction. */
export type RowTaker = {
  /** Inserts the row; returns its position. */
  take(row: Row, ids: ContentIds, annotation: Annotation): number;
  /** As `take`, in the place where the row was hidden so far. The heads of its file have to be derived anew then. */
  reveal(row: Row, ids: ContentIds, annotation: Annotation): number;
  /** Moves the heads of all files whose rows were taken. */
  finish(): void;
};

export const noContents: ContentIds = { content: null, previous: null };

/** Makes the taker of each transaction. */
export function createRowTakers(sql: Sql): () => RowTaker {
  const heads = createHeads(sql);
  const insert = sql.prepare(
    `INSERT INTO log (position, stamp, at_ms, node, sequence, kind, path, class, content, previous, parents, agent, source,
       evidence, baseline, consolidation, payload, merge, held, via)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const hidden = sql.prepare("DELETE FROM log WHERE position = ? AND kind = 'hidden'");
  const byStamp = sql.prepare<{ position: number }>('SELECT position FROM log WHERE stamp = ?');
  const known = sql.prepare('UPDATE files SET versions = versions + ? WHERE path = ?');

  function fileColumns(row: FileRow, ids: ContentIds, { held, via }: Annotation): SqlValue[] {
    const [decisive] = row.evidence;
    return [
      row.path,
      row.class,
      ids.content,
      ids.previous,
      row.parents.join(','),
      decisive?.agent ?? 'unknown',
      decisive?.source ?? 'none',
      JSON.stringify(row.evidence),
      row.baseline === true ? 1 : 0,
      row.joins === undefined ? reportOf(row) : needsNoReport,
      null,
      row.joins === undefined ? 0 : row.joins === 'merge' ? 1 : 2,
      held,
      via,
    ];
  }

  /** The write of a report belongs to its consolidation, and waits for no other; what else Skein wrote waits for none, nor what git moved. */
  function reportOf({ report_of: stamp, evidence: [decisive] }: FileRow): number | null {
    if (stamp !== undefined) return byStamp.get(stamp)?.position ?? needsNoReport;
    const isNobodys = decisive?.source === 'skein' || decisive?.agent === gitAgent;
    return isNobodys ? needsNoReport : null;
  }

  function put(position: number | null, row: Row, ids: ContentIds, annotation: Annotation): number {
    const place = [position, row.hlc, stampMillis(row.hlc), row.node, row.sequence, row.kind];
    if (!isFileRow(row)) {
      const payload = payloadOf(row);
      const empty = [null, null, null, null, '', '', 'none', '[]', 0, null, payload, 0, 0, annotation.via];
      return insert.run(...place, ...empty).lastPosition;
    }
    return insert.run(...place, ...fileColumns(row, ids, annotation)).lastPosition;
  }

  return () => {
    const moves = heads.together();
    const takenByPath = new Map<string, number>();
    const count = (row: Row): void => {
      if (isFileRow(row)) takenByPath.set(row.path, (takenByPath.get(row.path) ?? 0) + 1);
    };
    return {
      take(row, ids, annotation) {
        count(row);
        if (isFileRow(row)) moves.advance(row.path, row.hlc, row.parents);
        return put(null, row, ids, annotation);
      },
      reveal(row, ids, annotation) {
        count(row);
        const position = byStamp.get(row.hlc)?.position ?? null;
        hidden.run(position);
        return put(position, row, ids, annotation);
      },
      finish() {
        moves.write();
        for (const [path, taken] of takenByPath) known.run(taken, path);
      },
    };
  };
}

/** Of a hidden row it tells whether somebody refused it. */
function payloadOf(row: Row): string | null {
  if (row.kind === 'hidden') return row.refused === true ? '{"refused":true}' : null;
  return 'payload' in row ? JSON.stringify(row.payload) : null;
}

export const isFileRow = (row: Row): row is FileRow =>
  row.kind === 'created' || row.kind === 'modified' || row.kind === 'deleted';
