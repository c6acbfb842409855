/** The worker of an outbox in time: how it keeps its lease, how it stops, and how it changes its model. */
import { cpSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { retryNotes } from '../../../electron/adapters/outbox-standing.ts';
import { searchOutboxIndex } from '../../../electron/host/knowledge/outbox-index.ts';
import {
  createOutboxWorker,
  type OutboxWorker,
  type WorkerProgress,
} from '../../../electron/host/knowledge/outbox-worker.ts';
import { limits } from '../../../shared/limits.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import { must } from '../../support/device.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { createFakeEmbedder, type FakeEmbedder } from '../../support/fake-embedder.ts';
import { makeOutbox, type OutboxPlace } from '../../support/outbox-place.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../../support/postgres-server.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { until } from '../../support/until.ts';
import { createMemoryLog } from './support/memory-log.ts';

const whyNot = postgresMissing === undefined ? '' : ` (skipped: ${postgresMissing})`;

type Fixture = {
  worker: OutboxWorker;
  clock: FakeClock;
  embedder: FakeEmbedder;
  folder: string;
  told: WorkerProgress[];
  troubles: (Problem | undefined)[];
  log: ReturnType<typeof createMemoryLog>;
};

function makeWorker(
  place: OutboxPlace,
  { folder = temporaryFolder(), embedder = createFakeEmbedder() } = {},
): Fixture {
  const clock = createFakeClock();
  const told: WorkerProgress[] = [];
  const troubles: (Problem | undefined)[] = [];
  const log = createMemoryLog();
  const worker = createOutboxWorker({
    connection: place.connect(),
    folder,
    embedder,
    clock,
    pollMs: limits.outboxPollMs,
    log,
    progressed: (now) => void told.push(now),
    troubled: (why) => void troubles.push(why),
  });
  return { worker, clock, embedder, folder, told, troubles, log };
}

describe.skipIf(postgresMissing !== undefined)(`a worker of an outbox${whyNot}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  const isTaken = async (place: OutboxPlace, more = ''): Promise<boolean> =>
    (await place.run(`SELECT FROM skein.queue WHERE taken_by IS NOT NULL ${more}`)).length > 0;

  /** One that is in the middle of the only note. */
  async function holdOne(): Promise<Fixture & { place: OutboxPlace; done: Promise<unknown> }> {
    const place = await makeOutbox(server);
    const fixture = makeWorker(place);
    const held = Promise.withResolvers<void>();
    fixture.embedder.slow(held.promise);
    await place.write('a', 'slow');
    const done = fixture.worker.run();
    await until(() => isTaken(place));
    onTestFinished(async () => {
      held.resolve();
      await done;
      await fixture.worker.close();
    });
    return { ...fixture, place, done };
  }

  test('says that it lives as long as a note takes, so that nobody else takes it', async () => {
    const { place, clock, worker } = await holdOne();
    await place.run(`UPDATE skein.queue SET next_at = now() - interval '1 s'`);
    await clock.advance(limits.outboxLeaseMs / 3);
    await until(() => isTaken(place, 'AND next_at > now()'));
    worker.stop();
    await clock.advance(limits.outboxStopMs);
  });

  test('that is to stop waits for its note a while, then gives it back', async () => {
    const { place, clock, worker, done } = await holdOne();
    worker.stop();
    await clock.advance(limits.outboxStopMs - 1);
    expect(await isTaken(place)).toBe(true);
    await clock.advance(1);
    await done;
    expect(await place.run('SELECT failures, taken_by, done FROM skein.queue')).toEqual([
      { failures: 0, taken_by: null, done: '0' },
    ]);
  });

  test('looks by itself when no notification comes', async () => {
    const place = await makeOutbox(server);
    await place.run('ALTER TABLE notes DISABLE TRIGGER ALL');
    const { worker, clock, embedder } = makeWorker(place);
    const done = worker.run();
    // At work the next thing due is to say that it lives; at rest it is the next look.
    const isResting = () => (clock.nextDueMs() ?? 0) - clock.monotonicMs() === limits.outboxPollMs;
    await until(async () => isResting() && (await isListening(place)));
    await place.run(`INSERT INTO notes VALUES ('a', 'silent')`);
    await place.run(`INSERT INTO outbox (event_type, note_id) VALUES ('NoteCreated', 'a')`);
    await until(async () => {
      if (isResting()) await clock.advance(limits.outboxPollMs);
      return embedder.asked.length > 0;
    });
    worker.stop();
    await done;
    await worker.close();
  });

  test('at rest tries a failed note again as soon as somebody says so', async () => {
    const place = await makeOutbox(server);
    const { worker, clock, embedder } = makeWorker(place);
    embedder.failWith(problem('internal', 'a', 'It failed.', 'Wait.'));
    await place.write('a', 'again');
    const done = worker.run();
    const asker = place.connect();
    onTestFinished(async () => {
      worker.stop();
      await done;
      await Promise.all([worker.close(), asker.close()]);
    });
    const isResting = () => (clock.nextDueMs() ?? 0) - clock.monotonicMs() < limits.outboxLeaseMs / 3;
    await until(async () => isResting() && (await isListening(place)));
    expect(embedder.asked).toEqual([]);
    expect(await retryNotes(asker.query, 'a')).toBe(1);
    // No time passes on its clock, so no poll finds it.
    await until(() => embedder.asked.length > 0);
    expect(embedder.asked).toEqual(['again']);
  });

  test('on a copy of a folder finds what only the other folder got, and says so', async () => {
    const place = await makeOutbox(server);
    const began = makeWorker(place);
    must(await began.worker.once());
    await began.worker.close();
    const copy = temporaryFolder();
    cpSync(began.folder, copy, { recursive: true });
    const one = makeWorker(place, { folder: began.folder });
    const other = makeWorker(place, { folder: copy });
    // The second round is the first one after the comparison of the first.
    for (const { worker } of [one, other, one, other]) must(await worker.once());
    await place.write('a', 'anchor');
    must(await one.worker.once());
    expect([one.embedder.asked, other.embedder.asked]).toEqual([['anchor'], []]);
    await place.run(`UPDATE skein.indexes SET compared_at = now() - interval '2 hours'`);
    must(await other.worker.once());
    expect(other.embedder.asked).toEqual(['anchor']);
    expect(JSON.stringify(other.log)).toContain('is a worker at a copy of this folder?');
    for (const { worker } of [one, other]) await worker.close();
  });

  test('with another model makes another index, which serves once it is complete, and lets the old one go', async () => {
    const place = await makeOutbox(server);
    await place.write('a', 'anchor');
    const first = makeWorker(place);
    must(await first.worker.once());
    await first.worker.close();
    const { folder } = first;
    const log = createMemoryLog();
    const other = createFakeEmbedder('fake-2');
    const search = async (embedder: FakeEmbedder) =>
      must(
        await searchOutboxIndex(
          { folder, embedder, log, progressed: () => {} },
          { text: 'anchor', mode: 'hybrid', atMost: 1 },
        ),
      );
    expect(await search(other)).toMatchObject({ passages: [{ note: 'a' }], problem: { code: 'paused' } });
    const second = makeWorker(place, { folder, embedder: other });
    must(await second.worker.once());
    await second.worker.close();
    expect(await search(other)).toMatchObject({ passages: [{ note: 'a' }], problem: undefined });
    expect(readdirSync(folder).filter((name) => name.endsWith('.db'))).toHaveLength(1);
    expect(await place.run('SELECT index_name FROM skein.indexes')).toHaveLength(1);
  });

  test('lets the index of another model be while a worker is at it, and goes on until that one ends', async () => {
    const place = await makeOutbox(server);
    await place.write('a', 'anchor');
    const one = makeWorker(place);
    const other = makeWorker(place, { folder: one.folder, embedder: createFakeEmbedder('fake-2') });
    const files = () => readdirSync(one.folder).filter((name) => name.endsWith('.db'));
    for (const { worker } of [one, other]) must(await worker.once());
    expect(files()).toHaveLength(2);
    await place.write('b', 'buoy');
    for (const { worker } of [one, other]) must(await worker.once());
    expect([one.embedder.asked, other.embedder.asked]).toEqual([
      ['anchor', 'buoy'],
      ['anchor', 'buoy'],
    ]);
    await one.worker.close();
    must(await other.worker.once());
    expect(files()).toHaveLength(1);
    expect(await place.run('SELECT index_name FROM skein.indexes')).toHaveLength(1);
    await other.worker.close();
  });
});

const isListening = async (place: OutboxPlace): Promise<boolean> =>
  (
    await place.run(
      `SELECT FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
    )
  ).length > 0;
