/** Documents that were written anew: their lines cannot be mixed with those of another version. */
import { bagOf, inclusion } from './words.ts';

/** In shorter texts every line may change in an edit; there the words tell. */
const leastLines = 20;
/** Share of the base's lines that a version must have kept to be an edit of it. */
const leastKept = 0.5;
/** Share of the smaller text, in words, that an edit of a short one still holds. */
const leastLikeness = 0.3;

/** True when a version kept so little of the base that it is another document. */
export function isRewrite(base: readonly string[], side: readonly string[]): boolean {
  const total = base.filter((line) => line.trim() !== '').length;
  if (total === 0 || side.length === 0) return false;
  if (total >= leastLines) return keptLines(base, side) < total * leastKept;
  return inclusion(bagOf(base.join('\n')), bagOf(side.join('\n'))) < leastLikeness;
}

/** How many lines of the base stand in the other text, wherever, blank lines aside. */
function keptLines(base: readonly string[], side: readonly string[]): number {
  const countByLine = new Map<string, number>();
  for (const line of side) countByLine.set(line, (countByLine.get(line) ?? 0) + 1);
  let kept = 0;
  for (const line of base) {
    const left = countByLine.get(line) ?? 0;
    if (left === 0 || line.trim() === '') continue;
    countByLine.set(line, left - 1);
    kept += 1;
  }
  return kept;
}
