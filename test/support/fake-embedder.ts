/** An embedder that counts what it is asked, and fails or lies when it is told to. */
import type { Embedder } from '../../electron/engine/knowledge/knowledge-ports.ts';
import { ok, type Problem, type Result } from '../../shared/result.ts';
import { createSeededRandom } from './seeded-random.ts';

export type FakeEmbedder = Embedder & {
  /** Every text that was embedded, in order. */
  readonly asked: string[];
  /** The next answers fail with these, one after another; then it works again. */
  failWith(...problems: Problem[]): void;
  /** Whatever it says from now on goes through this. */
  lie(how: ((vectors: Float32Array[]) => Float32Array[]) | undefined): void;
  /** Answers wait for the promise. */
  slow(until: Promise<unknown> | undefined): void;
};

export const fakeDimensions = 64;

export function createFakeEmbedder(model = 'fake-1'): FakeEmbedder {
  const asked: string[] = [];
  let failures: Problem[] = [];
  let lie = (vectors: Float32Array[]): Float32Array[] => vectors;
  let waitFor: Promise<unknown> | undefined;

  async function embed(texts: readonly string[]): Promise<Result<Float32Array[]>> {
    await waitFor;
    const failure = failures.shift();
    if (failure !== undefined) return { ok: false, error: failure };
    asked.push(...texts);
    return ok(lie(texts.map(vectorOf)));
  }

  return {
    model,
    dimensions: fakeDimensions,
    answersLater: false,
    atOnce: { texts: 32, notes: 1 },
    asked,
    embed,
    learner: () => ({
      add: () => {},
      remove: () => {},
      save: () => new Uint8Array(),
      async embedQuery(text) {
        const made = await embed([text]);
        return made.ok ? ok(made.value[0] as Float32Array) : made;
      },
    }),
    failWith: (...problems) => {
      failures = problems;
    },
    lie: (how) => {
      lie = how ?? ((vectors) => vectors);
    },
    slow: (until) => {
      waitFor = until;
    },
  };
}

/** Each word has a direction of its own, so that texts which share words are near to each other. */
function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(fakeDimensions);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const random = createSeededRandom(word);
    for (let index = 0; index < fakeDimensions; index += 1)
      vector[index] = (vector[index] ?? 0) + random.next() - 0.5;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((number) => number / length);
}
