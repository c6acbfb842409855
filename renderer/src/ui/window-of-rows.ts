/** Which rows of a long list are near the screen. Rows have one fixed height, so this is arithmetic. */
export type RowWindow = { first: number; end: number };

/** Rows kept ready on both sides, so that a fast scroll does not show gaps. */
const spareRows = 12;
/** The window moves in steps of this many rows, so that most scrolled frames change nothing at all. */
const stepRows = 4;

/**
 * `topPixels`: how far the list's top is above the visible area (negative: below its start). Away from the ends every
 * window has the same number of rows, so that each row which comes finds the element of one which left.
 */
export function rowWindow(
  count: number,
  rowPixels: number,
  topPixels: number,
  visiblePixels: number,
): RowWindow {
  const visibleSteps = Math.ceil(visiblePixels / rowPixels / stepRows) + 1;
  const length = visibleSteps * stepRows + 2 * spareRows;
  const wanted = Math.floor(topPixels / rowPixels / stepRows) * stepRows - spareRows;
  const first = Math.max(0, Math.min(wanted, count - length));
  return { first, end: Math.min(count, first + length) };
}

/** How far to scroll so that a row is wholly visible; 0 when it is. */
export function scrollToShow(rowTop: number, rowBottom: number, viewTop: number, viewBottom: number): number {
  if (rowTop < viewTop) return rowTop - viewTop;
  return rowBottom > viewBottom ? rowBottom - viewBottom : 0;
}
