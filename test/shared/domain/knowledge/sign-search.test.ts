import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinEmbedder } from '../../../../shared/domain/knowledge/builtin-embedder.ts';
import { evenWeights } from '../../../../shared/domain/knowledge/feature-weights.ts';
import { nearestBySigns, signsOf, signTable } from '../../../../shared/domain/knowledge/sign-search.ts';
import { journalLine, numbersFrom } from './made-up-notes.ts';

/** Five bytes of signs, and a bit in a sixth. */
const dimensions = 41;
const number = fc.integer({ min: -100, max: 100 });
const vector = fc
  .array(number, { minLength: dimensions, maxLength: dimensions })
  .map((numbers) => Float32Array.from(numbers));

const joined = (vectors: readonly Float32Array[]): Uint8Array => {
  const signs = vectors.map(signsOf);
  return Uint8Array.from(signs.flatMap((some) => [...some]));
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
  it('are those of the greatest inner product with the question, in order', () => {
    const vectors = fc.array(vector, { maxLength: 30 });
    fc.assert(
      fc.property(vector, vectors, fc.nat(35), (question, all, atMost) => {
        const expected = all
          .map((it, at) => ({ at, score: dot(question, asSigns(it)) }))
          .sort((one, other) => other.score - one.score || one.at - other.at)
          .map(({ at }) => at);
        const found = nearestBySigns(signTable(question), joined(all), atMost);
        expect(found).toEqual(expected.slice(0, atMost));
      }),
    );
  });

  it('are none among none, and none when none are wanted', () => {
    const table = signTable(new Float32Array(dimensions));
    expect(nearestBySigns(table, new Uint8Array(0), 5)).toEqual([]);
    expect(nearestBySigns(table, new Uint8Array(6), 0)).toEqual([]);
  });

  it('hold the passages that are really nearest, for questions of a few words', () => {
    const next = numbersFrom(5);
    const { embed, embedQuery } = builtinEmbedder(evenWeights);
    const passage = (nth: number) => `${journalLine(next)} passage${nth} ${journalLine(next)}`;
    const vectors = Array.from({ length: 400 }, (_, nth) => embed(passage(nth)));
    const signs = joined(vectors);
    const questions = Array.from({ length: 40 }, (_, nth) => embedQuery(`passage${nth * 10} queue lock`));
    const kept = questions.map((question) => {
      const likeness = vectors.map((it) => dot(question, it));
      const exact = [...vectors.keys()]
        .sort((one, other) => (likeness[other] ?? 0) - (likeness[one] ?? 0))
        .slice(0, 10);
      const found = new Set(nearestBySigns(signTable(question), signs, 80));
      return exact.filter((at) => found.has(at)).length / exact.length;
    });
    expect(kept.reduce((sum, share) => sum + share, 0) / kept.length).toBeGreaterThan(0.9);
  });
});
