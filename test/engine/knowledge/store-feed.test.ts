/** The store of an index: it ends with what a fresh one would hold, whatever befalls either side. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { KnowledgeIndex } from '../../../electron/engine/knowledge/knowledge-index.ts';
import type { Embedder } from '../../../electron/engine/knowledge/knowledge-ports.ts';
import type { StoreFeed } from '../../../electron/engine/knowledge/store-feed.ts';
import type { VectorStore } from '../../../electron/engine/knowledge/vector-store.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { limits } from '../../../shared/limits.ts';
import { ok } from '../../../shared/result.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import { must } from '../../support/device.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { createFakeEmbedder } from '../../support/fake-embedder.ts';
import { createFakeNotes, type FakeNotes } from '../../support/fake-notes.ts';
import { away, createFakeStore, type FakeStore } from '../../support/fake-store.ts';
import { Crash, createLife } from '../../support/life.ts';
import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts';
import { askedFor, openIndexSql, openOver } from './index-fixture.ts';

type Fixture = {
  sql: Sql;
  notes: FakeNotes;
  clock: FakeClock;
  store: FakeStore;
  index: KnowledgeIndex;
  feed: StoreFeed;
};

function makeFed(embedder = createFakeEmbedder()): Fixture {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  const [notes, clock, store] = [createFakeNotes(), createFakeClock(), createFakeStore()];
  return { sql, notes, clock, store, ...open(sql, { notes, clock, store, embedder }) };
}

type Around = { notes: FakeNotes; clock: FakeClock; store: VectorStore; embedder?: Embedder };

/** As a process that starts over would. */
function open(sql: Sql, { embedder = createFakeEmbedder(), ...around }: Around) {
  const index = openOver(sql, { ...around, embedder });
  return { index, feed: index.feed as StoreFeed };
}

async function bringUp({ index, feed }: Pick<Fixture, 'index' | 'feed'>): Promise<void> {
  await index.indexer.catchUp();
  await feed.run();
}

/** What a store holds that was filled from the notes as they are now, by an index that is new as well. */
async function fresh(notes: FakeNotes): Promise<unknown> {
  const sql = openIndexSql();
  const store = createFakeStore();
  await bringUp(open(sql, { notes, clock: createFakeClock(), store }));
  sql.close();
  return store.contents();
}

const expectFresh = async ({ notes, store }: Pick<Fixture, 'notes' | 'store'>): Promise<void> =>
  expect(store.contents()).toEqual(await fresh(notes));

const noteNames = ['a.md', 'b.md', 'c.md'];

/** Sections that come, go and change places, so that passages stay, move, and are equal to others. */
function live(notes: FakeNotes, random: SeededRandom, steps: number): void {
  for (let step = 0; step < steps; step += 1) {
    const note = random.pick(noteNames);
    const sections = Array.from(
      { length: random.integer(6) },
      () => `# ${random.pick(['One', 'Two', 'Three', 'Four'])}\n\nwords of it\n\n`,
    );
    if (random.chance(0.15)) notes.delete(note);
    else notes.write(note, sections.join(''));
  }
}

const far = { vector: new Float32Array(64).fill(0.125), notes: undefined, atMost: 5 };
const afterAnyWait = limits.retryLongestMs + 1;

describe('a store', () => {
  test('equals a fresh one after any life of the notes', async () => {
    for (let seed = 0; seed < 25; seed += 1) {
      const fixture = makeFed();
      const random = createSeededRandom(`life ${seed}`);
      for (let round = 0; round < 5; round += 1) {
        live(fixture.notes, random, 3);
        await bringUp(fixture);
      }
      await expectFresh(fixture);
      expect(fixture.feed.standing()).toMatchObject({ state: 'ready', waiting: 0, problem: null });
    }
  });

  test('equals a fresh one after any life in which vectors come later than their passages', async () => {
    for (let seed = 0; seed < 25; seed += 1) {
      const embedder = { ...createFakeEmbedder(), answersLater: true };
      const fixture = makeFed(embedder);
      const { notes, store, clock, feed } = fixture;
      const random = createSeededRandom(`late ${seed}`);
      for (let round = 0; round < 5; round += 1) {
        live(notes, random, 3);
        embedder.failWith(...Array(random.integer(4)).fill(away));
        if (random.chance(0.2)) store.empty();
        await bringUp(fixture);
        expect(feed.standing()).toMatchObject({ state: 'ready', waiting: 0, problem: null });
      }
      embedder.failWith();
      await clock.advance(afterAnyWait);
      await bringUp(fixture);
      await expectFresh(fixture);
    }
  });

  test('has nothing of a note whose words alone are known, and all of it once its vectors came', async () => {
    const embedder = createFakeEmbedder();
    const fixture = makeFed(embedder);
    const { notes, store, clock, index, feed } = fixture;
    const stored = () => store.contents().map(({ note }) => note);
    notes.write('a.md', 'anchor');
    await bringUp(fixture);
    embedder.failWith(...Array(9).fill(away));
    notes.write('b.md', 'birch');
    await bringUp(fixture);
    expect(index.passages.byWords(askedFor('birch'), undefined, 9)).toHaveLength(1);
    expect(stored()).toEqual(['a.md']);
    expect(feed.standing()).toMatchObject({ state: 'ready', waiting: 0 });
    store.empty();
    await bringUp(fixture);
    expect(stored()).toEqual(['a.md']);
    embedder.failWith();
    const before = store.swaps.length;
    await clock.advance(afterAnyWait);
    await bringUp(fixture);
    expect(store.swaps.slice(before)).toMatchObject([{ added: [{ note: 'b.md' }], removed: [] }]);
    expect(stored().toSorted()).toEqual(['a.md', 'b.md']);
    await expectFresh(fixture);
  });

  test('that answers with the same names for ever is given up, and is tried again', async () => {
    const fixture = makeFed();
    const names = Array.from({ length: limits.pageRows }, (_, nth) => `k${nth}`);
    let pages = 0;
    const store: VectorStore = {
      ...fixture.store,
      // The end is only there so that a feed that does not give up ends, too.
      keys: async (_, atMost) => ok(pages++ < 20 ? names.slice(0, atMost) : []),
    };
    fixture.notes.write('a.md', 'one');
    const { index, feed } = open(fixture.sql, { ...fixture, store });
    await bringUp({ index, feed });
    expect(pages).toBeLessThan(4);
    expect(feed.standing()).toMatchObject({ state: 'failing', problem: { code: 'changed-meanwhile' } });
  });

  test('is given only what changed', async () => {
    const fixture = makeFed();
    fixture.notes.write('a.md', '# One\n\nfirst\n');
    fixture.notes.write('b.md', '# Two\n\nsecond\n');
    await bringUp(fixture);
    const before = fixture.store.swaps.length;
    fixture.notes.write('b.md', '# Two\n\nanother\n');
    await bringUp(fixture);
    const [swap, ...more] = fixture.store.swaps.slice(before);
    expect(more).toEqual([]);
    expect(swap).toMatchObject({ added: [{ note: 'b.md' }], moved: [], removed: [expect.any(String)] });
  });

  test('hears of passages whose lines alone are others, without their vectors', async () => {
    const fixture = makeFed();
    const part = `${'some words to fill a passage with '.repeat(60)}\n\n`;
    fixture.notes.write('a.md', `# One\n\n${part}# Two\n\n${part.replaceAll('some', 'other')}`);
    await bringUp(fixture);
    const before = fixture.store.swaps.length;
    fixture.notes.write('a.md', `# One\n\nNew.\n\n${part}# Two\n\n${part.replaceAll('some', 'other')}`);
    await bringUp(fixture);
    const swaps = fixture.store.swaps.slice(before);
    expect(swaps.flatMap(({ moved }) => moved).length).toBeGreaterThan(0);
    await expectFresh(fixture);
  });

  test('that takes its time holds up no edit, and what becomes news meanwhile comes after it', async () => {
    const fixture = makeFed();
    const { notes, store, index } = fixture;
    notes.write('a.md', '# One\n\nfirst\n');
    await bringUp(fixture);
    notes.write('a.md', '# One\n\nsecond\n');
    store.before(async () => {
      notes.write('a.md', '# One\n\nfirst\n');
      await index.indexer.catchUp();
    });
    await bringUp(fixture);
    await bringUp(fixture);
    await expectFresh(fixture);
  });

  test('that does not answer is tried again, later each time, and not more often', async () => {
    const fixture = makeFed();
    const { notes, store, clock, feed } = fixture;
    store.failWith(away);
    notes.write('a.md', 'one');
    await bringUp(fixture);
    const first = feed.standing();
    expect(first).toMatchObject({ state: 'failing', problem: away, waiting: 1 });
    const { asked } = store;
    await bringUp(fixture);
    expect(store.asked).toBe(asked);
    clock.jump(afterAnyWait);
    await bringUp(fixture);
    const waits = [first, feed.standing()].map(({ nextTryMs }) => nextTryMs ?? 0);
    expect((waits[1] ?? 0) - clock.nowMs()).toBeGreaterThan((waits[0] ?? 0) - clock.nowMs() + afterAnyWait);
    store.failWith(undefined);
    clock.jump(afterAnyWait);
    await bringUp(fixture);
    await expectFresh(fixture);
  });

  test('that failed while the clock ran ten years ahead is tried again once it is right', async () => {
    const fixture = makeFed();
    const { notes, store, clock, feed } = fixture;
    const aheadMs = 10 * 365 * 86_400_000;
    store.failWith(away);
    notes.write('a.md', 'one');
    clock.jump(aheadMs);
    await bringUp(fixture);
    clock.jump(-aheadMs);
    expect(feed.standing().nextTryMs).toBe(clock.nowMs());
    store.failWith(undefined);
    await bringUp(fixture);
    await expectFresh(fixture);
  });

  test('that was away while notes changed has all of it afterwards', async () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const fixture = makeFed();
      const random = createSeededRandom(`away ${seed}`);
      live(fixture.notes, random, 4);
      await bringUp(fixture);
      fixture.store.failWith(away);
      for (let round = 0; round < 3; round += 1) {
        live(fixture.notes, random, 3);
        await bringUp(fixture);
      }
      fixture.store.failWith(undefined);
      fixture.feed.retry();
      await bringUp(fixture);
      await expectFresh(fixture);
    }
  });

  test('that took a batch whose answer was lost is given it again, and nothing is there twice', async () => {
    const fixture = makeFed();
    fixture.notes.write('a.md', 'one');
    await bringUp(fixture);
    fixture.store.loseAnswer();
    fixture.notes.write('b.md', 'two');
    await bringUp(fixture);
    expect(fixture.feed.standing()).toMatchObject({ state: 'failing', waiting: 1 });
    fixture.feed.retry();
    await bringUp(fixture);
    await expectFresh(fixture);
    expect(fixture.store.swaps).toHaveLength(3);
  });

  test.each([
    ['was emptied', (store: FakeStore) => store.empty()],
    [
      'was put back from a backup',
      (store: FakeStore, backup: ReturnType<FakeStore['backup']>) => store.restore(backup),
    ],
    [
      'lost a passage to somebody else',
      async (store: FakeStore) =>
        void (await store.swap({
          added: [],
          moved: [],
          removed: [store.contents()[0]?.key ?? ''],
          marker: store.backup().marker,
        })),
    ],
    [
      'was filled by another index',
      async (store: FakeStore) =>
        void (await store.swap({
          added: [
            { key: 'x.0.y', note: 'x.md', headings: [], line: 1, lastLine: 1, vector: new Float32Array(64) },
          ],
          moved: [],
          removed: [],
          marker: 'other:1',
        })),
    ],
  ])('that %s is noticed and filled anew', async (_, spoil) => {
    const fixture = makeFed();
    const { notes, store } = fixture;
    for (const note of noteNames) notes.write(note, `# ${note}\n\nwords\n`);
    await bringUp(fixture);
    const backup = store.backup();
    notes.write('a.md', '# a.md\n\nother words\n');
    notes.delete('b.md');
    await bringUp(fixture);
    await spoil(store, backup);
    await bringUp(fixture);
    await expectFresh(fixture);
  });

  test('of an index that is made anew is filled with what that one has', async () => {
    const fixture = makeFed();
    fixture.notes.write('a.md', 'one');
    fixture.notes.write('b.md', 'two');
    await bringUp(fixture);
    fixture.notes.delete('b.md');
    const sql = openIndexSql();
    await bringUp(open(sql, fixture));
    sql.close();
    await expectFresh(fixture);
  });

  test('that somebody else goes on changing is a problem that is said', async () => {
    const fixture = makeFed();
    const { store, notes, feed } = fixture;
    notes.write('a.md', 'one');
    const swap = store.swap;
    store.swap = async (it) => {
      const done = await swap(it);
      store.restore({ ...store.backup(), marker: 'somebody' });
      return done;
    };
    await bringUp(fixture);
    expect(feed.standing()).toMatchObject({ state: 'failing', problem: { code: 'changed-meanwhile' } });
  });

  test('that is set after a time without one is filled from the beginning', async () => {
    const fixture = makeFed();
    const { sql, notes, clock, store } = fixture;
    notes.write('a.md', 'one');
    await bringUp(fixture);
    const without = openOver(sql, { notes, clock, embedder: createFakeEmbedder() });
    notes.write('a.md', 'two');
    await without.indexer.catchUp();
    await bringUp(open(sql, fixture));
    expect(store.contents()).toHaveLength(1);
    await expectFresh(fixture);
  });
});

test('a crash at any step leaves nothing that is not mended', async () => {
  let crashes = 0;
  for (let step = 1; ; step += 1) {
    const sql = openIndexSql();
    const around = { notes: createFakeNotes(), clock: createFakeClock(), store: createFakeStore() };
    live(around.notes, createSeededRandom('before'), 5);
    await bringUp(open(sql, around));
    live(around.notes, createSeededRandom('after'), 5);
    let reached = 0;
    const life = createLife((point) => {
      reached += 1;
      if (reached === step) throw new Crash(point);
    });
    try {
      await bringUp(open(createCrashingSql(sql, life), around));
    } catch (cause) {
      expect(cause).toBeInstanceOf(Crash);
    }
    if (life.dead) {
      crashes += 1;
      const again = open(sql, around);
      // A note that it was at has its turn again after a while.
      await around.clock.advance(afterAnyWait);
      again.feed.retry();
      await bringUp(again);
    }
    await expectFresh(around);
    sql.close();
    if (!life.dead) break;
  }
  expect(crashes).toBeGreaterThan(20);
});

describe('a question', () => {
  test('goes to the store, and what this device has no more is left out', async () => {
    const fixture = makeFed();
    const { notes, store, index, feed } = fixture;
    notes.write('a.md', 'anchor');
    notes.write('b.md', 'birch');
    await bringUp(fixture);
    const { asked } = store;
    const found = must(await feed.find(far));
    expect(store.asked).toBeGreaterThan(asked);
    expect(index.passages.get(found.map(({ id }) => id)).size).toBe(2);
    notes.delete('b.md');
    await index.indexer.catchUp();
    expect(must(await feed.find(far))).toHaveLength(1);
  });

  test('is answered by this device, which says so, while the store is away or being filled', async () => {
    const fixture = makeFed();
    const { notes, store, index } = fixture;
    notes.write('a.md', 'anchor');
    await index.indexer.catchUp();
    const early = await index.nearest(far.vector, undefined, 5);
    expect(early.passages).toHaveLength(1);
    expect(early.problem?.message).toBe(
      'The store does not have all passages yet. The vectors on this device were searched instead.',
    );
    await bringUp(fixture);
    expect((await index.nearest(far.vector, undefined, 5)).problem).toBeUndefined();
    store.failWith(away);
    const without = await index.nearest(far.vector, undefined, 5);
    expect(without.passages).toHaveLength(1);
    expect(without.problem?.message).toBe(
      'The store cannot be reached. The vectors on this device were searched instead.',
    );
  });

  test('does not wait for a store that just failed', async () => {
    const fixture = makeFed();
    fixture.notes.write('a.md', 'anchor');
    await bringUp(fixture);
    fixture.store.failWith(away);
    await fixture.index.nearest(far.vector, undefined, 5);
    const { asked } = fixture.store;
    await fixture.index.nearest(far.vector, undefined, 5);
    expect(fixture.store.asked).toBe(asked);
  });

  test('of a store that was emptied since the last look is answered by this device', async () => {
    const fixture = makeFed();
    const { notes, store, index, clock } = fixture;
    notes.write('a.md', 'anchor');
    await bringUp(fixture);
    store.empty();
    await clock.advance(limits.storeLookMs + 1);
    const found = await index.nearest(far.vector, undefined, 5);
    expect(found.passages).toHaveLength(1);
    expect(found.problem?.code).toBe('paused');
  });
});
