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
import type { DueNote, WorkQueue } from '../engine/knowledge/knowledge-ports.ts';
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
  /** The fence under which the last outcome of a note came to the index; undefined of one that it does not know. */
  positionOf(note: string): number | undefined;
  /** So many notes were brought to the index while this worker runs, and it does not have them: they are due again. */
  lost?(notes: number): void;
};

type IndexRow = { heard: string; outbox_name: string; compared: string; is_compare_due: boolean };
type TakenRow = { note_id: string; news: string; fence: string; failures: number };

export function createOutboxQueue(deps: OutboxQueueDeps): OutboxQueue {
  const { connection, index, worker, positionOf } = deps;
  /** What is worked on, and the news that each note was taken for. */
  const newsByNote = new Map<string, string>();
  let taking: Promise<unknown> = Promise.resolve();
  /** A worker that starts compares, too: what was changed by hand is put right by starting it again. */
  let hasCompared = false;
  /** The comparison, whoever made it, after which this worker looked for what its index lost. */
  let lookedAfter: string | undefined;

  /** The last comparison; undefined when another worker is at it. */
  async function hear(query: Query): Promise<string | undefined> {
    await query(makeIndex, [index]);
    const [known] = await query<IndexRow>(lockIndex, [index, limits.outboxCompareMs]);
    if (known === undefined) return undefined;
    const [server] = await query<{ name: string }>(nameServer);
    if (known.outbox_name !== server?.name) await begin(query, index, server?.name ?? '');
    else await hearEvents(query, index, known.heard);
    if (known.is_compare_due || !hasCompared) await compare(query, index);
    if (known.compared !== lookedAfter) {
      const lost = await askForLost(query, index, positionOf);
      if (lost > 0 && hasCompared) deps.lost?.(lost);
    }
    return known.compared;
  }

  return {
    async hear() {
      // Only now: what is not committed has not happened.
      const compared = await connection.transaction(hear);
      if (compared === undefined) return;
      hasCompared = true;
      lookedAfter = compared;
    },
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
  SELECT heard::text, outbox_name, coalesce(compared_at::text, 'never') AS compared,
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
 * Makes due what an index does not have though it was brought there: it lies on another machine, which may have lost what
 * was written last in a power failure, or was put back from a backup, or a worker on a copy of it takes the work of the same name. A worker writes there before it says so here, so
 * what is read there after this is never too old.
 */
async function askForLost(
  query: Query,
  index: string,
  positionOf: OutboxQueueDeps['positionOf'],
): Promise<number> {
  const done = await query<{ note_id: string; fence: string }>(
    'SELECT note_id, fence::text FROM skein.queue WHERE index_name = $1 AND news = done',
    [index],
  );
  const lost = done.filter(({ note_id, fence }) => (positionOf(note_id) ?? -1) < Number(fence));
  if (lost.length === 0) return 0;
  await query('UPDATE skein.queue SET news = news + 1 WHERE index_name = $1 AND note_id = ANY ($2)', [
    index,
    lost.map(({ note_id }) => note_id),
  ]);
  return lost.length;
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
