/**
 * Which notes of a PostgreSQL are to be indexed, for one index, kept in the tables of the schema `skein` there, so that
 * any number of workers share it (`docs/decisions/0032-outbox-in-postgresql.md`).
 *
 * Nothing is missed because numbers of a sequence are committed out of order: what was heard is told by the transaction
 * of an event, not by its number. All transactions before `indexes.heard` have ended and were heard; of those after it,
 * which may still be joined by others, `heard` names each event.
 *
 * A note that is taken is leased: until `next_at` nobody else takes it. Each taking has a greater `fence` than the one
 * before, which is the position under which its outcome goes to the index, so what a worker brings too late is refused
 * there.
 */
import { limits } from '../../shared/limits.ts';
import { type Problem, problem } from '../../shared/result.ts';
import type { DueNote, WorkQueue } from '../engine/knowledge/knowledge-ports.ts';
import { atWork, type StuckNote } from '../engine/knowledge/note-queue.ts';
import type { OutboxConnection, Query } from './outbox-connection.ts';
import { pgJson } from './pg-json.ts';

export type OutboxQueue = WorkQueue & {
  /** Makes due what events tell of, and from time to time whatever differs without an event. */
  hear(): Promise<void>;
  /** What this worker has taken stays with it. */
  renew(): Promise<void>;
  /** What this worker has taken is free for others at once. */
  giveBack(): Promise<void>;
};

export type OutboxQueueDeps = {
  connection: OutboxConnection;
  /** Names the index; workers that fill the same one share its work. */
  index: string;
  /** Names the worker, among all that there ever are. */
  worker: string;
};

type IndexRow = { heard: string; outbox_name: string; is_compare_due: boolean };
type TakenRow = { note_id: string; news: string; fence: string; failures: number };

export function createOutboxQueue({ connection, index, worker }: OutboxQueueDeps): OutboxQueue {
  /** What is worked on, and the news that each note was taken for. */
  const newsByNote = new Map<string, string>();
  let taking: Promise<unknown> = Promise.resolve();
  /** A worker that starts compares, too: what was changed by hand is put right by starting it again. */
  let hasCompared = false;

  async function hear(query: Query): Promise<void> {
    await query(makeIndex, [index]);
    const [known] = await query<IndexRow>(lockIndex, [index, limits.outboxCompareMs]);
    // Another worker is at it.
    if (known === undefined) return;
    const [server] = await query<{ name: string }>(nameServer);
    if (known.outbox_name !== server?.name) await begin(query, index, server?.name ?? '');
    else await hearEvents(query, index, known.heard);
    if (known.is_compare_due || !hasCompared) await compare(query, index);
    hasCompared = true;
  }

  return {
    hear: () => connection.transaction(hear),
    take() {
      // One after another, since what is worked on already is not taken again.
      const taken = taking.then(takeNext);
      taking = taken.catch(() => {});
      return taken;
    },
    async finished(due, content) {
      await connection.query(finish, [...leaseOf(due), content]);
    },
    async failed(due, why, { waitMs }) {
      await connection.query(fail, [...leaseOf(due), pgJson(why), waitMs]);
    },
    renew: async () => void (await connection.query(renew, [index, worker, limits.outboxLeaseMs])),
    giveBack: async () => void (await connection.query(giveBack, [index, worker])),
  };

  async function takeNext(): Promise<DueNote | undefined> {
    const atWork = [...newsByNote.keys()];
    const [row] = await connection.query<TakenRow>(take, [index, worker, limits.outboxLeaseMs, atWork]);
    if (row === undefined) return undefined;
    newsByNote.set(row.note_id, row.news);
    return { note: row.note_id, news: Number(row.fence), failures: row.failures - 1 };
  }

  /** Ends the work on it. Who lost the note to another worker changes nothing. */
  function leaseOf({ note, news }: DueNote): unknown[] {
    const takenFor = newsByNote.get(note) ?? 0;
    newsByNote.delete(note);
    return [index, note, worker, news, takenFor];
  }
}

const makeIndex = 'INSERT INTO skein.indexes (index_name) VALUES ($1) ON CONFLICT DO NOTHING';

const lockIndex = `
  SELECT heard::text, outbox_name,
    compared_at IS NULL OR compared_at < now() - $2 * interval '1 ms' AS is_compare_due
  FROM skein.indexes WHERE index_name = $1 FOR UPDATE SKIP LOCKED`;

/** Another database in the place of the known one, also one that was put back from a backup, has another name. */
const nameServer = `
  SELECT concat_ws('/', s.system_identifier, c.timeline_id, d.oid) AS name
  FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d WHERE d.datname = current_database()`;

/** What is heard of a note that somebody works on makes it due again once that is over. */
const hearAgain = `
  ON CONFLICT (index_name, note_id) DO UPDATE SET news = q.news + 1,
    next_at = CASE WHEN q.taken_by IS NULL THEN '-infinity' ELSE q.next_at END`;

async function hearEvents(query: Query, index: string, heard: string): Promise<void> {
  const [found] = await query<{ events: number }>(
    `WITH horizon AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS first_open),
     events AS MATERIALIZED (
       SELECT o.event_id, o.note_id::text AS note_id, o.transaction_id FROM outbox o
       WHERE o.transaction_id >= $2::xid8 AND o.note_id IS NOT NULL AND NOT EXISTS
         (SELECT FROM skein.heard h WHERE h.index_name = $1 AND h.event_id = o.event_id)),
     early AS (
       INSERT INTO skein.heard (index_name, event_id, transaction_id)
       SELECT $1, event_id, transaction_id FROM events, horizon WHERE transaction_id >= first_open),
     due AS (
       INSERT INTO skein.queue AS q (index_name, note_id)
       SELECT $1, note_id FROM events GROUP BY note_id ORDER BY note_id ${hearAgain}),
     moved AS (
       UPDATE skein.indexes SET heard = first_open FROM horizon
       WHERE index_name = $1 AND EXISTS (SELECT FROM events))
     SELECT count(*)::int AS events FROM events`,
    [index, heard],
  );
  if (found?.events === 0) return;
  await query(
    `DELETE FROM skein.heard h USING skein.indexes i
     WHERE i.index_name = $1 AND h.index_name = $1 AND h.transaction_id < i.heard`,
    [index],
  );
}

/** Every note is looked at: the index may know a later state of it than this outbox, or none. */
async function begin(query: Query, index: string, name: string): Promise<void> {
  await query(
    `UPDATE skein.indexes SET heard = pg_snapshot_xmin(pg_current_snapshot()), outbox_name = $2
     WHERE index_name = $1`,
    [index, name],
  );
  await query('DELETE FROM skein.heard WHERE index_name = $1', [index]);
  await query('UPDATE skein.queue SET news = news + 1 WHERE index_name = $1', [index]);
  await query(
    `INSERT INTO skein.queue (index_name, note_id)
     SELECT $1, id::text FROM notes WHERE deleted IS NOT TRUE AND id IS NOT NULL ON CONFLICT DO NOTHING`,
    [index],
  );
}

/** What is due already keeps its turn, and its wait after a failure. */
async function compare(query: Query, index: string): Promise<void> {
  await query(
    `INSERT INTO skein.queue AS q (index_name, note_id)
     SELECT $1, note_id FROM
       (SELECT id::text AS note_id,
          CASE WHEN deleted IS NOT TRUE THEN encode(sha256(convert_to(content, 'UTF8')), 'hex') END AS content
        FROM notes WHERE id IS NOT NULL) AS is_now
       FULL JOIN (SELECT note_id, content, news > done AS is_due FROM skein.queue WHERE index_name = $1)
         AS was USING (note_id)
     WHERE is_now.content IS DISTINCT FROM was.content AND was.is_due IS NOT TRUE
     ORDER BY note_id ${hearAgain}`,
    [index],
  );
  await query('UPDATE skein.indexes SET compared_at = now() WHERE index_name = $1', [index]);
}

/**
 * Longest waiting first. What the worker still has it was interrupted at: it goes on, and that is no further try.
 */
const take = `
  WITH next AS (
    SELECT note_id FROM skein.queue
    WHERE index_name = $1 AND news > done AND (next_at <= now() OR taken_by = $2) AND note_id <> ALL ($4)
    ORDER BY next_at, note_id LIMIT 1 FOR UPDATE SKIP LOCKED)
  UPDATE skein.queue q SET taken_by = $2, next_at = now() + $3 * interval '1 ms',
    fence = greatest(q.fence + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint),
    failures = q.failures + (q.taken_by IS DISTINCT FROM $2)::int,
    failing_since = coalesce(q.failing_since, now()), problem = NULL
  FROM next WHERE q.index_name = $1 AND q.note_id = next.note_id
  RETURNING q.note_id, q.news::text, q.fence::text, q.failures`;

const ofLease = 'index_name = $1 AND note_id = $2 AND taken_by = $3 AND fence = $4';

const finish = `
  UPDATE skein.queue SET done = $5, content = $6, taken_by = NULL, next_at = '-infinity',
    failures = 0, failing_since = NULL, problem = NULL
  WHERE ${ofLease}`;

const fail = `
  UPDATE skein.queue SET taken_by = NULL, problem = $6::jsonb,
    next_at = CASE WHEN news > $5 THEN '-infinity' ELSE now() + $7 * interval '1 ms' END
  WHERE ${ofLease}`;

const renew = `
  UPDATE skein.queue SET next_at = now() + $3 * interval '1 ms' WHERE index_name = $1 AND taken_by = $2`;

const giveBack = `
  UPDATE skein.queue SET taken_by = NULL, next_at = '-infinity', failures = failures - 1,
    failing_since = CASE WHEN failures > 1 THEN failing_since END
  WHERE index_name = $1 AND taken_by = $2`;

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

/** All that failed, or one of them, are due now; of all indexes. Returns how many notes. */
export async function retryNotes(query: Query, note: string | undefined): Promise<number> {
  const retried = await query<{ note_id: string }>(
    `UPDATE skein.queue SET next_at = '-infinity'
     WHERE news > done AND failures > 0 AND taken_by IS NULL AND ($1::text IS NULL OR note_id = $1)
     RETURNING note_id`,
    [note ?? null],
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
