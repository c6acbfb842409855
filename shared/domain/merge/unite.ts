/** Two wordings of one thing without a common version: all lines of both, each once, where that reads as one. */
import { refineBlock } from './align.ts';
import { itemOf, kindOf } from './line-kinds.ts';
import { furtherBox, mergeScalars, type Side } from './scalars.ts';
import { lineChanges } from './three-way.ts';
import { compareTexts, isWithin, tokensOf } from './words.ts';

/** Both texts as one; undefined where they differ inside of code, which has no lines that stand alone. */
export function uniteLines(
  left: readonly string[],
  right: readonly string[],
  newer: Side | undefined,
): string[] | undefined {
  const lines: string[] = [];
  let at = 0;
  const fenced = insideFences(left);
  for (const change of lineChanges(left, right)) {
    lines.push(...left.slice(at, change.oldStart));
    at = change.oldEnd;
    if (fenced[change.oldStart] === true) return undefined;
    for (const block of refineBlock(change, left, right)) {
      const ours = left.slice(block.oldStart, block.oldEnd);
      const theirs = right.slice(block.newStart, block.newEnd);
      if (theirs.some((line) => kindOf(line) === 'fence')) return undefined;
      lines.push(...uniteBlock(ours, theirs, newer));
    }
  }
  return [...lines, ...left.slice(at)];
}

/** True for each line inside of a fence, and for the one that ends it. */
function insideFences(lines: readonly string[]): boolean[] {
  let open = false;
  return [...lines, ''].map((line) => {
    const inside = open;
    if (kindOf(line) === 'fence') open = !open;
    return inside;
  });
}

function uniteBlock(left: readonly string[], right: readonly string[], newer: Side | undefined): string[] {
  if (left.length === 1 && right.length === 1) {
    const line = uniteLine(left[0] ?? '', right[0] ?? '', newer);
    if (line !== undefined) return [line];
  }
  const both =
    compareTexts(left.join('\n'), right.join('\n')) <= 0 ? [...left, ...right] : [...right, ...left];
  return both.filter((line) => line.trim() !== '' || left.length === 0 || right.length === 0);
}

/**
 * One line of two wordings: the one that says all that the other says, or the one with the further value where
 * only values differ; undefined when each says something of its own.
 */
export function uniteLine(left: string, right: string, newer: Side | undefined): string | undefined {
  const boxed = withOneBox(left, right);
  const [one, other] = [tokensOf(boxed.left), tokensOf(boxed.right)];
  if (isWithin(other, one)) return boxed.left;
  if (isWithin(one, other)) return boxed.right;
  const parts: string[] = [];
  let at = 0;
  for (const change of lineChanges(one, other)) {
    parts.push(...one.slice(at, change.oldStart));
    at = change.oldEnd;
    const value = mergeScalars(
      '',
      one.slice(change.oldStart, change.oldEnd).join(''),
      other.slice(change.newStart, change.newEnd).join(''),
      newer,
    );
    if (value === undefined) return undefined;
    parts.push(value.text);
  }
  return [...parts, ...one.slice(at)].join('');
}

/** Both items with the box that is further. */
function withOneBox(left: string, right: string): { left: string; right: string } {
  const one = itemOf(left)?.box ?? '';
  const other = itemOf(right)?.box ?? '';
  if (one === '' || other === '' || one === other) return { left, right };
  const box = `[${furtherBox(one, other)}]`;
  return { left: left.replace(`[${one}]`, () => box), right: right.replace(`[${other}]`, () => box) };
}
