/** How an index stands, as people see it. */
import type { Sql } from '../ports.ts';

export type NoteStanding = 'current' | 'behind' | 'stuck' | 'left-out';

export type IndexedNoteFacts = {
  note: string;
  passages: number;
  state: NoteStanding;
  /** Why it is stuck or left out. */
  reason: string | null;
  indexedMs: number | null;
};

export type IndexFacts = {
  /** Notes that have passages, and these. */
  notes: number;
  passages: number;
  lastIndexedMs: number | null;
};

type NoteRow = {
  note: string;
  passages: number;
  due: number;
  failures: number;
  left_out: string | null;
  problem: string | null;
  indexed_ms: number | null;
};

export function readIndexFacts(sql: Sql): IndexFacts {
  const row = sql
    .prepare<IndexFacts>(
      `SELECT (SELECT count(*) FROM notes WHERE content IS NOT NULL) AS notes,
         (SELECT count(*) FROM chunks) AS passages,
         (SELECT max(indexed_ms) FROM notes) AS lastIndexedMs`,
    )
    .get();
  return row ?? { notes: 0, passages: 0, lastIndexedMs: null };
}

/** Bytes of the text of all passages: what a model would have to read. */
export const readTextBytes = (sql: Sql): number =>
  sql
    .prepare<{ bytes: number | null }>(
      'SELECT sum(octet_length(text) + octet_length(headings)) AS bytes FROM words',
    )
    .get()?.bytes ?? 0;

/** Those that are there or on their way, by name; `stuckFailures` in a row make one stuck. */
export function listIndexedNotes(sql: Sql, stuckFailures: number): IndexedNoteFacts[] {
  const rows = sql
    .prepare<NoteRow>(
      `SELECT n.note, count(c.id) AS passages, n.news > n.position AS due, n.failures, n.left_out, n.problem, n.indexed_ms
       FROM notes n LEFT JOIN chunks c ON c.note = n.id
       WHERE n.content IS NOT NULL OR n.news > n.position GROUP BY n.id ORDER BY n.note`,
    )
    .all();
  return rows.map((row) => ({
    note: row.note,
    passages: row.passages,
    indexedMs: row.indexed_ms,
    ...standing(row, stuckFailures),
  }));
}

function standing(row: NoteRow, stuckFailures: number): Pick<IndexedNoteFacts, 'state' | 'reason'> {
  if (row.due === 1 && row.failures >= stuckFailures)
    return { state: 'stuck', reason: messageOf(row.problem) };
  if (row.due === 1) return { state: 'behind', reason: messageOf(row.problem) };
  return row.left_out === null
    ? { state: 'current', reason: null }
    : { state: 'left-out', reason: row.left_out };
}

const messageOf = (problem: string | null): string | null =>
  problem === null ? null : (JSON.parse(problem) as { message: string }).message;
