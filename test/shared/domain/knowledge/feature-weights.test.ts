import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addFeatures,
  evenWeights,
  frequencyCounters,
  learnWeights,
  noFrequencies,
  removeFeatures,
} from '../../../../shared/domain/knowledge/feature-weights.ts';
import { type Features, featuresOf } from '../../../../shared/domain/knowledge/text-features.ts';

const featureOf = (word: string): number => [...featuresOf(word).keys()][0] ?? 0;
const text = fc
  .array(fc.constantFrom('lock', 'queue', 'merge', 'the', 'of', '索引', 'журнал'), { minLength: 1 })
  .map((words) => featuresOf(words.join(' ')));

describe('learned weights', () => {
  it('are the higher the rarer a word is, from nearly nothing to one', () => {
    const frequencies = noFrequencies();
    for (let chunk = 0; chunk < 1_000; chunk += 1) {
      const rare = chunk % 100 === 0 ? 'fence' : '';
      addFeatures(frequencies, featuresOf(`the ${chunk % 4 === 0 ? 'lock' : ''} ${rare}`));
    }
    const weights = learnWeights(frequencies);
    const [the, lock, fence, unknown] = ['the', 'lock', 'fence', 'outbox'].map((word) =>
      weights(featureOf(word)),
    );
    expect(the).toBeLessThan(0.01);
    expect(lock).toBeGreaterThan(the ?? 1);
    expect(fence).toBeGreaterThan(lock ?? 1);
    expect(unknown).toBeCloseTo(1, 10);
  });

  it('follow what is counted later', () => {
    const frequencies = noFrequencies();
    addFeatures(frequencies, featuresOf('lock'));
    const weights = learnWeights(frequencies);
    const before = weights(featureOf('lock'));
    for (let chunk = 0; chunk < 10; chunk += 1) addFeatures(frequencies, featuresOf('merge'));
    expect(weights(featureOf('lock'))).toBeGreaterThan(before);
  });

  it('are all alike where there is nothing to learn from', () => {
    const weights = learnWeights(noFrequencies());
    expect(weights(featureOf('lock'))).toBe(weights(featureOf('the')));
    expect(evenWeights(featureOf('lock'))).toBe(1);
  });
});

describe('frequencies', () => {
  it('do not remember what was taken out again, in any order', () => {
    fc.assert(
      fc.property(fc.array(text), fc.array(text), (kept, gone) => {
        const frequencies = noFrequencies();
        for (const features of [...gone, ...kept]) addFeatures(frequencies, features);
        for (const features of gone.toReversed()) removeFeatures(frequencies, features);
        expect(frequencies).toEqual(counted(kept));
      }),
      { numRuns: 20 },
    );
  });

  it('are of a fixed size', () => {
    expect(noFrequencies().counts.length).toBe(frequencyCounters);
    expect(noFrequencies().counts.byteLength).toBe(512 * 1024);
  });

  it('refuse to take out what was never there', () => {
    expect(() => removeFeatures(noFrequencies(), featuresOf('lock'))).toThrow(
      'only features that were counted',
    );
  });
});

function counted(all: readonly Features[]) {
  const frequencies = noFrequencies();
  for (const features of all) addFeatures(frequencies, features);
  return frequencies;
}
