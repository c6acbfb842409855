import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, type PlacedRow, placeRows, type WantedRow } from '../../../renderer/src/ui/placed-rows.ts';

const shapeAt = (index: number) => (index % 3 === 0 ? 'heading' : 'change');

/** The rows `first` to `end` of a list that has `inserted` new ones at its top. */
const rowsOf = (first: number, end: number, inserted = 0): WantedRow[] =>
  Array.from({ length: end - first }, (_, step) => {
    const key = first + step - inserted;
    return { key, shape: shapeAt(key), index: first + step };
  });

const elementsOf = (rows: readonly PlacedRow[]) => rows.map((row) => row.element);
const elementByKey = (rows: readonly PlacedRow[]) => new Map(rows.map((row) => [row.key, row.element]));

describe('the elements of rows', () => {
  it('show what is wanted, each a row of its own and of its shape, wherever the window jumps', () => {
    const jump = fc.record({ first: fc.nat(200), length: fc.nat(40), inserted: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(jump), (jumps) => {
        let placed: PlacedRow[] = [];
        const shapeByElement = new Map<number, string>();
        for (const { first, length, inserted } of jumps) {
          const wanted = rowsOf(first, first + length, inserted);
          placed = placeRows(placed, wanted);
          expect(inOrder(placed).map(({ key, shape, index }) => ({ key, shape, index }))).toEqual(wanted);
          expect(new Set(elementsOf(placed)).size).toBe(placed.length);
          for (const { element, shape } of placed) {
            expect(shapeByElement.get(element) ?? shape).toBe(shape);
          }
          shapeByElement.clear();
          for (const { element, shape } of placed) shapeByElement.set(element, shape);
        }
      }),
    );
  });

  it('are the same from the first row to the last', () => {
    const start = placeRows([], rowsOf(0, 30));
    let placed = start;
    for (let first = 3; first <= 9_000; first += 3) placed = placeRows(placed, rowsOf(first, first + 30));
    expect(elementsOf(placed)).toEqual(elementsOf(start));
  });

  it('stay with their rows when others come or go', () => {
    const before = placeRows([], rowsOf(10, 40));
    const after = placeRows(before, rowsOf(13, 43, 1));
    const elements = elementByKey(after);
    for (const [key, element] of elementByKey(before)) {
      if (elements.has(key)) expect(elements.get(key)).toBe(element);
    }
  });

  it('keep the rows that did not change the same objects, so that nothing is drawn anew', () => {
    const before = placeRows([], rowsOf(0, 30));
    const after = placeRows(before, rowsOf(3, 33));
    expect(after.filter((row) => before.includes(row))).toHaveLength(27);
  });

  it('do not move among each other until they are put in order', () => {
    const before = inOrder(placeRows([], rowsOf(0, 6)));
    const after = placeRows(before, rowsOf(3, 9));
    expect(after.map((row) => row.index)).toEqual([6, 7, 8, 3, 4, 5]);
    expect(inOrder(after).map((row) => row.index)).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('are as few as the rows', () => {
    const placed = placeRows(placeRows([], rowsOf(0, 60)), rowsOf(4, 8));
    expect(placed).toHaveLength(4);
  });
});
