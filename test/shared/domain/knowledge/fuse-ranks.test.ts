import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuseRanks } from '../../../../shared/domain/knowledge/fuse-ranks.ts';

const ids = (fused: ReturnType<typeof fuseRanks>) => fused.map((hit) => hit.id);

describe('fusing ranks', () => {
  it('puts first what several lists have near the top, and says where', () => {
    const fused = fuseRanks([
      { name: 'words', ids: ['a', 'b', 'c'] },
      { name: 'meaning', ids: ['d', 'b', 'a'] },
    ]);
    expect(ids(fused)).toEqual(['a', 'b', 'd', 'c']);
    expect(fused[0]).toEqual({ id: 'a', score: 1 / 61 + 1 / 63, ranks: { words: 1, meaning: 3 } });
    expect(fused[2]?.ranks).toEqual({ meaning: 1 });
  });

  it('lets lists count more or less', () => {
    const words = { name: 'words', ids: ['a'] };
    const meaning = { name: 'meaning', ids: ['b'] };
    expect(ids(fuseRanks([words, meaning]))).toEqual(['a', 'b']);
    expect(ids(fuseRanks([words, { ...meaning, weight: 1.1 }]))).toEqual(['b', 'a']);
  });

  it('takes an id that a list repeats by its first place', () => {
    expect(fuseRanks([{ name: 'words', ids: ['a', 'b', 'a', 'c'] }]).map((hit) => hit.ranks)).toEqual([
      { words: 1 },
      { words: 2 },
      { words: 3 },
    ]);
  });

  it('holds every id once, keeps the order of one list alone, and is empty of nothing', () => {
    const list = fc.uniqueArray(fc.constantFrom(...'abcdefgh'));
    fc.assert(
      fc.property(list, list, (one, other) => {
        const fused = ids(
          fuseRanks([
            { name: 'one', ids: one },
            { name: 'other', ids: other },
          ]),
        );
        expect(fused.toSorted()).toEqual([...new Set([...one, ...other])].toSorted());
        expect(ids(fuseRanks([{ name: 'one', ids: one }]))).toEqual(one);
      }),
    );
    expect(fuseRanks([])).toEqual([]);
  });

  it('ranks higher what moves up in one list', () => {
    const place = (at: number) => {
      const others = ['p', 'q', 'r', 's', 't'];
      const moved = others.toSpliced(at, 0, 'x');
      return ids(
        fuseRanks([
          { name: 'one', ids: moved },
          { name: 'other', ids: others },
        ]),
      ).indexOf('x');
    };
    for (let at = 1; at <= 5; at += 1) expect(place(at - 1)).toBeLessThanOrEqual(place(at));
  });
});
