/** Passages as an index has them, with vectors as long as those of the built-in embedder, and questions about them. */
import { createSeededRandom } from '../support/seeded-random.ts';
import { makeVectors, unit } from '../support/vectors.ts';

export const dimensions = 1_024;
export const passagesOfNote = 20;

export type BenchPassage = { hash: string; note: string; text: string; vector: Float32Array };

const words = Array.from({ length: 20_000 }, (_, nth) => `w${nth.toString(36)}`);
const random = createSeededRandom('bench');
/** Some words are everywhere, most are rare. */
const word = (): string => words[Math.floor(random.next() ** 3 * words.length)] ?? '';
const sentence = (length: number): string => Array.from({ length }, word).join(' ');

export function makePassages(count: number): BenchPassage[] {
  return makeVectors(count, dimensions, `passages ${count}`).map((vector, nth) => ({
    hash: nth.toString(16).padStart(64, '0'),
    note: `notes/${Math.floor(nth / passagesOfNote)}.md`,
    text: sentence(60),
    vector,
  }));
}

export type BenchQuestion = { text: string; vector: Float32Array };

/** Each near to some passage, as what somebody asks who knows that there is something. */
export function makeQuestions(count: number, passages: readonly BenchPassage[]): BenchQuestion[] {
  const noise = makeVectors(count, dimensions, 'questions');
  return noise.map((vector) => {
    const about = random.pick(passages).vector;
    return { text: sentence(5), vector: unit(vector.map((number, at) => number + (about[at] ?? 0))) };
  });
}
