/** A version that holds all that the other one changed: then there is nothing to merge. */
import { lineChanges } from './three-way.ts';

/**
 * True when `whole` has every line that `part` added, lacks every line that it took away, and keeps all that
 * is left of it in its order. What `whole` itself took away from the base may stand in `part`.
 */
export function isSuperset(
  base: readonly string[],
  whole: readonly string[],
  part: readonly string[],
): boolean {
  const inBase = countLines(base);
  const inWhole = countLines(whole);
  const inPart = countLines(part);
  for (const line of new Set([...inPart.keys(), ...inBase.keys()])) {
    const [from, here, there] = [inBase, inPart, inWhole].map((counts) => counts.get(line) ?? 0);
    if (from === undefined || here === undefined || there === undefined) continue;
    if (here > from ? there < here : here < from && there > here) return false;
  }
  return lineChanges(part, whole).every((block) =>
    part.slice(block.oldStart, block.oldEnd).every((line) => isTakenAway(line, inBase, inWhole)),
  );
}

type Counts = ReadonlyMap<string, number>;

function isTakenAway(line: string, inBase: Counts, inWhole: Counts): boolean {
  return (inWhole.get(line) ?? 0) < (inBase.get(line) ?? 0);
}

function countLines(lines: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
