import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiffLine, hiddenBefore, inBlocks, pairLines } from '../../../renderer/src/diff/diff-rows.ts';

const line = (kind: DiffLine['kind'], text: string): DiffLine => ({
  kind,
  old_line: kind === 'added' ? null : 1,
  new_line: kind === 'removed' ? null : 1,
  runs: [{ text, changed: false }],
});
const shape = (lines: DiffLine[]) =>
  pairLines(lines).map((pair) => [pair.old?.runs[0]?.text ?? '', pair.new?.runs[0]?.text ?? '']);

describe('side by side', () => {
  it('puts replaced lines next to each other', () => {
    const lines = [
      line('same', 'a'),
      line('removed', 'b'),
      line('removed', 'c'),
      line('added', 'B'),
      line('same', 'd'),
    ];
    expect(shape(lines)).toEqual([
      ['a', 'a'],
      ['b', 'B'],
      ['c', ''],
      ['d', 'd'],
    ]);
  });

  it('does not pair an addition with a later removal', () => {
    expect(shape([line('added', 'x'), line('removed', 'y')])).toEqual([
      ['', 'x'],
      ['y', ''],
    ]);
  });

  it('loses and invents no line', () => {
    const kinds = fc.array(fc.constantFrom<DiffLine['kind']>('same', 'added', 'removed'), { maxLength: 40 });
    fc.assert(
      fc.property(kinds, (given) => {
        const lines = given.map((kind, index) => line(kind, String(index)));
        const pairs = pairLines(lines);
        const olds = pairs.flatMap((pair) => (pair.old === undefined ? [] : [pair.old]));
        const news = pairs.flatMap((pair) => (pair.new === undefined ? [] : [pair.new]));
        expect(olds).toEqual(lines.filter((it) => it.kind !== 'added'));
        expect(news).toEqual(lines.filter((it) => it.kind !== 'removed'));
      }),
    );
  });
});

describe('what a diff hides', () => {
  const hunk = (newStart: number, lines: DiffLine[]) => ({ old_start: newStart, new_start: newStart, lines });

  it('is counted between hunks', () => {
    const hunks = [
      hunk(4, [line('same', 'a'), line('removed', 'b'), line('added', 'c')]),
      hunk(10, [line('same', 'd')]),
    ];
    expect([0, 1].map((index) => hiddenBefore(hunks, index))).toEqual([3, 4]);
  });

  it('is nothing when the diff starts at the first line', () => {
    expect(hiddenBefore([hunk(1, [line('added', 'a')])], 0)).toBe(0);
    expect(hiddenBefore([], 3)).toBe(0);
  });
});

describe('blocks', () => {
  it('hold everything in order', () => {
    expect(inBlocks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(inBlocks([], 2)).toEqual([]);
  });
});
