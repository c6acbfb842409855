/**
 * The embedder that needs no download, no key and no network: features of a text hashed into a vector
 *. It finds words, their inflections, compounds, parts of identifiers and
 * typing errors in any script. It knows no synonyms and does not translate.
 */
import type { Weights } from './feature-weights.ts';
import { type Features, featureKinds, featuresOf, kindOf } from './text-features.ts';
import { mixBits } from './text-hash.ts';

export type BuiltinEmbedder = {
  /** Under this name vectors are kept and shared; the same text has the same vector under it everywhere. */
  model: string;
  dimensions: number;
  /** The vector of a passage, of length 1. Depends on the text alone. */
  embed(text: string): Float32Array;
  /** The vector of a question, of length 1, in which rare words count more. */
  embedQuery(text: string): Float32Array;
};

/** A power of two. */
const dimensions = 512;
const model = `builtin-1-${dimensions}`;
/** Places of the vector that one feature is added to: enough that half of the signs alone still tell vectors apart. */
const placesOfFeature = 8;
const weightByKind = { [featureKinds.word]: 1, [featureKinds.piece]: 0.3, [featureKinds.sign]: 0.3 };

/** Weights enter on the side of the question only, so what is kept of passages never goes stale as they move. */
export function builtinEmbedder(weights: Weights): BuiltinEmbedder {
  return {
    model,
    dimensions,
    embed: (text) => vectorOf(featuresOf(text), () => 1),
    embedQuery: (text) => vectorOf(featuresOf(text), (feature) => weights(feature) ** 2),
  };
}

function vectorOf(features: Features, weights: Weights): Float32Array {
  const sums = new Float64Array(dimensions);
  for (const [feature, count] of features) {
    const value = weightByKind[kindOf(feature)] * weights(feature) * (1 + Math.log(count));
    addFeature(sums, feature, value);
  }
  return toUnitLength(sums);
}

function addFeature(sums: Float64Array, feature: number, value: number): void {
  let bits = feature;
  for (let place = 0; place < placesOfFeature; place += 1) {
    bits = mixBits(bits + 0x9e3779b9);
    const at = bits & (dimensions - 1);
    sums[at] = (sums[at] ?? 0) + (bits >= 0x80000000 ? value : -value);
  }
}

function toUnitLength(sums: Float64Array): Float32Array {
  // A text without any feature has no direction.
  const length = Math.hypot(...sums) || 1;
  return Float32Array.from(sums, (sum) => sum / length);
}
