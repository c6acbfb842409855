/** The outbox on its way into the index: whatever happens in between, it ends as an index that is made anew would be. */
import { describe, expect, test } from 'vitest';
import { limits } from '../../../shared/limits.ts';
import { problem } from '../../../shared/result.ts';
import { createMemoryLog } from '../../electron/host/support/memory-log.ts';
import { createFullDiskSql } from '../../simulation/full-disk-sql.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeEmbedder, fakeDimensions } from '../../support/fake-embedder.ts';
import { createFakeNotes } from '../../support/fake-notes.ts';
import { Crash, createLife } from '../../support/life.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { until } from '../../support/until.ts';
import {
  contentsOf,
  freshContents,
  type IndexFixture,
  live,
  makeIndex,
  openIndexSql,
  openOver,
  section,
  sentence,
  strayRows,
} from './index-fixture.ts';

const busy = problem('peer-unreachable', 'the model', 'The model does not answer.', 'It is tried again.');
const longest = limits.retryLongestMs;

async function expectFresh({ sql, notes }: Pick<IndexFixture, 'sql' | 'notes'>): Promise<void> {
  expect(contentsOf(sql)).toEqual(await freshContents(notes, createFakeEmbedder()));
  expect(strayRows(sql)).toBe(0);
}

describe('an event', () => {
  test('of each type leaves the note as it is now', async () => {
    const fixture = makeIndex();
    const { notes, index, sql } = fixture;
    const passages = () => (contentsOf(sql) as { text: string }[]).map(({ text }) => text);
    notes.write('a.md', 'one');
    await index.indexer.catchUp();
    expect(passages()).toEqual(['one']);
    notes.write('a.md', 'two');
    await index.indexer.catchUp();
    expect(passages()).toEqual(['two']);
    notes.delete('a.md');
    await index.indexer.catchUp();
    expect(passages()).toEqual([]);
    notes.write('a.md', 'two');
    await index.indexer.catchUp();
    expect(passages()).toEqual(['two']);
    expect(await notes.eventsAfter(0, 9)).toMatchObject(
      ['NoteCreated', 'NoteUpdated', 'NoteDeleted', 'NoteRestored'].map((type) => ({ type })),
    );
  });

  test('that brings nothing new costs nothing', async () => {
    const { notes, index, embedder } = makeIndex();
    notes.write('a.md', 'one');
    await index.indexer.catchUp();
    notes.write('a.md', 'one');
    notes.write('b.md', 'one');
    await index.indexer.catchUp();
    expect(embedder.asked).toHaveLength(1);
    expect(index.queue.behind()).toBe(0);
  });

  test('of a note that came back embeds nothing again', async () => {
    const { notes, index, embedder } = makeIndex();
    notes.write('a.md', 'one');
    await index.indexer.catchUp();
    notes.delete('a.md');
    await index.indexer.catchUp();
    notes.write('a.md', 'one');
    await index.indexer.catchUp();
    expect(embedder.asked).toHaveLength(1);
  });

  test.each(['repeated', 'mixed up', 'lost'] as const)(
    'that is %s changes nothing in the end',
    async (fault) => {
      for (let seed = 0; seed < 20; seed += 1) {
        const fixture = makeIndex();
        const { notes, sql, index } = fixture;
        const random = createSeededRandom(seed);
        notes.spoil((events) => {
          if (fault === 'repeated')
            return events.flatMap((it) => [it, ...events.filter(() => random.chance(0.3)), it]);
          if (fault === 'lost') return events.filter(() => random.chance(0.5));
          return events.toSorted(() => random.next() - 0.5);
        });
        for (let round = 0; round < 4; round += 1) {
          live(notes, random, 5);
          await index.indexer.catchUp();
        }
        // What was lost is found when the index is opened the next time.
        if (fault === 'lost') await openOver(sql, fixture).indexer.catchUp();
        await expectFresh(fixture);
      }
    },
  );

  test('of another outbox in the place of the known one is not mistaken for the next', async () => {
    const fixture = makeIndex();
    fixture.notes.write('a.md', 'one');
    fixture.notes.write('gone.md', 'gone');
    await fixture.index.indexer.catchUp();
    const other = createFakeNotes();
    other.rename('backup');
    other.write('a.md', 'from the backup');
    other.write('b.md', 'new');
    await openOver(fixture.sql, { ...fixture, notes: other }).indexer.catchUp();
    await expectFresh({ sql: fixture.sql, notes: other });
  });
});

test('bytes that come without an event are found all the same', async () => {
  const { notes, index, sql } = makeIndex();
  notes.write('a.md', 'old');
  await index.indexer.catchUp();
  notes.write('a.md', 'new');
  const [event] = await notes.eventsAfter(1, 9);
  notes.spoil(() => []);
  await index.indexer.catchUp();
  expect(event?.type).toBe('NoteUpdated');
  expect((contentsOf(sql) as { text: string }[]).map(({ text }) => text)).toEqual(['new']);
});

test('edits after a backup of the outbox was put back are heard, though their positions are lower than before', async () => {
  const fixture = makeIndex();
  for (let nth = 0; nth < 9; nth += 1) fixture.notes.write('a.md', `before ${nth}`);
  await fixture.index.indexer.catchUp();
  const backup = createFakeNotes();
  backup.rename('backup');
  backup.write('a.md', 'of the backup');
  const index = openOver(fixture.sql, { ...fixture, notes: backup });
  await index.indexer.catchUp();
  backup.write('a.md', 'and after it');
  await index.indexer.catchUp();
  await expectFresh({ sql: fixture.sql, notes: backup });
});

describe('a crash', () => {
  test('at any step loses nothing and leaves nothing half done', async () => {
    let crashes = 0;
    for (let step = 1; ; step += 1) {
      const sql = openIndexSql();
      const notes = createFakeNotes();
      const around = { notes, embedder: createFakeEmbedder(), clock: createFakeClock() };
      openOver(sql, around);
      live(notes, createSeededRandom('before'), 6);
      await openOver(sql, around).indexer.catchUp();
      live(notes, createSeededRandom('after'), 6);
      let reached = 0;
      const life = createLife((point) => {
        reached += 1;
        if (reached === step) throw new Crash(point);
      });
      try {
        await openOver(createCrashingSql(sql, life), around).indexer.catchUp();
      } catch (cause) {
        expect(cause).toBeInstanceOf(Crash);
      }
      if (!life.dead) {
        sql.close();
        break;
      }
      crashes += 1;
      // What it was at has its turn again after a while.
      await around.clock.advance(longest);
      await openOver(sql, around).indexer.catchUp();
      await expectFresh({ sql, notes });
      sql.close();
    }
    expect(crashes).toBeGreaterThan(40);
  });
});

describe('a note on which its process dies', () => {
  const dying = { ...createFakeEmbedder(), embed: () => new Promise<never>(() => {}) };

  /** A process that starts, takes a note, and is gone. */
  async function die({ sql, notes, clock }: IndexFixture): Promise<void> {
    void openOver(sql, { notes, clock, embedder: dying }).indexer.catchUp();
    await clock.settle();
  }

  test('holds up nobody at the next start, and is tried again later', async () => {
    const fixture = makeIndex();
    const { notes, embedder, index, clock } = fixture;
    notes.write('poison.md', 'poison');
    notes.write('b.md', 'two');
    await die(fixture);
    await index.indexer.catchUp();
    expect(embedder.asked).toEqual(['two']);
    await clock.advance(longest);
    await index.indexer.catchUp();
    await expectFresh(fixture);
  });

  test('again and again is stuck, and says that the tries came to no end', async () => {
    const fixture = makeIndex();
    fixture.notes.write('poison.md', 'poison');
    for (let nth = 0; nth < limits.stuckFailures; nth += 1) {
      await die(fixture);
      await fixture.clock.advance(longest);
    }
    expect(fixture.index.queue.stuck()).toMatchObject([
      { note: 'poison.md', problem: { code: 'internal' }, failures: limits.stuckFailures },
    ]);
    await fixture.index.indexer.catchUp();
    expect(fixture.index.queue.stuck()).toEqual([]);
    await expectFresh(fixture);
  });
});

describe('an embedder', () => {
  test('that is slow with a note which failed before: it is said that it is at work, and why it failed', async () => {
    const { notes, embedder, index, clock } = makeIndex();
    notes.write('a.md', 'one');
    for (let nth = 0; nth < limits.stuckFailures; nth += 1) {
      embedder.failWith(busy);
      await index.indexer.catchUp();
      await clock.advance(longest);
    }
    expect(index.queue.stuck()).toMatchObject([{ note: 'a.md', problem: busy }]);
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    embedder.slow(answered);
    const working = index.indexer.catchUp();
    await until(() => index.queue.stuck()[0]?.problem.code === 'paused');
    const [{ problem } = { problem: undefined }] = index.queue.stuck();
    expect(problem?.message).toBe(`a.md is being indexed now. The last try failed: ${busy.message}`);
    expect(problem?.advice).toBe(busy.advice);
    embedder.slow(undefined);
    answer();
    await working;
    expect(index.queue.stuck()).toEqual([]);
  });

  test('that fails for a while holds up nobody, and the note is tried again, later each time', async () => {
    const fixture = makeIndex();
    const { notes, embedder, index, clock } = fixture;
    notes.write('a.md', 'one');
    notes.write('b.md', 'two');
    embedder.failWith(busy);
    await index.indexer.catchUp();
    expect(embedder.asked).toEqual(['two']);
    expect(index.queue.behind()).toBe(1);
    expect(index.queue.stuck()).toEqual([]);
    await index.indexer.catchUp();
    expect(embedder.asked).toEqual(['two']);
    await clock.advance(longest);
    await index.indexer.catchUp();
    await expectFresh(fixture);
  });

  test('that failed while the clock ran ten years ahead is asked again once it is right', async () => {
    const fixture = makeIndex();
    const { notes, embedder, index, clock } = fixture;
    const aheadMs = 10 * 365 * 86_400_000;
    notes.write('a.md', 'one');
    clock.jump(aheadMs);
    embedder.failWith(busy);
    await index.indexer.catchUp();
    clock.jump(-aheadMs);
    await index.indexer.catchUp();
    await expectFresh(fixture);
    expect(index.queue.nextMs()).toBeUndefined();
  });

  test('that goes on failing makes the note stuck, with its reason, until a new version, a retry or better times', async () => {
    const { notes, embedder, index, clock } = makeIndex();
    notes.write('a.md', 'one');
    embedder.failWith(...Array.from({ length: limits.stuckFailures + 2 }, () => busy));
    for (let failures = 0; failures < limits.stuckFailures; failures += 1) {
      await index.indexer.catchUp();
      await clock.advance(longest);
    }
    expect(index.queue.stuck()).toMatchObject([
      { note: 'a.md', problem: busy, failures: limits.stuckFailures },
    ]);
    await index.indexer.catchUp();
    expect(index.queue.retry('b.md')).toBe(0);
    expect(index.queue.retry('a.md')).toBe(1);
    await index.indexer.catchUp();
    expect(embedder.asked).toEqual([]);
    notes.write('a.md', 'new');
    await index.indexer.catchUp();
    expect(embedder.asked).toEqual(['new']);
    expect(index.queue.stuck()).toEqual([]);
  });

  test.each([
    ['another number of dimensions', () => [new Float32Array(fakeDimensions / 2)]],
    ['fewer vectors than texts', () => []],
    [
      'vectors of another length',
      (it: Float32Array[]) => it.map((vector) => vector.map((number) => number * 3)),
    ],
    ['numbers that are none', (it: Float32Array[]) => it.map((vector) => vector.map(() => Number.NaN))],
  ])('that answers with %s is not believed', async (_, lie) => {
    const { notes, embedder, index, sql } = makeIndex();
    notes.write('a.md', 'one');
    embedder.lie(lie);
    await index.indexer.catchUp();
    expect(contentsOf(sql)).toEqual([]);
    expect(index.queue.behind()).toBe(1);
  });

  test('that is slow does not put an old state over a newer one', async () => {
    const fixture = makeIndex();
    const { notes, embedder, index, sql, clock } = fixture;
    const slow = Promise.withResolvers<void>();
    notes.write('a.md', 'old');
    embedder.slow(slow.promise);
    const first = index.indexer.catchUp();
    await clock.settle();
    notes.write('a.md', 'new');
    await openOver(sql, { ...fixture, embedder: createFakeEmbedder() }).indexer.catchUp();
    embedder.slow(undefined);
    slow.resolve();
    await first;
    await expectFresh(fixture);
    expect((contentsOf(sql) as { text: string }[]).map(({ text }) => text)).toEqual(['new']);
  });

  test('gets only the passages of a long journal that an edit of one line touched', async () => {
    const { notes, index, embedder } = makeIndex();
    const random = createSeededRandom(7);
    const entries = Array.from({ length: 600 }, (_, day) => section(`Day ${day}`, sentence(random)));
    notes.write('journal.md', entries.join(''));
    await index.indexer.catchUp();
    const before = embedder.asked.length;
    expect(before).toBeGreaterThan(50);
    entries[300] = (entries[300] ?? '').replace(/\w+ \w+\n/, 'something else\n');
    notes.write('journal.md', entries.join(''));
    await index.indexer.catchUp();
    expect(embedder.asked.length - before).toBeGreaterThan(0);
    expect(embedder.asked.length - before).toBeLessThanOrEqual(2);
  });
});

describe('a note', () => {
  test('that is no text is left out, with the reason, and comes in when it is text', async () => {
    const { notes, index, sql } = makeIndex();
    notes.writeBytes('a.md', Uint8Array.of(0xff, 0xfe, 0));
    await index.indexer.catchUp();
    expect(contentsOf(sql)).toEqual([]);
    expect(sql.prepare('SELECT left_out FROM notes').get()).toEqual({ left_out: 'It is not UTF-8 text.' });
    notes.write('a.md', 'text');
    await index.indexer.catchUp();
    expect(sql.prepare('SELECT left_out FROM notes').get()).toEqual({ left_out: null });
  });

  test('whose bytes are not here yet waits for them', async () => {
    const { notes, index } = makeIndex();
    notes.write('a.md', 'text');
    const bytes = notes.bytes;
    notes.bytes = async () => undefined;
    await index.indexer.catchUp();
    expect(index.queue.behind()).toBe(1);
    notes.bytes = bytes;
    index.queue.retry(undefined);
    await index.indexer.catchUp();
    expect(index.queue.behind()).toBe(0);
  });
});

test('a full disk is said, once in the log until there is room again, and then everything is indexed', async () => {
  const sql = openIndexSql();
  const log = createMemoryLog();
  const notes = createFakeNotes();
  const disk = { isFull: true };
  const full = createFullDiskSql(
    sql,
    () => disk.isFull,
    () => {},
  );
  const around = { notes, embedder: createFakeEmbedder(), clock: createFakeClock(), log };
  disk.isFull = false;
  const { indexer, queue } = openOver(full, around);
  disk.isFull = true;
  notes.write('a.md', 'one');
  for (let tries = 0; tries < 3; tries += 1) await indexer.catchUp();
  expect(indexer.problem()).toMatchObject({
    code: 'disk-full',
    advice: expect.stringContaining('Make room'),
  });
  const said =
    'The indexing of the notes fails: The disk that holds the log is full. Make room; nothing was changed.';
  expect(log.lines).toEqual([{ level: 'error', message: said, fields: { problem: 'disk-full' } }]);
  disk.isFull = false;
  await indexer.catchUp();
  expect([indexer.problem(), queue.behind()]).toEqual([undefined, 0]);
  expect(log.lines.map(({ message }) => message)).toEqual([said, 'The indexing of the notes works again.']);
  sql.close();
});

test('vectors that no passage has go after a long time, and not sooner', async () => {
  const { notes, index, clock, sql } = makeIndex();
  notes.write('a.md', 'one');
  await index.indexer.catchUp();
  notes.delete('a.md');
  await index.indexer.catchUp();
  expect(index.prune(clock.nowMs())).toBe(0);
  clock.jump(limits.unusedVectorMs + 1);
  expect(index.prune(clock.nowMs())).toBe(1);
  expect(sql.prepare('SELECT * FROM embeddings').all()).toEqual([]);
});
