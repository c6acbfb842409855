/**
 * Which element of a long list shows which row. The element of a row that left takes a row that came, so that
 * scrolling changes a few words instead of making and destroying elements.
 */
export type WantedRow = {
  key: string | number;
  /** Only rows of one shape can be shown by the same element. */
  shape: string;
  index: number;
};
export type PlacedRow = WantedRow & { element: number };

/**
 * Gives each wanted row an element: the one it has, else one whose row is wanted no more, else a new one. Elements
 * keep their order among each other, because to move one costs nearly as much as to make it. Rows that stay as they
 * are stay the same objects.
 */
export function placeRows(before: readonly PlacedRow[], wanted: readonly WantedRow[]): PlacedRow[] {
  const comingByKey = new Map(wanted.map((row) => [row.key, row]));
  const staying = before.map((placed) => {
    const row = comingByKey.get(placed.key);
    if (row?.shape !== placed.shape) return undefined;
    comingByKey.delete(placed.key);
    return row.index === placed.index ? placed : { ...row, element: placed.element };
  });
  const comingByShape = Map.groupBy(comingByKey.values(), (row) => row.shape);
  const taken = before.flatMap((placed, place) => {
    const stays = staying[place];
    if (stays !== undefined) return [stays];
    const comes = comingByShape.get(placed.shape)?.shift();
    return comes === undefined ? [] : [{ ...comes, element: placed.element }];
  });
  const newest = Math.max(0, ...before.map((it) => it.element));
  const made = [...comingByShape.values()]
    .flat()
    .map((row, step) => ({ ...row, element: newest + 1 + step }));
  return [...taken, ...made];
}

/** In the order of the list, as the keyboard and screen readers walk it. */
export const inOrder = (rows: readonly PlacedRow[]): PlacedRow[] =>
  rows.toSorted((a, b) => a.index - b.index);
