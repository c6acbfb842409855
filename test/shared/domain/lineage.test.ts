import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Ancestor,
  type FindAncestor,
  nearestBase,
  primaryHeads,
  usableHeads,
  withAncestors,
  withDescendants,
  withoutOldCopies,
} from '../../../shared/domain/lineage.ts';

/** A change in short: its stamp sorts by its number. */
type Short = { parents?: number[]; content?: string | null } & Partial<
  Pick<Ancestor, 'merge' | 'choice' | 'held' | 'away' | 'baseline'>
>;

const stampOf = (number: number): string => String(number).padStart(3, '0');
const stamps = (...numbers: number[]): string[] => numbers.map(stampOf);

/** Changes 1, 2, 3 … in order. */
function history(changes: readonly Short[]): FindAncestor {
  const byStamp = new Map(
    changes.map((change, index): [string, Ancestor] => [
      stampOf(index + 1),
      {
        stamp: stampOf(index + 1),
        merge: false,
        choice: false,
        held: false,
        away: false,
        baseline: false,
        ...change,
        content: change.content === undefined ? `content ${index + 1}` : change.content,
        parents: stamps(...(change.parents ?? [])),
      },
    ]),
  );
  return (stamp) => byStamp.get(stamp);
}

/** Random histories: each change stands on up to three earlier ones; some are merges, held back, or without bytes. */
const histories = fc
  .array(
    fc.record({
      back: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
      content: fc.constantFrom('a', 'b', 'c', 'd', null),
      kind: fc.constantFrom('plain', 'plain', 'plain', 'merge', 'held', 'away'),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((rows) =>
    rows.map(({ back, content, kind }, index): Short & { number: number } => {
      const parents = [...new Set(back.map((by) => index + 1 - by).filter((parent) => parent >= 1))];
      // A merge merges something.
      const merge = kind === 'merge' && parents.length > 1;
      return { number: index + 1, parents, content, merge, held: kind === 'held', away: kind === 'away' };
    }),
  );

/** By definition, however slow: everything that a change stands on. */
function below(find: FindAncestor, stamp: string): Set<string> {
  const found = new Set<string>();
  for (const parent of find(stamp)?.parents ?? []) {
    found.add(parent);
    for (const deeper of below(find, parent)) found.add(deeper);
  }
  return found;
}

const headsOf = (changes: readonly (Short & { number: number })[]): string[] => {
  const parents = new Set(changes.flatMap(({ parents }) => parents ?? []));
  return stamps(...changes.map(({ number }) => number).filter((number) => !parents.has(number)));
};

describe('usableHeads', () => {
  test('are the heads, newest first, when nothing is held back', () => {
    const find = history([{}, { parents: [1] }, { parents: [1] }]);
    expect(usableHeads(find, stamps(2, 3))).toEqual(stamps(3, 2));
  });

  test('what waits for approval, or for its bytes, is replaced by what it stands on', () => {
    for (const state of [{ held: true }, { away: true }]) {
      const find = history([{}, { parents: [1] }, { parents: [2], ...state }]);
      expect(usableHeads(find, stamps(3))).toEqual(stamps(2));
    }
  });

  test('what stands below another head does not stand beside it', () => {
    const find = history([{}, { parents: [1], held: true }, { parents: [1] }]);
    expect(usableHeads(find, stamps(2, 3))).toEqual(stamps(3));
  });

  test('are none when the only version may not be used', () => {
    expect(usableHeads(history([{ held: true }]), stamps(1))).toEqual([]);
  });

  test('a head that the log does not hold is none', () => {
    expect(usableHeads(history([{}]), stamps(1, 9))).toEqual(stamps(1));
  });

  test('of any history stand side by side, and stand for all that can be used', () => {
    fc.assert(
      fc.property(histories, (changes) => {
        const find = history(changes);
        const heads = usableHeads(find, headsOf(changes));
        for (const head of heads) {
          expect(find(head)).toMatchObject({ held: false, away: false });
          for (const other of heads) expect(below(find, other).has(head)).toBe(false);
        }
        expect(usableHeads(find, heads)).toEqual(heads);
        expect(usableHeads(find, headsOf(changes).toReversed())).toEqual(heads);
      }),
    );
  });
});

describe('primaryHeads', () => {
  test('a merge is replaced by what it merged, and so on', () => {
    const find = history([
      {},
      { parents: [1] },
      { parents: [1] },
      { parents: [2, 3], merge: true },
      { parents: [1] },
      { parents: [4, 5], merge: true },
    ]);
    expect(primaryHeads(find, stamps(6))).toEqual(stamps(5, 3, 2));
  });

  test('do not depend on who merged what first', () => {
    const versions: Short[] = [{}, { parents: [1] }, { parents: [1] }, { parents: [1] }];
    const oneWay = history([...versions, { parents: [2, 3], merge: true }, { parents: [5, 4], merge: true }]);
    const other = history([...versions, { parents: [3, 4], merge: true }, { parents: [2, 5], merge: true }]);
    expect(primaryHeads(oneWay, stamps(6))).toEqual(primaryHeads(other, stamps(6)));
  });

  test('an edit on top of a merge is what somebody wrote', () => {
    const find = history([
      {},
      { parents: [1] },
      { parents: [1] },
      { parents: [2, 3], merge: true },
      { parents: [4] },
    ]);
    expect(primaryHeads(find, stamps(5))).toEqual(stamps(5));
  });

  test('a merge of something that is hidden counts whole, but not while it waits for approval', () => {
    const merged: Short = { parents: [1, 99], merge: true };
    expect(primaryHeads(history([{}, merged]), stamps(2))).toEqual(stamps(2));
    expect(primaryHeads(history([{}, { ...merged, held: true }]), stamps(2))).toEqual(stamps(1));
  });

  test('a choice is not worked out again', () => {
    const find = history([{}, { parents: [1] }, { parents: [1] }, { parents: [2, 3], choice: true }]);
    expect(primaryHeads(find, stamps(4))).toEqual(stamps(4));
  });

  test('are the same when bytes are gone', () => {
    const find = history([
      {},
      { parents: [1], away: true },
      { parents: [1] },
      { parents: [2, 3], merge: true },
    ]);
    expect(primaryHeads(find, stamps(4))).toEqual(stamps(3, 2));
  });

  test('what was merged and is not taken here is named, for without it the merge cannot be worked out', () => {
    const merged = (away: boolean) =>
      history([{}, { parents: [1], held: true, away }, { parents: [1] }, { parents: [2, 3], merge: true }]);
    expect(primaryHeads(merged(true), stamps(4))).toEqual(stamps(3, 2));
    expect(primaryHeads(merged(false), stamps(4))).toEqual(stamps(3));
  });

  test('of any history stand side by side, and are no merges', () => {
    fc.assert(
      fc.property(histories, (changes) => {
        const find = history(changes);
        const heads = primaryHeads(find, headsOf(changes));
        for (const head of heads) {
          expect(find(head)?.merge).toBe(false);
          expect(find(head)?.held === true && find(head)?.away === false).toBe(false);
          for (const other of heads) expect(below(find, other).has(head)).toBe(false);
        }
        expect(primaryHeads(find, headsOf(changes).toReversed())).toEqual(heads);
      }),
    );
  });
});

describe('nearestBase', () => {
  const base = (changes: readonly Short[], ...numbers: number[]) =>
    nearestBase(history(changes), stamps(...numbers), 1_000);

  test('is the version from which two went apart', () => {
    expect(base([{}, { parents: [1] }, { parents: [2] }, { parents: [2] }], 3, 4)).toEqual({
      content: 'content 2',
      stamp: stampOf(2),
    });
  });

  test('is the newest of several', () => {
    const changes = [{}, { parents: [1] }, { parents: [1] }, { parents: [2, 3] }, { parents: [2, 3] }];
    expect(base(changes, 4, 5)).toEqual({ content: 'content 3', stamp: stampOf(3) });
  });

  test('of a version and one that stands on it is the first', () => {
    expect(base([{}, { parents: [1] }], 1, 2)).toEqual({ content: 'content 1', stamp: stampOf(1) });
  });

  test('of three versions is what all three come from', () => {
    const changes = [{}, { parents: [1] }, { parents: [2] }, { parents: [2] }, { parents: [1] }];
    expect(base(changes, 3, 4, 5)).toEqual({ content: 'content 1', stamp: stampOf(1) });
  });

  test('is found by content: two beginnings with the same bytes are one', () => {
    const changes = [{ content: 'same' }, { content: 'same' }, { parents: [1] }, { parents: [2] }];
    expect(base(changes, 3, 4)).toEqual({ content: 'same', stamp: stampOf(1) });
  });

  test('is none of versions that have nothing in common', () => {
    expect(base([{}, {}], 1, 2)).toBeUndefined();
  });

  test('a deletion is no base', () => {
    expect(base([{ content: null }, { parents: [1] }, { parents: [1] }], 2, 3)).toBeUndefined();
  });

  test('is given up after so many changes', () => {
    const changes = [
      {},
      ...Array.from({ length: 50 }, (_, index) => ({ parents: [index + 1] })),
      { parents: [1] },
    ];
    expect(nearestBase(history(changes), stamps(51, 52), 5)).toBeUndefined();
    expect(nearestBase(history(changes), stamps(51, 52), 100)).toEqual({
      content: 'content 1',
      stamp: stampOf(1),
    });
  });

  test('of any two versions is a content that both have, or stood on; none only when there is none', () => {
    fc.assert(
      fc.property(histories, fc.nat(), fc.nat(), (changes, first, second) => {
        const find = history(changes);
        const [one, other] = stamps((first % changes.length) + 1, (second % changes.length) + 1) as [
          string,
          string,
        ];
        const contentsOf = (stamp: string): Set<string> =>
          new Set([stamp, ...below(find, stamp)].flatMap((it) => find(it)?.content ?? []));
        const common = [...contentsOf(one)].filter((content) => contentsOf(other).has(content));
        const found = one === other ? { content: common[0] } : nearestBase(find, [one, other], 1_000);
        if (found === undefined) expect(common).toEqual([]);
        else if (one !== other) expect(common).toContain(found.content);
      }),
    );
  });
});

test('what a change stands on, and what stands on it, is what its parents say, however far', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 14 }), (changes, number) => {
      const find = history(changes);
      const all = changes.map((change) => stampOf(change.number));
      const oldestFirst = all.flatMap((stamp) => find(stamp) ?? []);
      const [wanted = ''] = stamps(Math.min(number, changes.length));
      const ancestors = withAncestors(oldestFirst.toReversed(), [wanted]);
      expect(ancestors).toEqual(below(find, wanted).add(wanted));
      const descendants = all.filter((stamp) => below(find, stamp).has(wanted));
      expect(withDescendants(oldestFirst, [wanted])).toEqual(new Set([wanted, ...descendants]));
    }),
  );
});

describe('versions that lay where nobody had looked before', () => {
  const standing = (changes: readonly Short[], ...numbers: number[]): string[] => {
    const find = history(changes);
    const versions = stamps(...numbers).flatMap((stamp) => find(stamp) ?? []);
    return withoutOldCopies(find, versions, 100).map(({ stamp }) => stamp);
  };
  const written: Short[] = [
    { content: 'old' },
    { content: 'newer', parents: [1] },
    { content: 'newest', parents: [2] },
  ];
  const deleted: Short[] = [...written, { content: null, parents: [3] }];
  const found = (content: string): Short => ({ content, baseline: true });

  test('are old when another one has them in its history, a deletion too', () => {
    expect(standing([...written, found('old')], 3, 4)).toEqual(stamps(3));
    expect(standing([...deleted, found('newest')], 4, 5)).toEqual(stamps(4));
  });

  test('count when nobody has them, or has nothing newer', () => {
    expect(standing([...written, found('of its own')], 3, 4)).toEqual(stamps(3, 4));
    expect(standing([...written, found('newest')], 3, 4)).toEqual(stamps(3, 4));
    expect(standing([found('old'), found('other')], 1, 2)).toEqual(stamps(1, 2));
  });

  test('are not what somebody wrote, be it the same', () => {
    expect(standing([...deleted, { content: 'old' }], 4, 5)).toEqual(stamps(4, 5));
    expect(standing([...deleted, { ...found('old'), parents: [1] }], 4, 5)).toEqual(stamps(4, 5));
  });
});
