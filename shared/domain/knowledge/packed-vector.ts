/**
 * A vector as the index keeps it: one byte for each number, and how much one of them counts. A quarter of the floats,
 * and the order of neighbours stays (scalar quantisation; Jégou et al., "Product Quantization for Nearest Neighbor
 * Search", 2011, names the trade).
 */

/** Four bytes of scale, then a signed byte for each dimension. */
export function packVector(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(4 + vector.length);
  const view = new DataView(bytes.buffer);
  const scale = largest(vector) / 127 || 1;
  view.setFloat32(0, scale, true);
  for (let index = 0; index < vector.length; index += 1) {
    view.setInt8(4 + index, Math.round((vector[index] ?? 0) / scale));
  }
  return bytes;
}

export function unpackVector(packed: Uint8Array): Float32Array {
  const { scale, numbers } = read(packed);
  return Float32Array.from(numbers, (number) => number * scale);
}

/** The inner product with a vector of as many dimensions: the cosine, where both have length 1. */
export function nearness(vector: Float32Array, packed: Uint8Array): number {
  const { scale, numbers } = read(packed);
  let sum = 0;
  for (let index = 0; index < numbers.length; index += 1) sum += (vector[index] ?? 0) * (numbers[index] ?? 0);
  return sum * scale;
}

function largest(vector: Float32Array): number {
  let most = 0;
  for (const number of vector) most = Math.max(most, Math.abs(number));
  return most;
}

const read = (packed: Uint8Array): { scale: number; numbers: Int8Array } => ({
  scale: new DataView(packed.buffer, packed.byteOffset).getFloat32(0, true),
  numbers: new Int8Array(packed.buffer, packed.byteOffset + 4, packed.length - 4),
});
