import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { mergeCleanly } from '../../../../shared/domain/merge/merge-lines.ts';
import { compareThree, lineChanges } from '../../../../shared/domain/merge/three-way.ts';

const letters = fc.array(fc.constantFrom('a', 'b', 'c', '', 'x', 'y'), { maxLength: 30 });
const changes = (before: string, after: string) => lineChanges([...before], [...after]);
const regions = (base: string, left: string, right: string) =>
  compareThree({ base: [...base], left: [...left], right: [...right] });
const block = (oldStart: number, oldEnd: number, newStart: number, newEnd: number) => ({
  oldStart,
  oldEnd,
  newStart,
  newEnd,
});

describe('changes of lines', () => {
  it('are the blocks that differ', () => {
    expect(changes('abc', 'abc')).toEqual([]);
    expect(changes('abc', 'abxc')).toEqual([block(2, 2, 2, 3)]);
    expect(changes('abc', 'ac')).toEqual([block(1, 2, 1, 1)]);
    expect(changes('', 'ab')).toEqual([block(0, 0, 0, 2)]);
    expect(changes('ab', '')).toEqual([block(0, 2, 0, 0)]);
  });

  it('slide down as far as they go', () => {
    expect(changes('aab', 'aaab')).toEqual([block(2, 2, 2, 3)]);
    expect(changes('h-h-', 'h-h-h-')).toEqual([block(4, 4, 4, 6)]);
    expect(changes('abab', 'ab')).toEqual([block(2, 4, 2, 2)]);
  });

  it('slide to a change of the other text rather than past it', () => {
    expect(changes('xaab', 'xacab')).toEqual([block(2, 2, 2, 3)]);
  });

  it('turn the old lines into the new ones', () => {
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        const result = [...before];
        for (const it of lineChanges(before, after).toReversed()) {
          result.splice(it.oldStart, it.oldEnd - it.oldStart, ...after.slice(it.newStart, it.newEnd));
        }
        expect(result).toEqual(after);
      }),
    );
  });

  it('come in order and apart', () => {
    fc.assert(
      fc.property(letters, letters, (before, after) => {
        let last = -1;
        for (const it of lineChanges(before, after)) {
          expect(it.oldStart).toBeGreaterThan(last);
          last = it.oldEnd;
        }
      }),
    );
  });

  it('end early on large texts that share little', () => {
    const text = (step: number) => Array.from({ length: 4000 }, (_, index) => `l${(index * step) % 4001}`);
    const result = [...text(17)];
    for (const it of lineChanges(text(17), text(31)).toReversed()) {
      result.splice(it.oldStart, it.oldEnd - it.oldStart, ...text(31).slice(it.newStart, it.newEnd));
    }
    expect(result).toEqual(text(31));
  });
});

describe('regions of three texts', () => {
  it('hold what one side changed', () => {
    expect(regions('abcde', 'aXcde', 'abcdY')).toMatchObject([
      { base: { start: 1, end: 2 }, left: { start: 1, end: 2 }, rightBlocks: [] },
      { base: { start: 4, end: 5 }, right: { start: 4, end: 5 }, leftBlocks: [] },
    ]);
  });

  it('hold changes of both that overlap or touch', () => {
    expect(regions('abcd', 'aXcd', 'abYd')).toMatchObject([
      { base: { start: 1, end: 3 }, left: { start: 1, end: 3 }, right: { start: 1, end: 3 } },
    ]);
    expect(regions('abcd', 'aXd', 'abYYcd')).toMatchObject([
      { base: { start: 1, end: 3 }, left: { start: 1, end: 2 }, right: { start: 1, end: 5 } },
    ]);
  });

  it('know where each side stands after earlier changes', () => {
    expect(regions('abcdef', 'XXabcdef', 'abcdeY')).toMatchObject([
      { base: { start: 0, end: 0 }, left: { start: 0, end: 2 } },
      { base: { start: 5, end: 6 }, left: { start: 7, end: 8 }, right: { start: 5, end: 6 } },
    ]);
  });
});

describe('a merge by lines', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-three-way-'));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  const lines = fc.array(fc.constantFrom('', '- a', '- b', '# c', 'd', 'e', 'f'), {
    minLength: 4,
    maxLength: 40,
  });
  const edit = fc.record({
    at: fc.nat(40),
    drop: fc.nat(3),
    add: fc.array(fc.constantFrom('', '- a', 'g', 'h'), { maxLength: 3 }),
  });
  const edited = (base: readonly string[], edits: readonly { at: number; drop: number; add: string[] }[]) => {
    const result = [...base];
    for (const it of edits) result.splice(it.at % (result.length + 1), it.drop, ...it.add);
    return result;
  };
  const write = (name: string, text: readonly string[]) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text.map((line) => `${line}\n`).join(''));
    return file;
  };

  it('settles what git settles, byte for byte as git does', () => {
    fc.assert(
      fc.property(
        lines,
        fc.array(edit, { maxLength: 3 }),
        fc.array(edit, { maxLength: 3 }),
        (base, one, other) => {
          const sides = { base, left: edited(base, one), right: edited(base, other) };
          const git = spawnSync('git', [
            'merge-file',
            '-p',
            write('left', sides.left),
            write('base', base),
            write('right', sides.right),
          ]);
          const ours = mergeCleanly(compareThree(sides), sides);
          expect(ours !== undefined).toBe(git.status === 0);
          if (ours !== undefined)
            expect(ours.map((line) => `${line}\n`).join('')).toBe(git.stdout.toString());
        },
      ),
      { numRuns: 60 },
    );
  });
});
