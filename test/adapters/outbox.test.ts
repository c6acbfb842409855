/** The outbox of a real PostgreSQL on its way into an index: nothing missed, nothing twice, whoever dies on the way. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { OutboxConnection } from '../../electron/adapters/outbox-connection.ts';
import { createOutboxNotes } from '../../electron/adapters/outbox-notes.ts';
import { createOutboxQueue, type OutboxQueue } from '../../electron/adapters/outbox-queue.ts';
import { readStandings, retryNotes } from '../../electron/adapters/outbox-standing.ts';
import { openIndex } from '../../electron/engine/knowledge/index-schema.ts';
import { createPositionOf } from '../../electron/engine/knowledge/index-target.ts';
import type { KnowledgeIndex } from '../../electron/engine/knowledge/knowledge-index.ts';
import type { Sql } from '../../electron/engine/ports.ts';
import { limits } from '../../shared/limits.ts';
import { problem } from '../../shared/result.ts';
import {
  contentsOf,
  freshContents,
  openIndexSql,
  openOver,
  strayRows,
} from '../engine/knowledge/index-fixture.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeEmbedder, type FakeEmbedder } from '../support/fake-embedder.ts';
import { createFakeNotes } from '../support/fake-notes.ts';
import { makeOutbox, type OutboxPlace } from '../support/outbox-place.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../support/postgres-server.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { until } from '../support/until.ts';

const whyNot = postgresMissing === undefined ? '' : ` (skipped: ${postgresMissing})`;
const busy = problem('peer-unreachable', 'the model', 'The model does not answer.', 'It is tried again.');

type Worker = {
  queue: OutboxQueue;
  index: KnowledgeIndex;
  embedder: FakeEmbedder;
  connection: OutboxConnection;
};

let workers = 0;

/** A worker that fills the index in `sql`, which others may fill, too. */
function makeWorker(place: OutboxPlace, sql: Sql, embedder = createFakeEmbedder()): Worker {
  const connection = place.connect();
  workers += 1;
  openIndex(sql);
  const queue = createOutboxQueue({
    connection,
    index: 'an index',
    worker: `worker ${workers}`,
    positionOf: createPositionOf(sql),
  });
  const notes = { notes: createOutboxNotes(connection, nodeCodec), queue, hear: queue.hear };
  return { queue, embedder, connection, index: openOver(sql, { notes, embedder, clock: createFakeClock() }) };
}

function makeIndexSql(): Sql {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  return sql;
}

async function expectFresh(place: OutboxPlace, sql: Sql): Promise<void> {
  const notes = createFakeNotes();
  for (const { id, content } of await place.run('SELECT id, content FROM notes WHERE NOT deleted'))
    notes.write(String(id), String(content));
  expect(contentsOf(sql)).toEqual(await freshContents(notes, createFakeEmbedder()));
  expect(strayRows(sql)).toBe(0);
}

const textsOf = (sql: Sql): string[] => (contentsOf(sql) as { text: string }[]).map(({ text }) => text);
const standingOf = async ({ connection }: Worker) => (await readStandings(connection.query, 'an index'))[0];

/** The lease of whoever has a note runs out, as if that much time had passed. */
const letLeasesRunOut = (place: OutboxPlace) =>
  place.run(`UPDATE skein.queue SET next_at = now() - interval '1 s' WHERE taken_by IS NOT NULL`);
/** What failed has its turn. */
const letTimePass = (place: OutboxPlace) => place.run(`UPDATE skein.queue SET next_at = '-infinity'`);

describe.skipIf(postgresMissing !== undefined)(`an outbox in PostgreSQL${whyNot}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  test('tells of each type of event, and the note is indexed as it is now', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    const { index } = makeWorker(place, sql);
    await place.write('a.md', 'before the first start');
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['before the first start']);
    await place.write('a.md', 'two');
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['two']);
    await place.delete('a.md');
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual([]);
    await place.write('a.md', 'two');
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['two']);
    await place.run(`DELETE FROM notes WHERE id = 'a.md'`);
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual([]);
    expect(await place.run('SELECT event_type FROM outbox ORDER BY event_id')).toMatchObject(
      ['NoteCreated', 'NoteUpdated', 'NoteDeleted', 'NoteRestored', 'NoteDeleted'].map((event_type) => ({
        event_type,
      })),
    );
  });

  test('is written to by nobody but who owns it: the role of the workers only reads notes and events', async () => {
    const place = await makeOutbox(server);
    const { connection } = makeWorker(place, makeIndexSql());
    for (const statement of [
      `INSERT INTO notes VALUES ('a', 'b')`,
      'UPDATE notes SET deleted = true',
      'DELETE FROM notes',
      'DELETE FROM outbox',
      `UPDATE outbox SET note_id = 'b'`,
    ])
      await expect(connection.query(statement)).rejects.toMatchObject({ problem: { code: 'no-permission' } });
  });

  test('loses no event whose number is lower than one that was heard before it was committed', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    const { index, connection } = makeWorker(place, sql);
    await index.indexer.catchUp();
    const slow = await place.openSession();
    await slow.query('BEGIN');
    await slow.query(`INSERT INTO notes VALUES ('low.md', 'low')`);
    await place.write('high.md', 'high');
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['high']);
    await place.write('higher.md', 'higher');
    await index.indexer.catchUp();
    await slow.query('COMMIT');
    const [low, high] = await place.run(
      `SELECT event_id::int, note_id FROM outbox ORDER BY event_id LIMIT 2`,
    );
    expect([low, high]).toEqual([
      { event_id: 1, note_id: 'low.md' },
      { event_id: 2, note_id: 'high.md' },
    ]);
    await index.indexer.catchUp();
    expect(textsOf(sql).sort()).toEqual(['high', 'higher', 'low']);
    // What is remembered of single events goes once nothing can come in before them.
    await place.write('last.md', 'last');
    await index.indexer.catchUp();
    expect(await connection.query('SELECT * FROM skein.heard')).toEqual([]);
    await expectFresh(place, sql);
  });

  test('loses none among many writers that commit in any order', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    const { index, embedder } = makeWorker(place, sql);
    await index.indexer.catchUp();
    const random = createSeededRandom(11);
    const open = await Promise.all(
      [1, 2, 3, 4].map(async () => ({ client: await place.openSession(), isOpen: false })),
    );
    for (let step = 0; step < 150; step += 1) {
      const writer = random.pick(open);
      const { client, isOpen } = writer;
      if (!isOpen) await client.query('BEGIN');
      if (!isOpen) await client.query(`INSERT INTO notes VALUES ($1, $2)`, [`${step}.md`, `text ${step}`]);
      else await client.query(random.chance(0.8) ? 'COMMIT' : 'ROLLBACK');
      writer.isOpen = !isOpen;
      if (random.chance(0.3)) await index.indexer.catchUp();
    }
    for (const { client, isOpen } of open) if (isOpen) await client.query('COMMIT');
    await index.indexer.catchUp();
    await expectFresh(place, sql);
    // Each once: no event was found only because everything was compared, nor heard twice.
    expect(new Set(embedder.asked).size).toBe(embedder.asked.length);
  });

  test('is heard though an event is forgotten: a worker that starts compares all', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    await place.write('a.md', 'one');
    await makeWorker(place, sql).index.indexer.catchUp();
    await place.run('ALTER TABLE notes DISABLE TRIGGER ALL');
    await place.write('a.md', 'two');
    await place.write('b.md', 'new');
    await makeWorker(place, sql).index.indexer.catchUp();
    await expectFresh(place, sql);
    await place.run('DELETE FROM notes');
    await makeWorker(place, sql).index.indexer.catchUp();
    expect(textsOf(sql)).toEqual([]);
  });

  test('that is another one, from a backup say, has every note looked at again, and embeds none twice', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    const { index, embedder } = makeWorker(place, sql);
    await place.write('a.md', 'one');
    await index.indexer.catchUp();
    // The index knows a later state than the notes that were put back, and what the tables remember fits to these.
    const [row] = await place.run('SELECT content FROM skein.queue');
    await place.write('a.md', 'later than the backup');
    await index.indexer.catchUp();
    await place.run('ALTER TABLE notes DISABLE TRIGGER ALL');
    await place.write('a.md', 'one');
    await place.run('UPDATE skein.queue SET content = $1, fence = 1', [row?.['content']]);
    await place.run(`UPDATE skein.indexes SET outbox_name = 'the one before'`);
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['one']);
    expect(embedder.asked).toEqual(['one', 'later than the backup']);
  });

  test('gives an index anew what it lost, as a power failure of its machine or a backup makes it do', async () => {
    const place = await makeOutbox(server);
    const [earlier, now] = [makeIndexSql(), makeIndexSql()];
    await place.write('a.md', 'one');
    await place.write('b.md', 'stays');
    await makeWorker(place, earlier).index.indexer.catchUp();
    await place.write('a.md', 'two');
    await place.write('c.md', 'new');
    await makeWorker(place, now).index.indexer.catchUp();
    await expectFresh(place, now);
    const { index, embedder } = makeWorker(place, earlier);
    await index.indexer.catchUp();
    await expectFresh(place, earlier);
    expect(embedder.asked.toSorted()).toEqual(['new', 'two']);
  });

  test('is compared at the next look when the first could not be ended', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    await makeWorker(place, sql).index.indexer.catchUp();
    await place.run('ALTER TABLE notes DISABLE TRIGGER ALL');
    await place.write('a.md', 'without an event');
    await place.run(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
      CREATE CONSTRAINT TRIGGER late AFTER INSERT ON skein.queue DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()`);
    const { queue, index } = makeWorker(place, sql);
    await expect(queue.hear()).rejects.toThrow();
    await place.run('DROP TRIGGER late ON skein.queue');
    await index.indexer.catchUp();
    await expectFresh(place, sql);
  });

  describe('two workers', () => {
    test('share the work: each note is embedded once, by either', async () => {
      const place = await makeOutbox(server);
      const sql = makeIndexSql();
      const [one, two] = [makeWorker(place, sql), makeWorker(place, sql)];
      const both = () => Promise.all([one, two].map(({ index }) => index.indexer.catchUp()));
      for (let nth = 0; nth < 40; nth += 1) await place.write(`${nth}.md`, `text ${nth}`);
      await both();
      for (let nth = 0; nth < 40; nth += 2) await place.write(`${nth}.md`, `again ${nth}`);
      await both();
      const asked = [...one.embedder.asked, ...two.embedder.asked];
      expect(asked).toHaveLength(60);
      expect(new Set(asked).size).toBe(60);
      expect(one.embedder.asked.length).toBeGreaterThan(0);
      expect(two.embedder.asked.length).toBeGreaterThan(0);
      await expectFresh(place, sql);
    });

    test('never have the same note; that of one that died is taken by the other when its lease is over', async () => {
      const place = await makeOutbox(server);
      const sql = makeIndexSql();
      const [dead, alive] = [makeWorker(place, sql), makeWorker(place, sql)];
      await place.write('a.md', 'one');
      await dead.queue.hear();
      expect(await dead.queue.take({ nowMs: 0, draw: 0 })).toMatchObject({ note: 'a.md', failures: 0 });
      await alive.index.indexer.catchUp();
      // News do not set it free either.
      await place.write('a.md', 'two');
      await alive.index.indexer.catchUp();
      expect(textsOf(sql)).toEqual([]);
      await letLeasesRunOut(place);
      await alive.index.indexer.catchUp();
      expect(textsOf(sql)).toEqual(['two']);
      await expectFresh(place, sql);
    });

    test('keep a lease as long as they say that they live, and give it back when they stop', async () => {
      const place = await makeOutbox(server);
      const sql = makeIndexSql();
      const [slow, other] = [makeWorker(place, sql), makeWorker(place, sql)];
      await place.write('a.md', 'one');
      await slow.queue.hear();
      await slow.queue.take({ nowMs: 0, draw: 0 });
      await letLeasesRunOut(place);
      await slow.queue.renew();
      expect(await other.queue.take({ nowMs: 0, draw: 0 })).toBeUndefined();
      await slow.queue.giveBack();
      expect(await other.queue.take({ nowMs: 0, draw: 0 })).toMatchObject({ note: 'a.md', failures: 0 });
    });

    test('may work on several notes at once, with a lease for each of them', async () => {
      const place = await makeOutbox(server);
      const sql = makeIndexSql();
      const embedder = createFakeEmbedder();
      embedder.atOnce.notes = 3;
      const [several, other] = [makeWorker(place, sql, embedder), makeWorker(place, sql)];
      for (const note of ['a.md', 'b.md', 'c.md']) await place.write(note, `words of ${note}`);
      const held = Promise.withResolvers<void>();
      embedder.slow(held.promise);
      const running = several.index.indexer.catchUp();
      await untilRow(place, 'SELECT FROM skein.queue HAVING count(taken_by) = 3');
      await letLeasesRunOut(place);
      expect(await several.queue.take({ nowMs: 0, draw: 0 })).toBeUndefined();
      await several.queue.renew();
      await place.write('b.md', 'new words');
      await other.index.indexer.catchUp();
      expect(other.embedder.asked).toEqual([]);
      held.resolve();
      await running;
      await several.index.indexer.catchUp();
      expect(embedder.asked).toHaveLength(4);
      expect(await standingOf(several)).toMatchObject({ behind: 0, failing: 0 });
      await expectFresh(place, sql);
    });

    test('do not put an old state over a newer one: what comes after its lease is refused', async () => {
      const place = await makeOutbox(server);
      const sql = makeIndexSql();
      const [slow, quick] = [makeWorker(place, sql), makeWorker(place, sql)];
      const held = Promise.withResolvers<void>();
      await place.write('a.md', 'old');
      slow.embedder.slow(held.promise);
      const late = slow.index.indexer.catchUp();
      await untilRow(place, 'SELECT FROM skein.queue WHERE taken_by IS NOT NULL');
      await place.write('a.md', 'new');
      await letLeasesRunOut(place);
      await quick.index.indexer.catchUp();
      held.resolve();
      await late;
      expect(textsOf(sql)).toEqual(['new']);
      expect(await standingOf(quick)).toMatchObject({ behind: 0, failing: 0 });
      await expectFresh(place, sql);
    });
  });

  test('goes on with the note at which its server was killed, and counts that as no further failure', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    const worker = makeWorker(place, sql);
    await place.write('a.md', 'one');
    const held = Promise.withResolvers<void>();
    worker.embedder.slow(held.promise);
    const interrupted = worker.index.indexer.catchUp();
    await untilRow(place, 'SELECT FROM skein.queue WHERE taken_by IS NOT NULL');
    await server.kill();
    held.resolve();
    await interrupted;
    await worker.index.indexer.catchUp();
    await server.start();
    await worker.index.indexer.catchUp();
    expect(await standingOf(worker)).toMatchObject({ behind: 0, failing: 0 });
    await expectFresh(place, sql);
  });

  test('has notes that fail: each waits longer, is stuck with its reason, and is tried again when somebody says so', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    const worker = makeWorker(place, sql);
    await place.write('a.md', 'one');
    await place.write('b.md', 'two');
    worker.embedder.failWith(busy);
    await worker.index.indexer.catchUp();
    expect(worker.embedder.asked).toEqual(['two']);
    expect(await standingOf(worker)).toMatchObject({ notes: 1, behind: 1, failing: 1, stuck: [] });
    for (let failures = 1; failures < limits.stuckFailures; failures += 1) {
      worker.embedder.failWith(busy);
      await letTimePass(place);
      await worker.index.indexer.catchUp();
    }
    expect(await standingOf(worker)).toMatchObject({
      stuck: [{ note: 'a.md', problem: busy, failures: limits.stuckFailures }],
    });
    await worker.index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['two']);
    expect(await retryNotes(worker.connection.query, 'b.md')).toBe(0);
    expect(await retryNotes(worker.connection.query, undefined)).toBe(1);
    await worker.index.indexer.catchUp();
    expect(await standingOf(worker)).toMatchObject({ behind: 0, failing: 0, stuck: [] });
    await expectFresh(place, sql);
  });

  test('has a note on which workers die: it holds up nobody, and is stuck with that reason', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    await place.write('poison.md', 'poison');
    for (let nth = 0; nth < limits.stuckFailures; nth += 1) {
      const { queue } = makeWorker(place, sql);
      await queue.hear();
      await queue.take({ nowMs: 0, draw: 0 });
      await letLeasesRunOut(place);
    }
    const last = makeWorker(place, sql);
    expect(await standingOf(last)).toMatchObject({
      stuck: [{ note: 'poison.md', failures: limits.stuckFailures, problem: { code: 'internal' } }],
    });
  });

  test('has a note at which a worker still is: that is said, and not that it failed', async () => {
    const place = await makeOutbox(server);
    const { queue, ...worker } = makeWorker(place, makeIndexSql());
    await place.write('slow.md', 'slow');
    for (let nth = 0; nth < limits.stuckFailures; nth += 1) {
      await queue.hear();
      const due = await queue.take({ nowMs: 0, draw: 0 });
      if (nth + 1 < limits.stuckFailures && due !== undefined)
        await queue.failed(due, busy, { nowMs: 0, waitMs: 0 });
    }
    const stuck = async () => (await standingOf({ queue, ...worker }))?.stuck;
    expect(await stuck()).toMatchObject([
      { problem: { code: 'paused', message: 'slow.md is being indexed now.' } },
    ]);
    await letLeasesRunOut(place);
    expect(await stuck()).toMatchObject([{ problem: { code: 'internal' } }]);
  });

  test('keeps why a note failed, also where half a character or a NUL stands in it', async () => {
    const place = await makeOutbox(server);
    const worker = makeWorker(place, makeIndexSql());
    await place.write('a.md', 'one');
    worker.embedder.failWith({ ...busy, message: `It said: \0 ${'🧭'.slice(0, 1)}` });
    await worker.index.indexer.catchUp();
    expect(await standingOf(worker)).toMatchObject({ behind: 1, failing: 1 });
    expect(await place.run(`SELECT problem->>'message' AS said FROM skein.queue`)).toEqual([
      { said: 'It said: \ufffd \ufffd' },
    ]);
  });

  test('holds up no note for an event or a row of a view that names none', async () => {
    const place = await makeOutbox(server);
    await place.run(`
      DROP TABLE outbox CASCADE;
      ALTER TABLE notes DISABLE TRIGGER ALL;
      ALTER TABLE notes RENAME TO pages;
      CREATE TABLE outbox (event_id serial, note_id text, transaction_id xid8 DEFAULT pg_current_xact_id());
      CREATE VIEW notes AS SELECT id, content, deleted FROM pages UNION ALL SELECT NULL, 'nameless', false;
      GRANT SELECT ON notes, outbox TO skein_worker`);
    const sql = makeIndexSql();
    const { index } = makeWorker(place, sql);
    await index.indexer.catchUp();
    await place.run(`INSERT INTO pages VALUES ('a.md', 'one')`);
    await place.run(`INSERT INTO outbox (note_id) VALUES (NULL), ('a.md')`);
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['one']);
    await makeWorker(place, sql).index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['one']);
  });

  test('leaves out a note that is too large, and says how large it may be', async () => {
    const place = await makeOutbox(server);
    const sql = makeIndexSql();
    const worker = makeWorker(place, sql);
    await place.run(`INSERT INTO notes VALUES ('large.md', repeat('x', $1))`, [limits.outboxNoteBytes + 1]);
    await place.write('b.md', 'two');
    await worker.index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['two']);
    expect(await place.run(`SELECT problem->>'code' AS code FROM skein.queue WHERE news > done`)).toEqual([
      { code: 'too-large' },
    ]);
  });

  test('may have ids that are no text, and views in the place of its tables', async () => {
    const place = await makeOutbox(server);
    await place.run(`
      DROP TABLE notes, outbox CASCADE;
      CREATE TABLE pages (page uuid PRIMARY KEY DEFAULT gen_random_uuid(), body text);
      CREATE TABLE events (id serial, page uuid, tx xid8 DEFAULT pg_current_xact_id());
      CREATE VIEW notes AS SELECT page AS id, body AS content, false AS deleted FROM pages;
      CREATE VIEW outbox AS SELECT id AS event_id, page AS note_id, tx AS transaction_id FROM events;
      GRANT SELECT ON notes, outbox TO skein_worker`);
    const sql = makeIndexSql();
    const { index } = makeWorker(place, sql);
    await index.indexer.catchUp();
    await place.run(`WITH made AS (INSERT INTO pages (body) VALUES ('a page') RETURNING page)
      INSERT INTO events (page) SELECT page FROM made`);
    await index.indexer.catchUp();
    expect(textsOf(sql)).toEqual(['a page']);
  });
});

const untilRow = (place: OutboxPlace, query: string): Promise<void> =>
  until(async () => (await place.run(query)).length > 0);
