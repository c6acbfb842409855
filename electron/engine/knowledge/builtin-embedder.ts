/** The embedder that needs no download, as the index asks for it. */
import { builtinEmbedder } from '../../../shared/domain/knowledge/builtin-embedder.ts';
import {
  addFeatures,
  type Frequencies,
  frequencyCounters,
  learnWeights,
  noFrequencies,
  removeFeatures,
} from '../../../shared/domain/knowledge/feature-weights.ts';
import { featuresOf } from '../../../shared/domain/knowledge/text-features.ts';
import { limits } from '../../../shared/limits.ts';
import { ok } from '../../../shared/result.ts';
import type { Embedder, Learner } from './knowledge-ports.ts';

export function createBuiltinEmbedder(): Embedder {
  const { model, dimensions, embed } = builtinEmbedder(learnWeights(noFrequencies()));
  return {
    model,
    dimensions,
    answersLater: false,
    atOnce: { texts: limits.embeddedAtOnce, notes: 1 },
    embed: async (texts) => ok(texts.map(embed)),
    learner: createLearner,
  };
}

/** Rare words count more in a question; which words are rare is learned from the passages of the index. */
function createLearner(saved: Uint8Array | undefined): Learner {
  const frequencies = readFrequencies(saved);
  const { embedQuery } = builtinEmbedder(learnWeights(frequencies));
  return {
    add: (text) => addFeatures(frequencies, featuresOf(text)),
    remove: (text) => removeFeatures(frequencies, featuresOf(text)),
    save: () => writeFrequencies(frequencies),
    embedQuery: async (text) => ok(embedQuery(text)),
  };
}

/** The number of passages, then the counters. */
function writeFrequencies({ chunks, counts }: Frequencies): Uint8Array {
  const numbers = new Uint32Array(1 + counts.length);
  numbers[0] = chunks;
  numbers.set(counts, 1);
  return new Uint8Array(numbers.buffer);
}

function readFrequencies(saved: Uint8Array | undefined): Frequencies {
  if (saved?.length !== 4 * (1 + frequencyCounters)) return noFrequencies();
  const numbers = new Uint32Array(saved.slice().buffer);
  return { chunks: numbers[0] ?? 0, counts: numbers.slice(1) };
}
