/** What every store does, whatever it is made of: the suite that the embedded one, the fake and the servers pass. */
import { describe, expect, test } from 'vitest';
import type {
  StoredPassage,
  StoredVector,
  VectorStore,
} from '../../../electron/engine/knowledge/vector-store.ts';
import { must } from '../device.ts';
import { createSeededRandom } from '../seeded-random.ts';
import { cosineOf, makeVectors, nearestExactly, unit } from '../vectors.ts';

export type StoreSubject = {
  /** One that is empty. */
  open(): Promise<VectorStore>;
  /** False: vectors of other dimensions are refused before they come to it. */
  refusesOtherVectors: boolean;
};

const dimensions = 64;

export const passage = (
  key: string,
  vector: Float32Array,
  more: Partial<StoredPassage> = {},
): StoredVector => ({
  key,
  note: 'notes/a.md',
  headings: ['Title', 'Part'],
  line: 1,
  lastLine: 3,
  vector,
  ...more,
});

type Changes = { added?: StoredVector[]; moved?: StoredPassage[]; removed?: string[]; marker?: string };

export const give = async (store: VectorStore, changes: Changes): Promise<void> =>
  must(await store.swap({ added: [], moved: [], removed: [], marker: 'm', ...changes }));

export const keysNear = async (
  store: VectorStore,
  vector: Float32Array,
  { notes, atMost = 10 }: { notes?: string[]; atMost?: number } = {},
): Promise<string[]> => must(await store.find({ vector, notes, atMost })).map(({ key }) => key);

export async function keysIn(store: VectorStore): Promise<string[]> {
  const all: string[] = [];
  for (let page = must(await store.keys(0, 7)); page.length > 0; page = must(await store.keys(all.length, 7)))
    all.push(...page);
  return all.toSorted();
}

/** Names that would do harm where one is taken for more than a name. */
const hostileNotes = [
  "a'); DROP TABLE skein.spaces; --.md",
  'quotes "double" \'single\' `back`.md',
  '{"$in": ["notes/a.md"]}',
  '$1 $2 %s %I \\ \\\\ {{ }}',
  '../../etc/passwd',
  'ドキュメント/設計 🧭 ñ.md',
  '\u00e9.md',
  'e\u0301.md',
  'line one\nline two\ttab.md',
  `${'long/'.repeat(200)}note.md`,
  ' ',
];

export function testStore(name: string, subject: StoreSubject): void {
  const [first, second, third, fourth] = makeVectors(4, dimensions, 'few') as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];

  describe(name, () => {
    test('that is new holds nothing, keeps no marker and finds nothing', async () => {
      const store = await subject.open();
      expect(must(await store.look())).toEqual({ count: 0, marker: '' });
      expect(await keysNear(store, first)).toEqual([]);
      expect(await keysIn(store)).toEqual([]);
    });

    test('says that it can be used', async () => {
      const store = await subject.open();
      must(await store.check());
    });

    test('finds the nearest first, with the cosine, and no more than wanted', async () => {
      const store = await subject.open();
      const vectors = makeVectors(40, dimensions, 'order');
      await give(store, { added: vectors.map((vector, nth) => passage(`k${nth}`, vector)) });
      const found = must(await store.find({ vector: first, notes: undefined, atMost: 5 }));
      const cosines = vectors.map((vector) => cosineOf(first, vector));
      const best = nearestExactly(first, vectors, 5).map((nth) => cosines[nth] ?? 0);
      expect(found).toHaveLength(5);
      // Numbers are kept in a byte each by some, so two that are almost equally near may change places.
      for (const [rank, { key, cosine }] of found.entries()) {
        expect(cosine).toBeCloseTo(cosines[Number(key.slice(1))] ?? 0, 2);
        expect(cosine).toBeCloseTo(best[rank] ?? 0, 2);
      }
    });

    test('finds in some notes only when it is asked to', async () => {
      const store = await subject.open();
      await give(store, {
        added: [
          passage('a', first, { note: 'a.md' }),
          passage('b', second, { note: 'b.md' }),
          passage('c', third, { note: 'c.md' }),
        ],
      });
      expect(await keysNear(store, first, { notes: ['b.md', 'c.md'] })).toEqual(
        cosineOf(first, second) > cosineOf(first, third) ? ['b', 'c'] : ['c', 'b'],
      );
      expect(await keysNear(store, first, { notes: ['a.md'] })).toEqual(['a']);
      expect(await keysNear(store, first, { notes: ['none.md'] })).toEqual([]);
      expect(await keysNear(store, first, { notes: [] })).toEqual([]);
    });

    test('takes another vector, note and lines in the place of those that a key had', async () => {
      const store = await subject.open();
      await give(store, { added: [passage('a', first), passage('b', third)] });
      await give(store, { added: [passage('a', second, { note: 'other.md', line: 9 })] });
      expect(must(await store.look()).count).toBe(2);
      expect((await keysNear(store, second))[0]).toBe('a');
      expect(await keysNear(store, second, { notes: ['other.md'] })).toEqual(['a']);
    });

    test('changes lines without a vector, and passes over what it does not have', async () => {
      const store = await subject.open();
      await give(store, { added: [passage('a', first)] });
      const { vector: _, ...moved } = passage('a', first, { line: 7, lastLine: 9 });
      await give(store, { moved: [moved, { ...moved, key: 'none' }] });
      expect(await keysIn(store)).toEqual(['a']);
      expect(await keysNear(store, first)).toEqual(['a']);
    });

    test('lets go of what is removed, also when it is told twice or never had it', async () => {
      const store = await subject.open();
      await give(store, { added: [passage('a', first), passage('b', second)] });
      await give(store, { removed: ['a', 'none'] });
      await give(store, { removed: ['a', 'none'] });
      expect(await keysIn(store)).toEqual(['b']);
      expect(await keysNear(store, first)).toEqual(['b']);
    });

    test('is the same after a batch that comes twice', async () => {
      const store = await subject.open();
      const batch = { added: [passage('a', first), passage('b', second)], removed: ['c'] };
      await give(store, { added: [passage('c', third)] });
      await give(store, batch);
      await give(store, batch);
      expect(await keysIn(store)).toEqual(['a', 'b']);
    });

    test('finds equal texts of several notes, each', async () => {
      const store = await subject.open();
      await give(store, {
        added: [
          passage('a', first, { note: 'a.md' }),
          passage('b', first, { note: 'b.md' }),
          passage('c', second),
        ],
      });
      expect((await keysNear(store, first, { atMost: 2 })).toSorted()).toEqual(['a', 'b']);
    });

    test('keeps the last marker, and lists what it holds', async () => {
      const store = await subject.open();
      const vectors = makeVectors(23, dimensions, 'pages');
      await give(store, { added: vectors.map((vector, nth) => passage(`k${nth}`, vector)), marker: 'one' });
      await give(store, { marker: 'two' });
      expect(must(await store.look())).toEqual({ count: 23, marker: 'two' });
      expect(await keysIn(store)).toEqual(vectors.map((_, nth) => `k${nth}`).toSorted());
    });

    test('takes any name of a note and any heading for no more than that', async () => {
      const store = await subject.open();
      const vectors = makeVectors(hostileNotes.length, dimensions, 'hostile');
      const added = hostileNotes.map((note, nth) =>
        passage(`k${nth}`, vectors[nth] as Float32Array, { note, headings: [note, ''] }),
      );
      await give(store, { added });
      for (const [nth, note] of hostileNotes.entries())
        expect(await keysNear(store, first, { notes: [note] })).toEqual([`k${nth}`]);
      expect(must(await store.look()).count).toBe(hostileNotes.length);
    });

    test('refuses vectors of another number of dimensions, and goes on', async () => {
      const store = await subject.open();
      await give(store, { added: [passage('a', first)] });
      const other = unit([1, 2, 3]);
      expect(await store.find({ vector: other, notes: undefined, atMost: 1 })).toMatchObject({
        error: { code: 'bad-input' },
      });
      if (subject.refusesOtherVectors)
        expect(
          await store.swap({ added: [passage('b', other)], moved: [], removed: [], marker: 'm' }),
        ).toMatchObject({
          error: { code: 'bad-input' },
        });
      expect(await keysNear(store, first)).toEqual(['a']);
      await give(store, { added: [passage('d', fourth)] });
    });

    test('finds of 10,000 at least 95 of 100 true neighbours, also in some notes', {
      timeout: 240_000,
    }, async () => {
      const store = await subject.open();
      const vectors = makeVectors(10_000, dimensions, 'many');
      const noteOf = (nth: number): string => `${nth % 50}.md`;
      for (let from = 0; from < vectors.length; from += 500) {
        const part = vectors.slice(from, from + 500);
        await give(store, {
          added: part.map((vector, nth) => passage(`k${from + nth}`, vector, { note: noteOf(from + nth) })),
        });
      }
      must(await store.settle());
      const random = createSeededRandom('questions');
      const found = { all: 0, some: 0 };
      const questions = makeVectors(30, dimensions, 'asked');
      for (const question of questions) {
        const asked = unit(
          question.map((number, at) => number + (vectors[random.integer(10_000)]?.[at] ?? 0)),
        );
        const near = new Set(await keysNear(store, asked));
        found.all += nearestExactly(asked, vectors, 10).filter((nth) => near.has(`k${nth}`)).length;
        const notes = [noteOf(random.integer(50)), noteOf(random.integer(50))];
        const within = [...vectors.keys()].filter((nth) => notes.includes(noteOf(nth)));
        const exact = nearestExactly(
          asked,
          within.map((nth) => vectors[nth] as Float32Array),
          10,
        );
        const nearWithin = new Set(await keysNear(store, asked, { notes }));
        found.some += exact.filter((at) => nearWithin.has(`k${within[at]}`)).length;
      }
      expect(found.all / (questions.length * 10)).toBeGreaterThanOrEqual(0.95);
      expect(found.some / (questions.length * 10)).toBeGreaterThanOrEqual(0.95);
    });
  });
}
