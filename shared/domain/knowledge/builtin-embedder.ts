/**
 * The embedder that needs no download, no key and no network: features of a text, hashed into a vector. It finds
 * words, their inflections, compounds, parts of identifiers and typing errors in any script. It knows no synonyms and
 * does not translate.
 */
import { evenWeights, type Weights } from './feature-weights.ts';
import { type FeatureKind, type Features, featureKinds, featuresOf, kindOf } from './text-features.ts';
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

/**
 * A power of two. Every feature of a passage disturbs every other by chance, the less the more dimensions there are
 * (docs/decisions/0027-builtin-embedder.md).
 */
const dimensions = 1_024;
const model = 'builtin-1';
/** Places of the vector that one feature is added to: enough that half of the signs alone still tell vectors apart. */
const placesOfFeature = 8;
const weightByKind = { [featureKinds.word]: 1, [featureKinds.piece]: 0.4, [featureKinds.slight]: 0.25 };

/** Weights enter on the side of the question only, so what is kept of passages never goes stale as they move. */
export function builtinEmbedder(weights: Weights): BuiltinEmbedder {
  return {
    model,
    dimensions,
    embed: (text) => vectorOf(featuresOf(text), evenWeights),
    embedQuery: (text) => vectorOf(featuresOf(text), weights),
  };
}

function vectorOf(features: Features, weights: Weights): Float32Array {
  const sums = new Float64Array(dimensions);
  for (const [feature, count] of features) {
    addFeature(sums, feature, strengthOf(kindOf(feature), count) * weights(feature));
  }
  return toUnitLength(sums);
}

/** Pieces that many words share would outweigh the words. */
function strengthOf(kind: FeatureKind, count: number): number {
  return weightByKind[kind] * (kind === featureKinds.piece ? 1 : 1 + Math.log(count));
}

function addFeature(sums: Float64Array, feature: number, value: number): void {
  let bits = feature;
  for (let place = 0; place < placesOfFeature; place += 2) {
    bits = mixBits(bits + 0x9e3779b9);
    addAt(sums, bits & 0xffff, value);
    addAt(sums, bits >>> 16, value);
  }
}

/** The lowest of 16 bits say where, the highest with which sign. */
function addAt(sums: Float64Array, bits: number, value: number): void {
  const at = bits & (dimensions - 1);
  sums[at] = (sums[at] ?? 0) + ((bits & 0x8000) === 0 ? -value : value);
}

function toUnitLength(sums: Float64Array): Float32Array {
  let squares = 0;
  for (const sum of sums) squares += sum * sum;
  // Where all features cancel out, there is no direction.
  const length = Math.sqrt(squares) || 1;
  const unit = new Float32Array(sums.length);
  for (let at = 0; at < sums.length; at += 1) unit[at] = (sums[at] ?? 0) / length;
  return unit;
}
