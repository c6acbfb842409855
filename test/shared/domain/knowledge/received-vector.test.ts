import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packVector, unpackVector } from '../../../../shared/domain/knowledge/packed-vector.ts';
import { readReceived } from '../../../../shared/domain/knowledge/received-vector.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';

const random = createSeededRandom('received');

function unit(dimensions: number, most = 1): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, () => random.next() - 0.5);
  vector[0] = most;
  const length = Math.hypot(...vector);
  return vector.map((number) => number / length);
}

/** Bytes of this scale and these numbers. */
function bytesOf(scale: number, numbers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 + numbers.length);
  new DataView(bytes.buffer).setFloat32(0, scale, true);
  new Int8Array(bytes.buffer, 4).set(numbers);
  return bytes;
}

describe('a packed vector of another device', () => {
  it.each([1, 2, 48, 384, 768, 1_024, 3_072])('of %i numbers is as it was packed', (dimensions) => {
    for (let nth = 0; nth < 50; nth += 1) {
      const packed = packVector(unit(dimensions, nth + 1));
      const read = readReceived(packed, dimensions);
      expect(read).toEqual(unpackVector(packed));
      // So that it can be given on, and an index made with it is as one made without.
      expect(packVector(read as Float32Array)).toEqual(packed);
    }
  });

  it('is read where it lies in the middle of other bytes', () => {
    const packed = packVector(unit(48));
    const around = new Uint8Array(packed.length + 7);
    around.set(packed, 3);
    expect(readReceived(around.subarray(3, 3 + packed.length), 48)).toEqual(unpackVector(packed));
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['less than a scale', new Uint8Array(3)],
    ['one number too few', packVector(unit(3))],
    ['one number too many', packVector(unit(5))],
    ['no number as its scale', bytesOf(Number.NaN, [1, 2, 3, 4])],
    ['an endless scale', bytesOf(Number.POSITIVE_INFINITY, [1, 0, 0, 0])],
    ['a scale that turns it round', bytesOf(-1 / 127, [127, 0, 0, 0])],
    ['no direction', packVector(new Float32Array(4))],
    ['a scale of nothing', bytesOf(0, [127, 0, 0, 0])],
    ['a length of 1.05, by which it would be found first', bytesOf(1.05 / 127, [127, 0, 0, 0])],
    ['a length of 0.9', bytesOf(0.9 / 127, [0, 0, -127, 0])],
  ])('with %s is none', (_, packed) => {
    expect(readReceived(packed, 4)).toBeUndefined();
  });

  it('of any bytes is one of length 1, or none', () => {
    const near = fc
      .tuple(fc.float(), fc.uint8Array({ maxLength: 9 }))
      .map(([scale, numbers]) => bytesOf(scale, [...numbers]));
    fc.assert(
      fc.property(
        fc.oneof(near, fc.uint8Array({ maxLength: 13 })),
        fc.integer({ min: 1, max: 9 }),
        (bytes, dimensions) => {
          const vector = readReceived(bytes, dimensions);
          if (vector === undefined) return;
          expect(vector).toHaveLength(dimensions);
          expect(Math.abs(Math.hypot(...vector) - 1)).toBeLessThanOrEqual(0.021);
        },
      ),
    );
  });
});
