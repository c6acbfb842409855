/**
 * Finds the vectors that are probably nearest from the signs of their numbers alone, a bit for each: a thirty-second of
 * the memory, and all of it is read for each question. The question keeps its numbers, for of a short one most are
 * nearly nothing and their signs are chance (asymmetric distances; Jégou et al., "Product Quantization for Nearest
 * Neighbor Search", 2011). How near they really are is for whoever has the whole vectors.
 */

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

/** What each value of each byte of signs adds to the inner product with the question. */
export type SignTable = Float32Array;

/** Asked once for a question, so that a byte of signs costs one look. */
export function signTable(question: Float32Array): SignTable {
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

/**
 * Numbers of at most `atMost` of the vectors whose signs stand in `signs`, one after the other; the nearest first, of
 * equally near ones the earlier.
 */
export function nearestBySigns(table: SignTable, signs: Uint8Array, atMost: number): number[] {
  const scores = scoreAll(table, signs);
  const wanted = Math.min(atMost, scores.length);
  if (wanted <= 0) return [];
  const least = scoreOfBest(scores, wanted);
  const near: number[] = [];
  for (let at = 0; at < scores.length; at += 1) if ((scores[at] ?? 0) >= least) near.push(at);
  near.sort((one, other) => (scores[other] ?? 0) - (scores[one] ?? 0) || one - other);
  return near.slice(0, wanted);
}

function scoreAll(table: SignTable, signs: Uint8Array): Float32Array {
  const bytes = table.length / valuesOfByte;
  const scores = new Float32Array(Math.floor(signs.length / bytes));
  for (let at = 0; at < scores.length; at += 1) scores[at] = scoreFrom(table, signs, at * bytes, bytes);
  return scores;
}

/** Four sums, so that the processor need not wait for one to go on. */
function scoreFrom(table: SignTable, signs: Uint8Array, from: number, bytes: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  let byte = 0;
  for (let row = 0; byte + 4 <= bytes; byte += 4, row += 4 * valuesOfByte) {
    const at = from + byte;
    first += table[row + (signs[at] ?? 0)] ?? 0;
    second += table[row + valuesOfByte + (signs[at + 1] ?? 0)] ?? 0;
    third += table[row + 2 * valuesOfByte + (signs[at + 2] ?? 0)] ?? 0;
    fourth += table[row + 3 * valuesOfByte + (signs[at + 3] ?? 0)] ?? 0;
  }
  for (; byte < bytes; byte += 1) first += table[byte * valuesOfByte + (signs[from + byte] ?? 0)] ?? 0;
  return first + second + third + fourth;
}

const buckets = 4_096;

/** A score that at least `wanted` reach, and not many more: sorting them all would take as long as scoring them. */
function scoreOfBest(scores: Float32Array, wanted: number): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const score of scores) {
    if (score < least) least = score;
    if (score > most) most = score;
  }
  const width = (most - least) / buckets;
  if (width === 0) return least;
  const counts = new Uint32Array(buckets + 1);
  for (const score of scores) {
    const bucket = Math.floor((score - least) / width);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  let bucket = buckets;
  for (let count = counts[bucket] ?? 0; count < wanted; count += counts[bucket] ?? 0) bucket -= 1;
  // One bucket lower: what stands at its border may have been counted on the other side of it.
  return least + (bucket - 1) * width;
}
