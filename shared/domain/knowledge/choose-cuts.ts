/**
 * Where a note is cut. Packing chunks from the start would move every cut below an edit, so cuts depend on the content
 * around them instead: what is too long is cut at its place of the lowest key that leaves both sides large enough,
 * then so is either side. That makes a Cartesian tree over the keys, in which a place that comes or goes moves cuts
 * only up to the nearest lower keys on either side.
 */
import { type CutPlaces, rankOf, ranks } from './cut-places.ts';
import { indexLowest, type LowestKeys, lowestWithin } from './lowest-key.ts';

/** Characters of one chunk without its overlap. */
export const longestChunk = 1_800;
/** Characters above which a chunk is cut at a heading although it need not be. */
const longestAcrossHeadings = 1_400;
/** Characters that either side of a cut keeps, as long as the chunk can be made short enough by such cuts. */
const shortestSide = 500;

/** A stretch of the note between two cuts: indices of the places, -1 for its start. */
type Range = { left: number; right: number };

/** Indices of the places to cut at, in order of the note. */
export function chooseCuts(places: CutPlaces, noteMeasure: number): number[] {
  const lowest = indexLowest(places.key);
  const cuts: number[] = [];
  const ranges: Range[] = [{ left: -1, right: places.key.length }];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const start = range.left < 0 ? 0 : (places.measure[range.left] ?? 0);
    const end = places.measure[range.right] ?? noteMeasure;
    const cut = cutWithin(places, lowest, range, start, end);
    if (cut < 0) continue;
    cuts.push(cut);
    ranges.push({ left: range.left, right: cut }, { left: cut, right: range.right });
  }
  return cuts.sort((one, other) => one - other);
}

/** The place to cut the range at, which measures from `start` to `end`; -1 when it stays as it is. */
function cutWithin(
  places: CutPlaces,
  lowest: LowestKeys,
  { left, right }: Range,
  start: number,
  end: number,
): number {
  const size = end - start;
  if (size <= longestAcrossHeadings) return -1;
  const from = firstAtLeast(places.measure, start + shortestSide, left + 1, right);
  const to = firstAtLeast(places.measure, end - shortestSide + 1, from, right);
  const even = lowestWithin(lowest, from, to);
  if (even >= 0) return size > longestAcross(places.key[even] ?? 0) ? even : -1;
  return size > longestChunk ? lowestWithin(lowest, left + 1, right) : -1;
}

function longestAcross(key: number): number {
  return rankOf(key) < ranks.rule ? longestAcrossHeadings : longestChunk;
}

/** The first index from `from` to before `to` whose value reaches `least`; `to` when none does. */
function firstAtLeast(sorted: readonly number[], least: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
