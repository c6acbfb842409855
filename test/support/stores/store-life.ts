/** What befalls a store on a server while an index feeds it; it ends as one that was filled anew, passage for passage. */
import { expect, onTestFinished, test } from 'vitest';
import type { NoteChoice } from '../../../electron/engine/knowledge/knowledge-ports.ts';
import { everyNote } from '../../../electron/engine/knowledge/silent-embedder.ts';
import type { StoreFeed } from '../../../electron/engine/knowledge/store-feed.ts';
import type { StoreSwap, VectorStore } from '../../../electron/engine/knowledge/vector-store.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { openIndexSql, openOver } from '../../engine/knowledge/index-fixture.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createFakeEmbedder } from '../fake-embedder.ts';
import { createFakeNotes, type FakeNotes } from '../fake-notes.ts';

export type StoredRow = {
  key: string;
  note: string;
  headings: string;
  line: number;
  lastLine: number;
  vector: string;
};

export type LivingStore = {
  /** Another place each time, unless it is named. */
  open(name?: string): VectorStore;
  /** Everything in it, read past our own code, by key. */
  contents(name: string): Promise<StoredRow[]>;
  /** Everything in it is gone. */
  empty(name: string): Promise<void>;
  /** At once. */
  kill(): Promise<void>;
  start(): Promise<void>;
};

function openFed(store: VectorStore, notes: FakeNotes, sql = openOwnSql(), shares = everyNote) {
  const around = { notes, clock: createFakeClock(), embedder: createFakeEmbedder() };
  const index = openOver(sql, { ...around, store, shares });
  const feed = index.feed as StoreFeed;
  const bringUp = async (): Promise<void> => {
    await index.indexer.catchUp();
    feed.retry();
    await feed.run();
  };
  return { sql, index, feed, bringUp };
}

function openOwnSql(): Sql {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  return sql;
}

/** The notes whose number ends in 3 are kept. */
const withoutThrees: NoteChoice = { name: 'without threes', has: (note) => !note.endsWith('3.md') };

const words = 'anchor birch copper delta ember fjord grove harbour island jetty'.split(' ');
const textOf = (nth: number): string =>
  Array.from(
    { length: 6 },
    (_, at) => `# Part ${at}\n\n${words[(nth + at) % 10]} ${words[(nth * 3 + at) % 10]} ${nth}\n\n`,
  ).join('');

const writeMany = (notes: FakeNotes): void => {
  for (let nth = 0; nth < 300; nth += 1) notes.write(`notes/${nth}.md`, textOf(nth));
};

const editSome = (notes: FakeNotes): void => {
  for (let nth = 0; nth < 300; nth += 7) notes.write(`notes/${nth}.md`, textOf(nth + 1_000));
  for (let nth = 3; nth < 300; nth += 31) notes.delete(`notes/${nth}.md`);
  notes.write('new.md', 'Something new.');
};

/** Calls `work` once, after the store took this many batches. */
function after(store: VectorStore, batches: number, work: () => Promise<void>): VectorStore {
  let left = batches;
  return {
    ...store,
    async swap(batch: StoreSwap) {
      const done = await store.swap(batch);
      left -= 1;
      if (left === 0) await work();
      return done;
    },
  };
}

export function testStoreLife(living: LivingStore): void {
  async function expectFresh(name: string, notes: FakeNotes): Promise<void> {
    const other = openFed(living.open(`${name}-fresh`), notes);
    await other.bringUp();
    expect(other.feed.standing()).toMatchObject({ state: 'ready', problem: null });
    const found = await living.contents(name);
    expect(found.length).toBeGreaterThan(100);
    expect(found).toEqual(await living.contents(`${name}-fresh`));
  }

  test('killed in the middle of being filled, started again later: nothing is missing, nothing is left', async () => {
    const notes = createFakeNotes();
    writeMany(notes);
    const fed = openFed(after(living.open('killed'), 1, living.kill), notes);
    await fed.bringUp();
    expect(fed.feed.standing()).toMatchObject({ state: 'failing', problem: { code: 'peer-unreachable' } });
    editSome(notes);
    await fed.bringUp();
    const found = await fed.index.nearest(new Float32Array(64).fill(0.125), undefined, 5);
    expect(found.passages).toHaveLength(5);
    expect(found.problem?.message).toMatch(
      /cannot be reached.*The vectors on this device were searched instead\./,
    );
    await living.start();
    await fed.bringUp();
    expect(fed.feed.standing()).toMatchObject({ state: 'ready', waiting: 0, problem: null });
    await expectFresh('killed', notes);
  });

  test('killed again and again between edits', async () => {
    const notes = createFakeNotes();
    writeMany(notes);
    const fed = openFed(living.open('often'), notes);
    for (let round = 0; round < 3; round += 1) {
      await fed.bringUp();
      notes.write(`round-${round}.md`, `Round ${round}`);
      await living.kill();
      await fed.bringUp();
      editSome(notes);
      await living.start();
    }
    await fed.bringUp();
    await expectFresh('often', notes);
  });

  test('told to have fewer notes while it is away, it lets go of the others, which are found here; and gets them back', async () => {
    const notes = createFakeNotes();
    writeMany(notes);
    const fed = openFed(living.open('fewer'), notes);
    await fed.bringUp();
    const all = await living.contents('fewer');
    const kept = all.filter(({ note }) => !withoutThrees.has(note));
    expect(kept.length).toBeGreaterThan(10);
    await living.kill();
    fed.feed.stop();
    const narrowed = openFed(living.open('fewer'), notes, fed.sql, withoutThrees);
    await narrowed.bringUp();
    expect(narrowed.feed.standing()).toMatchObject({ state: 'failing' });
    await living.start();
    await narrowed.bringUp();
    expect(narrowed.feed.standing()).toMatchObject({ state: 'ready', waiting: 0, problem: null });
    expect(await living.contents('fewer')).toEqual(all.filter(({ note }) => withoutThrees.has(note)));
    const [first] = kept;
    const vector = Float32Array.from(first?.vector.match(/[-.\de]+/g) ?? [], Number);
    const { passages, problem } = await narrowed.index.nearest(vector, undefined, 20);
    expect(problem).toBeUndefined();
    const found = narrowed.index.passages.get(passages.map(({ id }) => id));
    expect([...found.values()].map(({ note }) => note)).toContain(first?.note);
    narrowed.feed.stop();
    const widened = openFed(living.open('fewer'), notes, fed.sql);
    await widened.bringUp();
    expect(await living.contents('fewer')).toEqual(all);
  });

  test('emptied by somebody, it is noticed and filled anew', async () => {
    const notes = createFakeNotes();
    writeMany(notes);
    const fed = openFed(living.open('emptied'), notes);
    await fed.bringUp();
    await living.empty('emptied');
    notes.write('new.md', 'Something new.');
    await fed.bringUp();
    await expectFresh('emptied', notes);
  });
}
