import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EditBlock, lineEdits, sameLines } from '../../../shared/domain/line-edits.ts';

const edits = (before: string, after: string, atMost = 1000) => lineEdits([...before], [...after], atMost);
const block = (oldStart: number, oldEnd: number, newStart: number, newEnd: number): EditBlock => ({
  oldStart,
  oldEnd,
  newStart,
  newEnd,
});
const letters = fc.array(fc.constantFrom('a', 'b', 'c', '', 'x', 'y'), { maxLength: 30 });

/** Length of a longest common subsequence, by the textbook. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  let row = other.map(() => 0);
  for (const text of one) {
    const next: number[] = [];
    for (const [column, otherText] of other.entries()) {
      const diagonal = (row[column - 1] ?? 0) + 1;
      next.push(text === otherText ? diagonal : Math.max(row[column] ?? 0, next[column - 1] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe('edits of lines', () => {
  it('are the blocks that differ', () => {
    expect(edits('abc', 'abc')).toEqual({ blocks: [], coarse: false });
    expect(edits('', '')).toEqual({ blocks: [], coarse: false });
    expect(edits('abc', 'abxc')).toEqual({ blocks: [block(2, 2, 2, 3)], coarse: false });
    expect(edits('abc', 'ac')).toEqual({ blocks: [block(1, 2, 1, 1)], coarse: false });
    expect(edits('abcde', 'xbcdy')).toEqual({
      blocks: [block(0, 1, 0, 1), block(4, 5, 4, 5)],
      coarse: false,
    });
    expect(edits('', 'ab')).toEqual({ blocks: [block(0, 0, 0, 2)], coarse: false });
    expect(edits('ab', '')).toEqual({ blocks: [block(0, 2, 0, 0)], coarse: false });
  });

  it('turn the old lines into the new ones', () => {
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        const result = [...before];
        for (const it of lineEdits(before, after, 1000).blocks.toReversed()) {
          result.splice(it.oldStart, it.oldEnd - it.oldStart, ...after.slice(it.newStart, it.newEnd));
        }
        expect(result).toEqual(after);
      }),
    );
  });

  it('are as few as can be', () => {
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        const { blocks } = lineEdits(before, after, 1000);
        const removed = blocks.reduce((sum, it) => sum + it.oldEnd - it.oldStart, 0);
        expect(before.length - removed).toBe(commonLength(before, after));
      }),
    );
  });

  it('come in order, apart, and never empty', () => {
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        let last: EditBlock | undefined;
        for (const it of lineEdits(before, after, 1000).blocks) {
          expect(it.oldEnd - it.oldStart + it.newEnd - it.newStart).toBeGreaterThan(0);
          expect(it.oldStart).toBeGreaterThan(last?.oldEnd ?? -1);
          expect(it.newStart).toBeGreaterThan(last?.newEnd ?? -1);
          last = it;
        }
      }),
    );
  });

  it('are one block between the first and the last difference when there are too many', () => {
    expect(edits('=abcdef=', '=fedcba=', 3)).toEqual({ blocks: [block(1, 7, 1, 7)], coarse: true });
    expect(edits('=abcdef=', '=fedcba=', 100).coarse).toBe(false);
  });

  it('do not count lines that only one side has', () => {
    const texts = (prefix: string) => Array.from({ length: 5000 }, (_, index) => `${prefix}${index}`);
    const result = lineEdits(
      ['same', ...texts('a'), 'mid', ...texts('b')],
      [...texts('c'), 'mid', 'same'],
      2,
    );
    expect(result.coarse).toBe(false);
    expect([...sameLines(result.blocks, 10_002)]).toHaveLength(1);
  });
});

describe('lines that stayed', () => {
  it('are all outside of the blocks, in pairs', () => {
    expect([...sameLines([block(1, 2, 1, 3)], 4)]).toEqual([
      [0, 0],
      [2, 3],
      [3, 4],
    ]);
    expect([...sameLines([], 2)]).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  it('hold the same text on both sides', () => {
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        const pairs = [...sameLines(lineEdits(before, after, 1000).blocks, before.length)];
        for (const [oldLine, newLine] of pairs) expect(before[oldLine]).toBe(after[newLine]);
        expect(pairs).toHaveLength(commonLength(before, after));
      }),
    );
  });
});
