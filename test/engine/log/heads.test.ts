/** Heads that move together at the end of a transaction are those that would have moved one by one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLogFixture } from '../replicate/log-fixture.ts';

/** Changes of two files; each stands on some of those of its file before it, heads or not. */
const histories = fc.array(
  fc.record({ path: fc.constantFrom('a.md', 'b.md'), parents: fc.array(fc.nat(20), { maxLength: 3 }) }),
  { maxLength: 20 },
);

type History = { path: string; parents: number[] }[];

/** By path and stamp. */
function named(history: History): { path: string; stamp: string; parents: string[] }[] {
  const stampOf = (index: number): string => `stamp ${String(index).padStart(2, '0')}`;
  return history.map(({ path, parents }, index) => ({
    path,
    stamp: stampOf(index),
    parents: parents.filter((it) => it < index && history[it]?.path === path).map(stampOf),
  }));
}

test('moves of one transaction are written once for each file, and come to the same', () => {
  const [one, other] = [createLogFixture(1), createLogFixture(1)];
  const [single, joined] = [one.heads, other.heads];
  fc.assert(
    fc.property(histories, fc.nat(20), (history, before) => {
      for (const { sql } of [one, other]) sql.exec('DELETE FROM heads');
      const moves = named(history);
      for (const { path, stamp, parents } of moves) single.advance(path, stamp, parents);
      for (const { path, stamp, parents } of moves.slice(0, before)) joined.advance(path, stamp, parents);
      const together = joined.together();
      for (const { path, stamp, parents } of moves.slice(before)) together.advance(path, stamp, parents);
      together.write();
      for (const path of ['a.md', 'b.md']) expect(joined.of(path)).toEqual(single.of(path));
    }),
  );
});
