/** How the queues of an outbox stand, as people see them, and what they can do about it. */
import { limits } from '../../shared/limits.ts';
import { type Problem, problem } from '../../shared/result.ts';
import { atWork, type StuckNote } from '../engine/knowledge/note-queue.ts';
import { outboxChannel, type Query } from './outbox-connection.ts';

/** How the work of one index stands, or of all that this PostgreSQL knows. */
export type OutboxStanding = {
  index: string;
  /** Notes that are there and indexed. */
  notes: number;
  /** To be indexed, whether their time has come or not; and of these such that failed. */
  behind: number;
  failing: number;
  /** Milliseconds until the next of them can be taken; infinity where there is none. */
  dueInMs: number;
  stuck: StuckNote[];
};

type StandingRow = {
  index_name: string;
  notes: number;
  behind: number;
  failing: number;
  due_in_ms: number | null;
};
type StuckRow = {
  index_name: string;
  note_id: string;
  failures: number;
  since_ms: number;
  next_ms: number;
  problem: Problem | null;
  is_at_work: boolean;
};

export async function readStandings(query: Query, index?: string): Promise<OutboxStanding[]> {
  const standings = await query<StandingRow>(
    `SELECT i.index_name, count(q.content)::int AS notes,
       (count(*) FILTER (WHERE q.news > q.done))::int AS behind,
       (count(*) FILTER (WHERE q.news > q.done AND q.failures > 0 AND q.taken_by IS NULL))::int AS failing,
       (extract(epoch FROM min(greatest(q.next_at, now())) FILTER (WHERE q.news > q.done) - now()) * 1000)::float8
         AS due_in_ms
     FROM skein.indexes i LEFT JOIN skein.queue q USING (index_name)
     WHERE $1::text IS NULL OR i.index_name = $1 GROUP BY i.index_name ORDER BY i.index_name`,
    [index ?? null],
  );
  const stuck = await query<StuckRow>(
    `SELECT index_name, note_id, failures, problem, taken_by IS NOT NULL AND next_at > now() AS is_at_work,
       (extract(epoch FROM failing_since) * 1000)::float8 AS since_ms,
       (extract(epoch FROM greatest(next_at, now())) * 1000)::float8 AS next_ms
     FROM skein.queue WHERE news > done AND failures >= $2 AND ($1::text IS NULL OR index_name = $1)
     ORDER BY failing_since, note_id`,
    [index ?? null, limits.stuckFailures],
  );
  return standings.map((row) => ({
    index: row.index_name,
    notes: row.notes,
    behind: row.behind,
    failing: row.failing,
    dueInMs: row.due_in_ms ?? Number.POSITIVE_INFINITY,
    stuck: stuck.filter((it) => it.index_name === row.index_name).map(toStuck),
  }));
}

const toStuck = ({ note_id, problem, is_at_work, failures, since_ms, next_ms }: StuckRow): StuckNote => ({
  note: note_id,
  problem: problem ?? (is_at_work ? atWork : notEnded)(note_id),
  failures,
  sinceMs: since_ms,
  nextMs: next_ms,
});

/** All that failed, or one of them, are due now; of all indexes. Wakes the workers. Returns how many notes. */
export async function retryNotes(query: Query, note: string | undefined): Promise<number> {
  const retried = await query<{ note_id: string }>(
    `WITH retried AS (
       UPDATE skein.queue SET next_at = '-infinity'
       WHERE news > done AND failures > 0 AND taken_by IS NULL AND ($1::text IS NULL OR note_id = $1)
       RETURNING note_id)
     SELECT note_id, pg_notify($2, '') FROM retried`,
    [note ?? null, outboxChannel],
  );
  return new Set(retried.map(({ note_id }) => note_id)).size;
}

const notEnded = (note: string): Problem =>
  problem(
    'internal',
    note,
    `The last try to index ${note} has not come to its end.`,
    'If no worker is at it now, one ended in the middle, for want of memory perhaps: make the note smaller. It is tried again.',
  );
