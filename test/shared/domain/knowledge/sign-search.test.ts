import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinEmbedder } from '../../../../shared/domain/knowledge/builtin-embedder.ts';
import { evenWeights } from '../../../../shared/domain/knowledge/feature-weights.ts';
import { createSignIndex, signsOf } from '../../../../shared/domain/knowledge/sign-search.ts';
import { journalLine, numbersFrom } from './made-up-notes.ts';

/** Five bytes of signs, and a bit in a sixth. */
const dimensions = 41;
const number = fc.integer({ min: -100, max: 100 });
const vector = fc
  .array(number, { minLength: dimensions, maxLength: dimensions })
  .map((numbers) => Float32Array.from(numbers));

const indexOf = (vectors: readonly Float32Array[], width = 6) => {
  const index = createSignIndex(width, 0);
  for (const it of vectors) index.add(signsOf(it));
  return index;
};
const dot = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
const asSigns = (some: Float32Array) => some.map((value) => (value > 0 ? 1 : -1));

describe('signs', () => {
  it('are a bit for each number, set above nothing', () => {
    expect([...signsOf(Float32Array.from([1, -1, 0, 2, -3, 0.1, -0.1, 5, 1, -1]))]).toEqual([
      0b10101001, 0b1,
    ]);
    expect(signsOf(new Float32Array(1_024)).length).toBe(128);
  });
});

describe('the nearest by signs', () => {
  const ranked = (question: Float32Array, all: readonly Float32Array[], among: readonly number[]) =>
    among
      .map((at) => ({ at, score: dot(question, asSigns(all[at] ?? question)) }))
      .sort((one, other) => other.score - one.score || one.at - other.at)
      .map(({ at }) => at);

  it('are those of the greatest inner product with the question, in order, of all or of some', () => {
    // More than an index has room for when it is new.
    const vectors = fc.array(vector, { maxLength: 150, size: 'max' });
    fc.assert(
      fc.property(vector, vectors, fc.nat(35), fc.func(fc.boolean()), (question, all, atMost, isMeant) => {
        const index = indexOf(all);
        const places = [...all.keys()];
        expect(index.nearest(question, atMost)).toEqual(ranked(question, all, places).slice(0, atMost));
        const some = places.filter((at) => isMeant(at));
        expect(index.nearest(question, atMost, some)).toEqual(ranked(question, all, some).slice(0, atMost));
      }),
    );
  });

  it('are the same after some went, each of them replaced by the last', () => {
    fc.assert(
      fc.property(vector, fc.array(vector, { minLength: 3 }), fc.array(fc.nat()), (question, all, gone) => {
        const index = indexOf(all);
        const left = [...all];
        for (const drawn of gone.slice(0, all.length - 1)) {
          const place = drawn % left.length;
          index.remove(place);
          const last = left.pop();
          if (last !== undefined && place < left.length) left[place] = last;
        }
        expect(index.nearest(question, 5)).toEqual(ranked(question, left, [...left.keys()]).slice(0, 5));
      }),
    );
  });

  it('are none among none, and none when none are wanted', () => {
    expect(indexOf([]).nearest(new Float32Array(dimensions), 5)).toEqual([]);
    expect(indexOf([new Float32Array(dimensions)]).nearest(new Float32Array(dimensions), 0)).toEqual([]);
  });

  it('hold the passages that are really nearest, for questions of a few words', () => {
    const next = numbersFrom(5);
    const { embed, embedQuery } = builtinEmbedder(evenWeights);
    const passage = (nth: number) => `${journalLine(next)} passage${nth} ${journalLine(next)}`;
    const vectors = Array.from({ length: 400 }, (_, nth) => embed(passage(nth)));
    const index = indexOf(vectors, 128);
    const questions = Array.from({ length: 40 }, (_, nth) => embedQuery(`passage${nth * 10} queue lock`));
    const kept = questions.map((question) => {
      const likeness = vectors.map((it) => dot(question, it));
      const exact = [...vectors.keys()]
        .sort((one, other) => (likeness[other] ?? 0) - (likeness[one] ?? 0))
        .slice(0, 10);
      const found = new Set(index.nearest(question, 80));
      return exact.filter((at) => found.has(at)).length / exact.length;
    });
    expect(kept.reduce((sum, share) => sum + share, 0) / kept.length).toBeGreaterThan(0.9);
  });
});
