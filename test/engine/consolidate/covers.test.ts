/** What a consolidation covers, whoever wrote it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eachOnce } from '../../../electron/engine/consolidate/covers.ts';

const sequencesOf = (runs: readonly (readonly [number, number])[]): number[] =>
  runs.flatMap(([first, last]) =>
    Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index),
  );

test('each change is looked at once, however often a consolidation names it', () => {
  const bound = fc.integer({ min: 1, max: 30 });
  fc.assert(
    fc.property(fc.array(fc.tuple(bound, bound)), (runs) => {
      const named = sequencesOf(eachOnce(runs));
      expect(named).toEqual([...new Set(named)].toSorted((a, b) => a - b));
      const all = sequencesOf(runs);
      expect(all).toEqual(expect.arrayContaining(named));
      const isInOrder = all.every((sequence, index) => sequence > (all[index - 1] ?? 0));
      if (isInOrder) expect(named).toEqual(all);
    }),
  );
});
