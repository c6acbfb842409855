/**
 * A vector in two bits for each number: whether it is above 0, and whether it is large among its own. From these alone
 * the vectors that are probably nearest are found, a sixteenth of the memory; all of it is read for each question, which
 * keeps its numbers, for of a short one most are nearly nothing (asymmetric distances; Jégou et al., "Product
 * Quantization for Nearest Neighbor Search", 2011). What the codes say of a vector is divided by what they say of it
 * compared with itself, which makes short passages and long ones comparable (Gao and Long, "RaBitQ", SIGMOD 2024). How
 * near they really are is for whoever has the whole vectors.
 */

/** Numbers whose bits share half a byte: a question has one answer for each of its sixteen values. */
const numbersOfHalf = 2;
const valuesOfHalf = 16;
const bitsOfNumber = 2;
const numbersOfByte = 4;

/** So many times the mean of its vector's numbers makes a number large: a quarter of them are. */
const largeTimes = 1.4;
/** What a large number counts, and another one 1. */
const largeCounts = 3;

/** Four halves of a byte are added in a signed byte. */
const mostOfHalf = 31;
/** All of them are added in two bytes. */
const mostOfAll = 32_000;

/** Bytes of codes for a vector of so many dimensions; two are always read together. */
export const codeBytes = (dimensions: number): number => 2 * Math.ceil(dimensions / (2 * numbersOfByte));

/** `scale` is what a likeness is multiplied with; 0 for a vector of nothing. */
export type Coarse = { codes: Uint8Array; scale: number };

export function coarseOf(vector: Float32Array): Coarse {
  const codes = codesOf(vector);
  const itself = vector.reduce((sum, number, at) => sum + number * counts(codeAt(codes, at)), 0);
  return { codes, scale: itself === 0 ? 0 : Math.fround(1 / itself) };
}

const codeAt = (codes: Uint8Array, at: number): number =>
  ((codes[Math.floor(at / numbersOfByte)] ?? 0) >> (bitsOfNumber * (at % numbersOfByte))) & 3;

/** The lower bit of a number is its sign, the first number is in the lowest bits of the first byte. */
function codesOf(vector: Float32Array): Uint8Array {
  const codes = new Uint8Array(codeBytes(vector.length));
  const large = (largeTimes * vector.reduce((sum, number) => sum + Math.abs(number), 0)) / vector.length;
  for (const [at, number] of vector.entries()) {
    const code = (number > 0 ? 1 : 0) | (Math.abs(number) > large ? 2 : 0);
    const byte = Math.floor(at / numbersOfByte);
    codes[byte] = (codes[byte] ?? 0) | (code << (bitsOfNumber * (at % numbersOfByte)));
  }
  return codes;
}

/**
 * What each value of each half byte of codes adds to the likeness with the question, the lower half of a byte first: so
 * fine that nothing overflows, whoever adds four of them in one byte and all of them in two.
 */
export function likenessTable(question: Float32Array): Int8Array {
  const halves = 2 * codeBytes(question.length);
  const table = new Int8Array(halves * valuesOfHalf);
  const scale = scaleOf(question);
  for (let half = 0; half < halves; half += 1) {
    const [low = 0, high = 0] = question.subarray(half * numbersOfHalf, (half + 1) * numbersOfHalf);
    for (let value = 0; value < valuesOfHalf; value += 1)
      table[half * valuesOfHalf + value] = Math.round(
        scale * (low * counts(value) + high * counts(value >> 2)),
      );
  }
  return table;
}

const counts = (code: number): number => ((code & 1) === 1 ? 1 : -1) * ((code & 2) === 2 ? largeCounts : 1);

function scaleOf(question: Float32Array): number {
  let most = 0;
  let all = 0;
  for (let at = 0; at < question.length; at += numbersOfHalf) {
    const half = largeCounts * (Math.abs(question[at] ?? 0) + Math.abs(question[at + 1] ?? 0));
    most = Math.max(most, half);
    all += half;
  }
  return most === 0 ? 0 : Math.min(mostOfHalf / most, mostOfAll / all);
}
