import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coarseOf, codeBytes, likenessTable } from '../../../../shared/domain/knowledge/coarse-vector.ts';

const bitsOf = (byte: number) => [0, 2, 4, 6].map((shift) => (byte >> shift) & 3);

describe('codes', () => {
  it('are a sign and whether it is large for each number, the first in the lowest bits', () => {
    // The mean is 2: from 2.8 on they are large.
    const { codes, scale } = coarseOf(Float32Array.from([4, -4, 1, -1, 0, 3, -3, 0]));
    expect([...codes].flatMap(bitsOf)).toEqual([3, 2, 1, 0, 0, 3, 2, 0]);
    expect(scale).toBe(Math.fround(1 / (12 + 12 + 1 + 1 + 9 + 9)));
  });

  it('take two bytes for every eight numbers, begun ones too', () => {
    expect([1, 8, 9, 384, 1_024].map(codeBytes)).toEqual([2, 2, 4, 96, 256]);
    expect(coarseOf(new Float32Array(9))).toEqual({ codes: new Uint8Array(4), scale: 0 });
  });
});

describe('the table of a question', () => {
  const question = fc
    .array(fc.float({ noNaN: true, min: -1, max: 1 }), { minLength: 1, maxLength: 5_000, size: 'max' })
    .map((numbers) => Float32Array.from(numbers));

  it('says what two numbers add: three times as much where they are large, less where the sign differs', () => {
    const table = likenessTable(Float32Array.from([1, -0.5]));
    const added = (one: number, other: number) => table[one | (other << 2)];
    expect(added(1, 1)).toBe(-(added(0, 0) ?? 0));
    expect(added(3, 2)).toBe(31);
    expect(added(2, 3)).toBe(-31);
    expect(added(1, 0)).toBe(Math.round((31 / 4.5) * 1.5));
  });

  it('overflows neither four halves in a byte nor all of them in two', () => {
    fc.assert(
      fc.property(question, (numbers) => {
        const table = likenessTable(numbers);
        let most = 0;
        for (let half = 0; half < table.length; half += 16)
          most += Math.max(...table.subarray(half, half + 16).map(Math.abs));
        expect(Math.max(...table.map(Math.abs))).toBeLessThanOrEqual(31);
        expect(most).toBeLessThan(2 ** 15);
      }),
      { numRuns: 50 },
    );
  });

  it('is nothing for a question of nothing', () => {
    expect(new Set(likenessTable(new Float32Array(16)))).toEqual(new Set([0]));
  });
});
