/** Notes that are kept from a store: nothing of them is in anything that it is told or asked, and they are found all the same. */
import { expect, onTestFinished, test } from 'vitest';
import type { NoteChoice } from '../../../electron/engine/knowledge/knowledge-ports.ts';
import { searchPassages, similarPassages } from '../../../electron/engine/knowledge/search.ts';
import { everyNote } from '../../../electron/engine/knowledge/silent-embedder.ts';
import type { StoreFeed } from '../../../electron/engine/knowledge/store-feed.ts';
import type { VectorStore } from '../../../electron/engine/knowledge/vector-store.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { must } from '../../support/device.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeEmbedder } from '../../support/fake-embedder.ts';
import { createFakeNotes, type FakeNotes } from '../../support/fake-notes.ts';
import { away, createFakeStore } from '../../support/fake-store.ts';
import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts';
import { openIndexSql, openOver } from './index-fixture.ts';

const without = (...kept: string[]): NoteChoice => ({
  name: JSON.stringify(kept),
  has: (note) => !kept.includes(note),
});

/** Everything that a store is told or asked, as text. */
function listenTo(store: VectorStore): { store: VectorStore; heard: string[] } {
  const heard: string[] = [];
  const hear = (it: object): void => void heard.push(JSON.stringify(it));
  return {
    heard,
    store: {
      ...store,
      swap(swap) {
        hear(swap);
        return store.swap(swap);
      },
      find(question) {
        hear(question);
        return store.find(question);
      },
    },
  };
}

type Around = { sql?: Sql; notes: FakeNotes; store: VectorStore; shares: NoteChoice };

function open({ sql = ownSql(), ...around }: Around) {
  const index = openOver(sql, { ...around, clock: createFakeClock(), embedder: createFakeEmbedder() });
  const feed = index.feed as StoreFeed;
  async function bringUp(): Promise<void> {
    await index.indexer.catchUp();
    feed.retry();
    await feed.run();
  }
  return { sql, index, feed, bringUp };
}

function ownSql(): Sql {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  return sql;
}

const everything = {
  select: () => ({ ok: true as const, value: ['open.md', 'kept.md'] }),
  facts: (notes: readonly string[]) =>
    new Map(notes.map((note) => [note, { fileClass: null, agent: null, changedMs: 0 }])),
};

function searchOf({ index }: ReturnType<typeof open>) {
  const { passages, nearest, learner } = index;
  return { passages, nearest, catalogue: everything as never, embedQuery: learner.embedQuery };
}

test('neither text nor vector nor name of a kept note goes to it, and a search finds both', async () => {
  const notes = createFakeNotes();
  const { store, heard } = listenTo(createFakeStore());
  const opened = open({ notes, store, shares: without('kept.md') });
  notes.write('open.md', '# Tides\n\nThe harbour is deep.\n');
  notes.write('kept.md', '# Salaries\n\nThe harbour pays well.\n');
  await opened.bringUp();
  notes.write('kept.md', '# Salaries\n\nA line above.\n\n# More\n\nThe harbour pays well.\n');
  await opened.bringUp();
  expect(opened.feed.standing()).toMatchObject({ state: 'ready', waiting: 0, problem: null });
  for (const mode of ['words', 'meaning', 'hybrid'] as const)
    for (const path of [undefined, '**']) {
      const request = { text: 'harbour', mode, atMost: 9, path };
      const found = must(
        await searchPassages(searchOf(opened), {
          ...request,
          agent: undefined,
          fileClass: undefined,
          sinceMs: undefined,
        }),
      );
      expect(found.problem).toBeUndefined();
      expect(new Set(found.passages.map(({ note }) => note))).toEqual(new Set(['open.md', 'kept.md']));
    }
  expect(heard.length).toBeGreaterThan(2);
  expect(heard.join('\n')).toContain('open.md');
  expect(heard.join('\n')).not.toMatch(/kept\.md|Salaries/);
});

test('what is like a passage of a kept note is looked for on this device', async () => {
  const notes = createFakeNotes();
  const { store, heard } = listenTo(createFakeStore());
  const opened = open({ notes, store, shares: without('kept.md') });
  notes.write('open.md', 'The harbour is deep.');
  notes.write('kept.md', 'The harbour pays well.');
  await opened.bringUp();
  const told = heard.length;
  const like = async (note: string) =>
    must(await similarPassages(searchOf(opened), { note, line: 1, atMost: 3 }));
  expect(await like('kept.md')).toMatchObject({ passages: [{ note: 'open.md' }], problem: undefined });
  expect(heard).toHaveLength(told);
  expect(await like('open.md')).toMatchObject({ passages: [{ note: 'kept.md' }], problem: undefined });
  expect(heard).toHaveLength(told + 1);
});

test('the same text in another note goes there for that one alone', async () => {
  const notes = createFakeNotes();
  const store = createFakeStore();
  const opened = open({ notes, store, shares: without('kept.md') });
  notes.write('kept.md', 'The same words.');
  await opened.bringUp();
  notes.write('open.md', 'The same words.');
  await opened.bringUp();
  expect(store.contents().map(({ note }) => note)).toEqual(['open.md']);
  expect(opened.feed.standing()).toMatchObject({ state: 'ready', passages: 1, kept: 1 });
});

const names = ['a.md', 'b.md', 'c.md', 'd.md'];
const choices = [everyNote, without('a.md'), without('a.md', 'b.md'), without(...names), without('d.md')];

function live(notes: FakeNotes, random: SeededRandom): void {
  for (let step = 0; step < 4; step += 1) {
    const sections = Array.from(
      { length: random.integer(5) },
      () => `# ${random.pick(['One', 'Two', 'Three'])}\n\nwords of it\n\n`,
    );
    if (random.chance(0.15)) notes.delete(random.pick(names));
    else notes.write(random.pick(names), sections.join(''));
  }
}

test('after any changes of notes and of what it may have, it holds what a fresh one would', async () => {
  for (let seed = 0; seed < 30; seed += 1) {
    const random = createSeededRandom(`kept ${seed}`);
    const [notes, store] = [createFakeNotes(), createFakeStore()];
    let opened = open({ notes, store, shares: everyNote });
    for (let round = 0; round < 6; round += 1) {
      const shares = random.pick(choices);
      opened.feed.stop();
      opened = open({ sql: opened.sql, notes, store, shares });
      store.failWith(random.chance(0.3) ? away : undefined);
      live(notes, random);
      await opened.bringUp();
      if (random.chance(0.5)) continue;
      store.failWith(undefined);
      await opened.bringUp();
      expect(opened.feed.standing()).toMatchObject({ state: 'ready', waiting: 0 });
      const fresh = createFakeStore();
      await open({ notes, store: fresh, shares }).bringUp();
      expect(store.contents()).toEqual(fresh.contents());
      expect(store.contents().filter(({ note }) => !shares.has(note))).toEqual([]);
    }
  }
});

test('while it is still to let go of a note, this device is searched, and it is said', async () => {
  const notes = createFakeNotes();
  const store = createFakeStore();
  const before = open({ notes, store, shares: everyNote });
  notes.write('open.md', 'The harbour is deep.');
  notes.write('kept.md', 'The harbour pays well.');
  await before.bringUp();
  before.feed.stop();
  const after = open({ sql: before.sql, notes, store, shares: without('kept.md') });
  const vector = must(await after.index.learner.embedQuery('harbour'));
  const meanwhile = await after.index.nearest(vector, undefined, 9);
  expect(meanwhile.passages).toHaveLength(2);
  expect(meanwhile.problem?.message).toMatch(/The vectors on this device were searched instead\./);
  const told = store.swaps.length;
  await after.bringUp();
  expect(store.swaps[told]?.removed, 'the first that it is told').toHaveLength(1);
  expect(store.contents().map(({ note }) => note)).toEqual(['open.md']);
  expect(await after.index.nearest(vector, undefined, 9)).toMatchObject({ problem: undefined });
});

test('a store that is put back from a backup with a note in it lets go of that one again', async () => {
  const notes = createFakeNotes();
  const store = createFakeStore();
  const before = open({ notes, store, shares: everyNote });
  notes.write('open.md', 'The harbour is deep.');
  notes.write('kept.md', 'The harbour pays well.');
  await before.bringUp();
  const backup = store.backup();
  before.feed.stop();
  const after = open({ sql: before.sql, notes, store, shares: without('kept.md') });
  await after.bringUp();
  store.restore(backup);
  await after.bringUp();
  expect(store.contents().map(({ note }) => note)).toEqual(['open.md']);
});
