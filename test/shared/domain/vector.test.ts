import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  countMissing,
  covers,
  coversAll,
  emptyVector,
  formatVector,
  joinVectors,
  parseVector,
  type Vector,
} from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';

const [a, b] = ['00000000000000aa', '00000000000000bb'] as const;

/** Few nodes, so that vectors share some. */
const nodes = fc.constantFrom(a, b, 'c'.repeat(16), 'd'.repeat(16), '0'.repeat(16));
const vectors: fc.Arbitrary<Vector> = fc.dictionary(nodes, fc.integer({ min: 1, max: 50 }));

describe('what a vector covers', () => {
  test('is every change up to the sequence of its node', () => {
    expect(covers({ [a]: 3 }, a, 3)).toBe(true);
    expect(covers({ [a]: 3 }, a, 4)).toBe(false);
    expect(covers({ [a]: 3 }, b, 1)).toBe(false);
  });

  test('of two vectors, is nothing of the other missing', () => {
    fc.assert(
      fc.property(vectors, vectors, (one, other) => {
        expect(coversAll(one, other)).toBe(countMissing(other, one) === 0);
      }),
    );
  });

  test('everything covers nothing, and itself', () => {
    fc.assert(
      fc.property(vectors, (vector) => {
        expect(coversAll(vector, emptyVector)).toBe(true);
        expect(coversAll(vector, vector)).toBe(true);
        expect(countMissing(vector, vector)).toBe(0);
      }),
    );
  });
});

describe('joinVectors', () => {
  test('holds what both hold together, and no more', () => {
    fc.assert(
      fc.property(vectors, vectors, (one, other) => {
        const joined = joinVectors(one, other);
        expect(coversAll(joined, one) && coversAll(joined, other)).toBe(true);
        for (const [node, sequence] of Object.entries(joined))
          expect(sequence).toBe(Math.max(one[node] ?? 0, other[node] ?? 0));
      }),
    );
  });

  test('does not depend on order, grouping or repetition', () => {
    fc.assert(
      fc.property(vectors, vectors, vectors, (one, other, third) => {
        expect(joinVectors(one, other)).toEqual(joinVectors(other, one));
        expect(joinVectors(joinVectors(one, other), third)).toEqual(
          joinVectors(one, joinVectors(other, third)),
        );
        expect(joinVectors(one, one)).toEqual(one);
      }),
    );
  });

  test('of what is missing leaves nothing missing', () => {
    fc.assert(
      fc.property(vectors, vectors, (one, other) => {
        expect(countMissing(joinVectors(one, other), one)).toBe(countMissing(other, one));
      }),
    );
  });
});

describe('the text of a vector', () => {
  test('is node:sequence pairs in order, or 0', () => {
    expect(formatVector({ [b]: 2, [a]: 17 })).toBe(`${a}:17,${b}:2`);
    expect(formatVector(emptyVector)).toBe('0');
    expect(formatVector({ [a]: 0 })).toBe('0');
  });

  test('reads back what was written', () => {
    fc.assert(
      fc.property(vectors, (vector) => {
        expect(parseVector(formatVector(vector))).toEqual({ ok: true, value: vector });
      }),
    );
  });

  test('may be empty', () => {
    expect(parseVector('')).toEqual({ ok: true, value: {} });
  });

  test.each([
    ['no node', ':3'],
    ['no sequence', a],
    ['capital digits', `${'A'.repeat(16)}:3`],
    ['a short node', 'aa:3'],
    ['a negative sequence', `${a}:-3`],
    ['a fraction', `${a}:1.5`],
    ['more digits than a number holds', `${a}:${'9'.repeat(16)}`],
    ['a node twice', `${a}:1,${a}:2`],
    ['a space', `${a}:1, ${b}:2`],
    ['an end that is open', `${a}:1,`],
    ['a name that every object has', '__proto__:1'],
  ])('with %s is refused', (_, text) => {
    expect(parseVector(text)).toMatchObject({ ok: false, error: { code: 'bad-input', subject: 'since' } });
  });

  test('with too many nodes is refused', () => {
    const text = (count: number): string =>
      Array.from({ length: count }, (_, index) => `${index.toString(16).padStart(16, '0')}:1`).join(',');
    expect(parseVector(text(limits.vectorNodes))).toMatchObject({ ok: true });
    expect(parseVector(text(limits.vectorNodes + 1))).toMatchObject({ ok: false });
  });

  test('whatever it is, is read or refused', () => {
    const almost = fc.stringMatching(/^[0-9a-f:, ]{0,60}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), almost), (text) => {
        const parsed = parseVector(text);
        if (parsed.ok) expect(parseVector(formatVector(parsed.value)).ok).toBe(true);
        else expect(parsed.error.message.length).toBeLessThan(200);
      }),
    );
  });
});
