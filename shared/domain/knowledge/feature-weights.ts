/** How much each feature says, learned from how many passages of the workspace hold it. */
import { assert } from '../../assert.ts';
import type { Features } from './text-features.ts';
import { mixBits } from './text-hash.ts';

/** Counters of one row; a feature counts in one of each row, and what it has is the least of them (count-min sketch). */
const rowCounters = 2 ** 16;
const rows = 2;
/** Length of `counts`: 512 KiB, however many words a workspace has. */
export const frequencyCounters = rows * rowCounters;

/** In how many chunks features stand. `counts` may be kept as it is; it is derived, and counted anew when it is lost. */
export type Frequencies = { chunks: number; counts: Uint32Array };

export function noFrequencies(): Frequencies {
  return { chunks: 0, counts: new Uint32Array(frequencyCounters) };
}

/** Takes in the features of one more chunk. */
export function addFeatures(frequencies: Frequencies, features: Features): void {
  countFeatures(frequencies, features, 1);
}

/** Takes out what `addFeatures` took in. */
export function removeFeatures(frequencies: Frequencies, features: Features): void {
  assert(frequencies.chunks > 0, 'only features that were counted are taken out');
  countFeatures(frequencies, features, -1);
}

function countFeatures(frequencies: Frequencies, features: Features, by: 1 | -1): void {
  frequencies.chunks += by;
  for (const feature of features.keys()) {
    for (let row = 0; row < rows; row += 1) {
      const at = counterOf(feature, row);
      frequencies.counts[at] = (frequencies.counts[at] ?? 0) + by;
    }
  }
}

function counterOf(feature: number, row: number): number {
  return row * rowCounters + (mixBits(feature ^ (row * 0x9e3779b9)) % rowCounters);
}

/** Weight of a feature. */
export type Weights = (feature: number) => number;

/** Where there is no workspace to learn from, all features say equally much. */
export const evenWeights: Weights = () => 1;

/**
 * The rarer the more: the inverse document frequency of BM25, by share of what a feature has that stands nowhere. Reads
 * `frequencies` when it is asked, so the weights are always those of now.
 */
export function learnWeights(frequencies: Frequencies): Weights {
  return (feature) => {
    const { chunks, counts } = frequencies;
    let holding = chunks;
    for (let row = 0; row < rows; row += 1) {
      holding = Math.min(holding, counts[counterOf(feature, row)] ?? 0);
    }
    const rarest = Math.log(1 + (chunks + 0.5) / 0.5);
    return Math.log(1 + (chunks - holding + 0.5) / (holding + 0.5)) / rarest;
  };
}
