import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearness, packVector, unpackVector } from '../../../../shared/domain/knowledge/packed-vector.ts';

const numbers = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 16, maxLength: 16 });
const unit = (it: number[]): Float32Array => {
  const length = Math.hypot(...it) || 1;
  return Float32Array.from(it, (number) => number / length);
};

test('a packed vector is a quarter as large, and as near to others as before, up to a hundredth', () => {
  fc.assert(
    fc.property(numbers, numbers, (one, other) => {
      const [here, there] = [unit(one), unit(other)];
      const packed = packVector(there);
      expect(packed).toHaveLength(4 + there.length);
      const exact = here.reduce((sum, number, index) => sum + number * (there[index] ?? 0), 0);
      expect(Math.abs(nearness(here, packed) - exact)).toBeLessThan(0.02);
      expect(nearness(here, packed)).toBeCloseTo(nearness(here, packVector(unpackVector(packed))), 5);
    }),
  );
});

test('a vector without direction stays one', () => {
  expect([...unpackVector(packVector(new Float32Array(8)))]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});
