/** Which notes are to be indexed again: heard of from the outbox, each with one worker at a time, tried again when they fail. */
import { backoffMs } from '../../../shared/domain/backoff.ts';
import { limits } from '../../../shared/limits.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Sql } from '../ports.ts';
import type { DueNote, NoteEvent, NoteState, WorkQueue } from './knowledge-ports.ts';

export type StuckNote = { note: string; problem: Problem; failures: number; sinceMs: number; nextMs: number };

/** Of one index, in its database: what takes the note off is the transaction that brings in its passages. */
export type NoteQueue = WorkQueue & {
  /** The last event that was heard, and its name. */
  heard(): { position: number; name: string };
  /** Moves on to the last of these events; all in one transaction, so that none is missed. */
  hear(events: readonly NoteEvent[], last: { position: number; name: string }): void;
  /** Makes due what differs from what is indexed, whatever was heard, and what is indexed and no longer there. */
  compare(states: readonly NoteState[]): void;
  /** Makes these due, whatever was heard; what waits after a failure goes on waiting. */
  revisit(notes: readonly string[]): void;
  take(at: { nowMs: number; draw: number }): DueNote | undefined;
  /** What is worked on is due at once, and did not fail. */
  giveBack(): void;
  /** Unix milliseconds at which the next note is due, undefined when none waits. */
  nextMs(): number | undefined;
  /** All that failed, or one of them, are due now. Returns how many. */
  retry(note: string | undefined): number;
  /** Due, whether their time has come or not. */
  behind(): number;
  /** Looked at and in step. */
  done(): number;
  stuck(): StuckNote[];
};

type StuckRow = { note: string; problem: string; failures: number; since_ms: number; next_ms: number };

export function createNoteQueue(sql: Sql): NoteQueue {
  /** These are worked on, with why the last try failed. Kept nowhere: an index has one worker at a time, whose notes are free when it dies. */
  const taken = new Map<string, Problem | undefined>();
  const hear = sql.prepare(
    `INSERT INTO notes (note, news) VALUES (?, ?)
     ON CONFLICT (note) DO UPDATE SET news = max(news, excluded.news, position + 1), next_ms = 0`,
  );
  const known = sql.prepare<{ note: string; content: string | null; news: number; position: number }>(
    'SELECT note, content, news, position FROM notes',
  );
  const next = sql.prepare<DueNote & { problem: string | null }>(
    `SELECT note, news, failures, problem FROM notes
     WHERE news > position AND next_ms <= ? AND note NOT IN (SELECT value FROM json_each(?))
     ORDER BY next_ms, news LIMIT 1`,
  );
  /** Of these a clock that ran ahead says when: nothing waits longer than a failure, or as a server may ask for. */
  const misdated = sql.prepare(
    `UPDATE notes SET next_ms = ?, since_ms = min(since_ms, ?)
     WHERE news > position AND next_ms > ?
       AND (next_ms > ? OR json_extract(problem, '$.code') <> 'rate-limited')`,
  );
  const revisit = sql.prepare('UPDATE notes SET news = max(news, position + 1) WHERE note = ?');
  const nextMs = sql.prepare<{ ms: number | null }>(
    'SELECT min(next_ms) AS ms FROM notes WHERE news > position',
  );
  const tried = sql.prepare(
    `UPDATE notes SET failures = failures + 1, since_ms = coalesce(since_ms, ?), next_ms = ?, problem = ?
     WHERE note = ?`,
  );
  const failed = sql.prepare('UPDATE notes SET next_ms = ?, problem = ? WHERE note = ?');
  const calm = sql.prepare(
    'UPDATE notes SET failures = 0, since_ms = NULL, next_ms = 0, problem = NULL WHERE note = ? AND failures > 0',
  );
  const untried = sql.prepare(
    `UPDATE notes SET failures = failures - 1, since_ms = CASE WHEN failures > 1 THEN since_ms END, next_ms = 0
     WHERE note = ? AND failures > 0`,
  );
  const retry = sql.prepare('UPDATE notes SET next_ms = 0 WHERE failures > 0 AND (+? IS NULL OR note = ?)');
  const behind = sql.prepare<{ count: number }>('SELECT count(*) AS count FROM notes WHERE news > position');
  const done = sql.prepare<{ count: number }>('SELECT count(*) AS count FROM notes WHERE news <= position');
  const stuck = sql.prepare<StuckRow>(
    `SELECT note, problem, failures, since_ms, next_ms FROM notes
     WHERE news > position AND failures >= ? ORDER BY since_ms, note`,
  );

  function compare(states: readonly NoteState[]): void {
    const indexedByNote = new Map(known.all().map((row) => [row.note, row]));
    for (const { note, content, position } of states) {
      const indexed = indexedByNote.get(note);
      indexedByNote.delete(note);
      // What is due already keeps its turn, and its wait after a failure.
      const isDue = indexed !== undefined && indexed.news > indexed.position;
      const isNew = indexed === undefined ? content !== null : indexed.content !== content;
      if (isNew && !isDue) hear.run(note, Math.max(position, (indexed?.position ?? -1) + 1));
    }
    // Notes of another log that was here before.
    for (const [note, { content, position }] of indexedByNote)
      if (content !== null) hear.run(note, position + 1);
  }

  return {
    heard: () => ({ position: Number(readMeta(sql, 'heard') ?? 0), name: readMeta(sql, 'heard-name') ?? '' }),
    hear(events, last) {
      sql.transaction(() => {
        for (const { note, position } of events) hear.run(note, position);
        writeMeta(sql, 'heard', String(last.position));
        writeMeta(sql, 'heard-name', last.name);
      });
    },
    compare: (states) => sql.transaction(() => compare(states)),
    revisit(notes) {
      if (notes.length > 0)
        sql.transaction(() => {
          for (const note of notes) revisit.run(note);
        });
    },
    take({ nowMs, draw }) {
      misdated.run(nowMs, nowMs, nowMs + limits.retryLongestMs, nowMs + limits.embeddingHoldMs);
      const found = next.get(nowMs, JSON.stringify([...taken.keys()]));
      if (found === undefined) return undefined;
      const { problem: before, ...due } = found;
      const nextTryMs = nowMs + backoffMs(due.failures + 1, draw);
      tried.run(nowMs, nextTryMs, JSON.stringify(notEnded(due.note)), due.note);
      taken.set(due.note, before === null ? undefined : (JSON.parse(before) as Problem));
      return due;
    },
    finished({ note }) {
      taken.delete(note);
      // The index took it off with its passages, unless somebody else had brought a newer state.
      calm.run(note);
    },
    giveBack() {
      const notes = [...taken.keys()];
      taken.clear();
      if (notes.length > 0) sql.transaction(() => notes.forEach((note) => void untried.run(note)));
    },
    nextMs: () => nextMs.get()?.ms ?? undefined,
    failed(due, problem, { nowMs, waitMs }) {
      taken.delete(due.note);
      failed.run(nowMs + waitMs, JSON.stringify(problem), due.note);
    },
    retry: (note) => retry.run(note ?? null, note ?? null).changes,
    behind: () => behind.get()?.count ?? 0,
    done: () => done.get()?.count ?? 0,
    stuck: () =>
      stuck.all(limits.stuckFailures).map((row) => ({
        note: row.note,
        problem: taken.has(row.note)
          ? atWork(row.note, taken.get(row.note))
          : (JSON.parse(row.problem) as Problem),
        failures: row.failures,
        sinceMs: row.since_ms,
        nextMs: row.next_ms,
      })),
  };
}

/** Of a note that somebody works on, who may take long; `before` is why the last try failed. */
export const atWork = (note: string, before?: Problem): Problem =>
  problem(
    'paused',
    note,
    `${note} is being indexed now.${before === undefined ? '' : ` The last try failed: ${before.message}`}`,
    before?.advice ?? 'A slow server takes its time; it is found as soon as that is done.',
  );

const notEnded = (note: string): Problem =>
  problem(
    'internal',
    note,
    `The last try to index ${note} has not come to its end.`,
    'If it is not at it now, Skein ended in the middle, for want of memory perhaps: make the note smaller. It is tried again.',
  );
