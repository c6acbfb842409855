/** Vectors of length 1, whatever length a server gives them. */

/** Undefined where a number is none, or all are 0: that points nowhere. */
export function toUnitVector(numbers: ArrayLike<number>): Float32Array | undefined {
  let squares = 0;
  for (let at = 0; at < numbers.length; at += 1) squares += (numbers[at] ?? 0) ** 2;
  const length = Math.sqrt(squares);
  if (!Number.isFinite(length) || length === 0) return undefined;
  return Float32Array.from(numbers, (number) => number / length);
}

/** Between them; the first where they cancel each other out. */
export function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array()] = vectors;
  const sums = first.map((_, at) => vectors.reduce((sum, vector) => sum + (vector[at] ?? 0), 0));
  return toUnitVector(sums) ?? first;
}
