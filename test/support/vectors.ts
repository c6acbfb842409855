/** Vectors as embedders make them: in groups that are about the same, all of length 1. */
import { createSeededRandom } from './seeded-random.ts';

export const unit = (numbers: ArrayLike<number>): Float32Array => {
  const length = Math.hypot(...Array.from(numbers)) || 1;
  return Float32Array.from(numbers, (number) => number / length);
};

/** `count` vectors in groups of fifty or so; the same seed gives the same. */
export function makeVectors(count: number, dimensions: number, seed: string): Float32Array[] {
  const random = createSeededRandom(seed);
  const direction = (): number[] =>
    Array.from({ length: dimensions }, () => random.next() + random.next() + random.next() - 1.5);
  const centres = Array.from({ length: Math.max(1, Math.round(count / 50)) }, direction);
  return Array.from({ length: count }, () => {
    const centre = centres[random.integer(centres.length)] ?? [];
    return unit(direction().map((number, at) => number + (centre[at] ?? 0)));
  });
}

export const cosineOf = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, number, at) => sum + number * (other[at] ?? 0), 0);

/** Numbers of the nearest, nearest first, by comparing all. */
export function nearestExactly(
  question: Float32Array,
  vectors: readonly Float32Array[],
  atMost: number,
): number[] {
  const scored = vectors.map((vector, at) => ({ at, cosine: cosineOf(question, vector) }));
  return scored
    .toSorted((one, other) => other.cosine - one.cosine)
    .slice(0, atMost)
    .map(({ at }) => at);
}
