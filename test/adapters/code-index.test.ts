/** The search by codes in WebAssembly, judged by one in plain words. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleScan, binaryFile } from '../../build/scripts/assemble.ts';
import { openCodeIndex } from '../../electron/adapters/code-index.ts';
import { builtinEmbedder } from '../../shared/domain/knowledge/builtin-embedder.ts';
import { coarseOf, codeBytes, likenessTable } from '../../shared/domain/knowledge/coarse-vector.ts';
import { evenWeights } from '../../shared/domain/knowledge/feature-weights.ts';
import { journalLine, numbersFrom } from '../shared/domain/knowledge/made-up-notes.ts';

/** Ten bytes of codes, and a bit more. */
const dimensions = 41;
const vector = fc
  .array(fc.integer({ min: -100, max: 100 }), { minLength: dimensions, maxLength: dimensions })
  .map((numbers) => Float32Array.from(numbers));

const indexOf = (vectors: readonly Float32Array[], expected = 0) => {
  const index = openCodeIndex(codeBytes(vectors[0]?.length ?? dimensions), expected);
  for (const it of vectors) index.add(coarseOf(it));
  return index;
};

function likeness(question: Float32Array, other: Float32Array): number {
  const table = likenessTable(question);
  const { codes, scale } = coarseOf(other);
  const sum = codes.reduce((sum, byte, at) => {
    const [low, high] = [table[32 * at + (byte & 15)] ?? 0, table[32 * at + 16 + (byte >> 4)] ?? 0];
    return sum + low + high;
  }, 0);
  return Math.fround(sum * scale);
}

const ranked = (question: Float32Array, all: readonly Float32Array[], among = [...all.keys()]) =>
  among
    .map((at) => ({ at, score: likeness(question, all[at] ?? question) }))
    .sort((one, other) => other.score - one.score || one.at - other.at)
    .map(({ at }) => at);

test('what runs is what code-scan.wat says', async () => {
  expect(readFileSync(binaryFile, 'utf8')).toBe(await assembleScan());
});

describe('the likeliest', () => {
  test('come in order, of all or of some', () => {
    // More than fit one block, or three.
    const vectors = fc.array(vector, { maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(vector, vectors, fc.nat(35), fc.func(fc.boolean()), (question, all, atMost, isMeant) => {
        const index = indexOf(all);
        expect(index.nearest(question, atMost)).toEqual(ranked(question, all).slice(0, atMost));
        const some = [...all.keys()].filter((at) => isMeant(at));
        expect(index.nearest(question, atMost, some)).toEqual(ranked(question, all, some).slice(0, atMost));
      }),
    );
  });

  test('are the same after some went, each of them replaced by the last', () => {
    const vectors = fc.array(vector, { minLength: 3, maxLength: 150, size: 'max' });
    fc.assert(
      fc.property(vector, vectors, fc.array(fc.nat()), (question, all, gone) => {
        const index = indexOf(all);
        const left = [...all];
        for (const drawn of gone.slice(0, all.length - 1)) {
          const place = drawn % left.length;
          index.remove(place);
          const last = left.pop();
          if (last !== undefined && place < left.length) left[place] = last;
        }
        expect(index.nearest(question, 5)).toEqual(ranked(question, left).slice(0, 5));
      }),
    );
  });

  test('are none among none, and none when none are wanted', () => {
    expect(indexOf([]).nearest(new Float32Array(dimensions), 5)).toEqual([]);
    expect(indexOf([new Float32Array(dimensions)]).nearest(new Float32Array(dimensions), 0)).toEqual([]);
  });

  test.each([0, 10_000])('are found among 10,000, of which %i were expected', (expected) => {
    const next = numbersFrom(3);
    const some = (length: number) => Float32Array.from({ length }, () => next() - 0.5);
    const all = Array.from({ length: 10_000 }, () => some(64));
    const index = indexOf(all, expected);
    const question = some(64);
    expect(index.nearest(question, 50)).toEqual(ranked(question, all).slice(0, 50));
    expect(index.nearest(question, 50)).toEqual(ranked(question, all).slice(0, 50));
  });

  test('two indexes do not know each other', () => {
    const [one, other] = [indexOf([Float32Array.from([1, 2, 3, 4])]), indexOf([])];
    expect(other.nearest(Float32Array.from([1, 2, 3, 4]), 5)).toEqual([]);
    expect(one.nearest(Float32Array.from([1, 2, 3, 4]), 5)).toEqual([0]);
  });

  test('are those that are really nearest, for questions of a few words', () => {
    const next = numbersFrom(5);
    const { embed, embedQuery } = builtinEmbedder(evenWeights);
    const passage = (nth: number) => `${journalLine(next)} passage${nth} ${journalLine(next)}`;
    const vectors = Array.from({ length: 400 }, (_, nth) => embed(passage(nth)));
    const index = indexOf(vectors);
    const questions = Array.from({ length: 40 }, (_, nth) => embedQuery(`passage${nth * 10} queue lock`));
    const dot = (one: Float32Array, other: Float32Array) =>
      one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
    const kept = questions.map((question) => {
      const cosines = vectors.map((it) => dot(question, it));
      const exact = [...vectors.keys()]
        .sort((one, other) => (cosines[other] ?? 0) - (cosines[one] ?? 0))
        .slice(0, 10);
      const found = new Set(index.nearest(question, 80));
      return exact.filter((at) => found.has(at)).length / exact.length;
    });
    expect(kept.reduce((sum, share) => sum + share, 0) / kept.length).toBeGreaterThan(0.95);
  });
});
