import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { featureKinds, featuresOf, kindOf } from '../../../../shared/domain/knowledge/text-features.ts';

const ofKind = (text: string, kind: number) =>
  [...featuresOf(text).keys()].filter((feature) => kindOf(feature) === kind);
const words = (text: string) => ofKind(text, featureKinds.word);
/** Does the text hold every word of the other? */
const holds = (text: string, other: string) => words(other).every((word) => words(text).includes(word));
const likeness = (one: string, other: string) => {
  const pieces = ofKind(one, featureKinds.piece);
  const shared = ofKind(other, featureKinds.piece).filter((piece) => pieces.includes(piece));
  return shared.length / Math.min(pieces.length, ofKind(other, featureKinds.piece).length);
};

describe('words', () => {
  it('count alike whatever their case, accents and form', () => {
    for (const [one, other] of [
      ['Übergeben', 'UBERGEBEN'],
      ['naïve café', 'NAIVE cafe'],
      ['ﬁle ２', 'file 2'],
      ['Straße', 'strasse'],
      ['Ёлка', 'елка'],
      ['ﾃｽﾄ', 'テスト'],
    ] as const)
      expect(featuresOf(one)).toEqual(featuresOf(other));
  });

  it('stay apart where a mark makes another sound', () => {
    for (const [one, other] of [
      ['かき', 'がぎ'],
      ['한글', '하그'],
      ['हिन्दी', 'हन्द'],
    ] as const)
      expect(featuresOf(one)).not.toEqual(featuresOf(other));
  });

  it('are counted', () => {
    expect([...featuresOf('lock the lock').values()].filter((count) => count === 2).length).toBeGreaterThan(
      1,
    );
  });
});

describe('identifiers', () => {
  it.each([
    ['mergeLinesByCell', 'merge lines by cell'],
    ['merge_base', 'merge base'],
    ['SKEIN_LOCK_TOKEN', 'skein lock token'],
    ['HTTPServer', 'http server'],
    ['shared/domain/text-hash.ts', 'shared domain text hash ts'],
    ['node:fs', 'node fs'],
    ['utf8Text', 'utf8 text'],
  ])('%s are found by their parts and as a whole', (name, parts) => {
    expect(holds(name, parts)).toBe(true);
    expect(holds(name, name.toLowerCase().replace(/[^a-z0-9]+$/, ''))).toBe(true);
    expect(words(name).length).toBe(words(parts).length + 1);
  });

  it('as long as data count by their parts only', () => {
    const long = Array.from({ length: 40 }, (_, at) => `part${at}`);
    expect(words(long.join('/')).toSorted()).toEqual(words(long.join(' ')).toSorted());
  });
});

describe('pieces of words', () => {
  it('make inflections, compounds and typing errors alike', () => {
    expect(likeness('retry', 'retries')).toBeGreaterThan(0.4);
    expect(likeness('Konflikt', 'Konfliktbehandlung')).toBeGreaterThan(0.7);
    expect(likeness('репликация', 'репликации')).toBeGreaterThan(0.7);
    expect(likeness('consolidation', 'consolidatoin')).toBeGreaterThan(0.5);
    expect(likeness('retry', 'window')).toBe(0);
  });
});

describe('what says little', () => {
  it('is a common word of some language, or a very short one; it has no pieces', () => {
    for (const word of ['the', 'with', 'über', 'nicht', 'être', 'или', 'w', 'v2']) {
      expect([...featuresOf(word).keys()].map(kindOf), word).toEqual([featureKinds.slight]);
    }
    expect(words('lock').length).toBe(1);
  });

  it('is hiragana, the grammar of Japanese', () => {
    expect(words('させる')).toEqual([]);
    expect(words('索引を').length).toBe(1);
    expect(words('テスト').length).toBe(2);
  });
});

describe('scripts without spaces', () => {
  it('are read by two characters, with roots by one', () => {
    expect(holds('変更履歴を検索する', '検索')).toBe(true);
    expect(ofKind('検索', featureKinds.slight).length).toBe(2);
    expect(holds('เอกสารใหม่', 'เอกสาร')).toBe(true);
    expect(holds('gitの競合', 'git')).toBe(true);
    expect(words('字').length).toBe(1);
  });
});

describe('any text', () => {
  it('has at least one feature, and the same every time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(featuresOf(text).size).toBeGreaterThan(0);
        expect(featuresOf(text)).toEqual(featuresOf(text));
      }),
    );
    for (const text of ['', '---', '🙂', '\ud800']) expect(featuresOf(text).size).toBe(1);
    expect(featuresOf('🙂')).not.toEqual(featuresOf('🙃'));
  });
});
