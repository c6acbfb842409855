/** Vectors as embedders make them: in groups that are about the same, all of length 1. */
import { createSeededRandom } from './seeded-random.ts';

export function unit(numbers: ArrayLike<number>): Float32Array {
  const vector = Float32Array.from(numbers);
  const length = Math.sqrt(cosineOf(vector, vector)) || 1;
  return vector.map((number) => number / length);
}

/** `count` vectors in groups of fifty or so; the same seed gives the same. */
export function makeVectors(count: number, dimensions: number, seed: string): Float32Array[] {
  const random = createSeededRandom(seed);
  const direction = (around?: Float32Array): Float32Array => {
    const vector = new Float32Array(dimensions);
    for (let at = 0; at < dimensions; at += 1)
      vector[at] = random.next() + random.next() + random.next() - 1.5 + (around?.[at] ?? 0);
    return vector;
  };
  const centres = Array.from({ length: Math.max(1, Math.round(count / 50)) }, () => direction());
  return Array.from({ length: count }, () => unit(direction(centres[random.integer(centres.length)])));
}

export function cosineOf(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}

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
