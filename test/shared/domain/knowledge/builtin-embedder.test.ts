import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { builtinEmbedder } from '../../../../shared/domain/knowledge/builtin-embedder.ts';
import {
  addFeatures,
  evenWeights,
  learnWeights,
  noFrequencies,
} from '../../../../shared/domain/knowledge/feature-weights.ts';
import { featuresOf } from '../../../../shared/domain/knowledge/text-features.ts';

const embedder = builtinEmbedder(evenWeights);
const dot = (one: Float32Array, other: Float32Array) =>
  one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
const likeness = (one: string, other: string) => dot(embedder.embed(one), embedder.embed(other));
const anyText = fc.string({ unit: 'binary', maxLength: 300 });

const passages = [
  'The outbox is read in order, and an event that comes twice changes nothing.',
  'A lease of the lock runs out after five minutes; then the next in the queue takes it.',
  'Der Indexer liest das Änderungsprotokoll und legt Abschnitte an.',
  'Конфликты слияния решаются по предкам и содержанию.',
  '変更履歴を全文検索できるようにする。',
  'mergeLines() calls pair_entries for each tableRow in shared/domain/merge.',
];
/** The passage that is nearest to a question. */
const nearest = (question: string) => {
  const vector = embedder.embedQuery(question);
  return passages.toSorted((a, b) => dot(embedder.embed(b), vector) - dot(embedder.embed(a), vector))[0];
};

describe('a vector', () => {
  it('has length 1 and the same values every time, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const vector = embedder.embed(text);
        expect(vector.length).toBe(embedder.dimensions);
        expect(Math.sqrt(dot(vector, vector))).toBeCloseTo(1, 5);
        expect(embedder.embed(text)).toEqual(vector);
      }),
    );
  });

  it('of a passage does not depend on what the workspace holds; that of a question does', () => {
    const frequencies = noFrequencies();
    const learned = builtinEmbedder(learnWeights(frequencies));
    for (const passage of passages) addFeatures(frequencies, featuresOf(`the ${passage}`));
    const text = 'the lock of the queue';
    expect(learned.embed(text)).toEqual(embedder.embed(text));
    expect(learned.embedQuery(text)).not.toEqual(embedder.embedQuery(text));
    expect(learned.model).toBe(embedder.model);
  });

  it('of what says the same is near, of what shares nothing far', () => {
    expect(likeness('merge the branches', 'branches that were merged')).toBeGreaterThan(0.3);
    expect(Math.abs(likeness('merge the branches', 'window colour palette'))).toBeLessThan(0.2);
  });

  it('is told from others by its signs alone', () => {
    const signs = (text: string) => embedder.embed(text).map(Math.sign);
    const agreement = (one: string, other: string) => dot(signs(one), signs(other)) / embedder.dimensions;
    const [outbox = '', lease = ''] = passages;
    expect(agreement(outbox, `${outbox} So it goes.`)).toBeGreaterThan(0.4);
    expect(Math.abs(agreement(outbox, lease))).toBeLessThan(0.25);
  });
});

describe('the nearest passage', () => {
  it.each([
    ['exact words', 'lease of the lock', 1],
    ['other inflections', 'reading events of outboxes', 0],
    ['German inflections', 'Abschnitt anlegen', 2],
    ['Russian inflections', 'конфликт при слиянии', 3],
    ['Japanese', '履歴の検索', 4],
    ['parts of identifiers', 'merge lines', 5],
    ['an identifier in another spelling', 'pairEntries', 5],
    ['a typing error', 'leese of the lokc', 1],
  ])('is found by %s', (_, question, expected) => {
    expect(nearest(question)).toBe(passages[expected]);
  });
});
