/**
 * Finds the vectors that are probably nearest from the signs of their numbers alone, a bit for each: a thirty-second of
 * the memory, and all of it is read for each question. The question keeps its numbers, for of a short one most are
 * nearly nothing and their signs are chance (asymmetric distances; Jégou et al., "Product Quantization for Nearest
 * Neighbor Search", 2011). How near they really are is for whoever has the whole vectors.
 */
import { placesOfBest } from './best-scores.ts';

const bitsOfByte = 8;
const valuesOfByte = 256;

/** A bit for each number, set where it is above 0; the first is the lowest of the first byte. */
export function signsOf(vector: Float32Array): Uint8Array {
  const signs = new Uint8Array(Math.ceil(vector.length / bitsOfByte));
  for (let at = 0; at < vector.length; at += 1) {
    const byte = at >> 3;
    if ((vector[at] ?? 0) > 0) signs[byte] = (signs[byte] ?? 0) | (1 << (at & 7));
  }
  return signs;
}

export type SignIndex = {
  /** Bytes of signs of each vector. */
  readonly width: number;
  /** Gives them the next place, from 0. */
  add(signs: Uint8Array): void;
  /** The one of the last place takes the place of the one that goes. */
  remove(place: number): void;
  /** Places of the nearest, of those `among` only where some are given; of equally near ones the lower first. */
  nearest(question: Float32Array, atMost: number, among?: readonly number[]): number[];
};

/**
 * A column for each byte of signs: a question looks at the same byte of all vectors one after the other, and what it
 * looks up meanwhile fits the processor's nearest memory. `expected` is how many there will be, more or less.
 */
export function createSignIndex(width: number, expected: number): SignIndex {
  let room = Math.max(64, expected);
  let columns = new Uint8Array(width * room);
  let count = 0;

  function grow(): void {
    const wider = new Uint8Array(2 * columns.length);
    for (let byte = 0; byte < width; byte += 1)
      wider.set(columns.subarray(byte * room, byte * room + count), 2 * byte * room);
    columns = wider;
    room *= 2;
  }

  function scores(question: Float32Array): Float32Array {
    const table = signTable(question);
    const sums = new Float32Array(count);
    const column = (byte: number) => columns.subarray(byte * room, byte * room + count);
    const values = (byte: number) => table.subarray(byte * valuesOfByte, (byte + 1) * valuesOfByte);
    let byte = 0;
    for (; byte + 4 <= width; byte += 4) {
      const bytes = [byte, byte + 1, byte + 2, byte + 3] as const;
      addFour(sums, bytes.map(column) as Four<Uint8Array>, bytes.map(values) as Four<Float32Array>);
    }
    for (; byte < width; byte += 1) addOne(sums, column(byte), values(byte));
    return sums;
  }

  return {
    width,
    add(signs) {
      if (count === room) grow();
      for (let byte = 0; byte < width; byte += 1) columns[byte * room + count] = signs[byte] ?? 0;
      count += 1;
    },
    remove(place) {
      count -= 1;
      for (let start = 0; start < columns.length; start += room)
        columns[start + place] = columns[start + count] ?? 0;
    },
    nearest: (question, atMost, among) => placesOfBest(scores(question), atMost, among),
  };
}

type Four<Value> = [Value, Value, Value, Value];

/** Four at once, so that the sums are read and written a quarter of the times. */
function addFour(
  sums: Float32Array,
  [a, b, c, d]: Four<Uint8Array>,
  [ofA, ofB, ofC, ofD]: Four<Float32Array>,
) {
  for (let at = 0; at < sums.length; at += 1) {
    const one = (ofA[a[at] ?? 0] ?? 0) + (ofB[b[at] ?? 0] ?? 0);
    const other = (ofC[c[at] ?? 0] ?? 0) + (ofD[d[at] ?? 0] ?? 0);
    sums[at] = (sums[at] ?? 0) + one + other;
  }
}

function addOne(sums: Float32Array, column: Uint8Array, values: Float32Array): void {
  for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (values[column[at] ?? 0] ?? 0);
}

/** What each value of each byte of signs adds to the inner product with the question: a byte then costs one look. */
function signTable(question: Float32Array): Float32Array {
  const bytes = Math.ceil(question.length / bitsOfByte);
  const table = new Float32Array(bytes * valuesOfByte);
  for (let byte = 0; byte < bytes; byte += 1) {
    const numbers = question.subarray(byte * bitsOfByte, (byte + 1) * bitsOfByte);
    const row = byte * valuesOfByte;
    table[row] = -numbers.reduce((sum, number) => sum + number, 0);
    // Each value is one that was done before with its lowest bit set as well.
    for (let value = 1; value < valuesOfByte; value += 1) {
      const lowest = 31 - Math.clz32(value & -value);
      table[row + value] = (table[row + (value & (value - 1))] ?? 0) + 2 * (numbers[lowest] ?? 0);
    }
  }
  return table;
}
