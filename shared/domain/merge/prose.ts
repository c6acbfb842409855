/** One text changed on both sides, merged by words where the changes do not collide. */
import { limits } from '../../limits.ts';
import { mergeScalars, type Side } from './scalars.ts';
import { type Spot, splitRegion } from './spots.ts';
import { isSuperset } from './superset.ts';
import { compareThree } from './three-way.ts';
import { compareTexts, isWithin, tokensOf } from './words.ts';

export type Merged = { text: string; notes: string[] };

/** The text with both changes, or undefined when both changed the same words and these do not tell. */
export function mergeProse(
  base: string,
  left: string,
  right: string,
  newer: Side | undefined,
): Merged | undefined {
  if (left === right || right === base) return { text: left, notes: [] };
  if (left === base) return { text: right, notes: [] };
  if (Math.max(base.length, left.length, right.length) > limits.mergeLineCharacters) return undefined;
  const sides = { base: tokensOf(base), left: tokensOf(left), right: tokensOf(right) };
  const solid = { base: solidOf(sides.base), left: solidOf(sides.left), right: solidOf(sides.right) };
  if (isSuperset(solid.base, solid.left, solid.right)) return { text: left, notes: [] };
  if (isSuperset(solid.base, solid.right, solid.left)) return { text: right, notes: [] };
  const tokens: string[] = [];
  const notes: string[] = [];
  let at = 0;
  for (const region of compareThree(sides)) {
    for (const spot of splitRegion(region)) {
      tokens.push(...sides.base.slice(at, spot.base.start));
      at = spot.base.end;
      const merged = mergeSpot(spot, sides, newer);
      if (merged === undefined) return undefined;
      tokens.push(merged.text);
      notes.push(...merged.notes);
    }
  }
  tokens.push(...sides.base.slice(at));
  return { text: tokens.join(''), notes };
}

/** What a text says, without the space between. */
function solidOf(tokens: readonly string[]): string[] {
  return tokens.filter((token) => token.trim() !== '');
}

type Tokens = { base: readonly string[]; left: readonly string[]; right: readonly string[] };

function mergeSpot(spot: Spot, sides: Tokens, newer: Side | undefined): Merged | undefined {
  const base = sides.base.slice(spot.base.start, spot.base.end);
  const left = sides.left.slice(spot.left.start, spot.left.end);
  const right = sides.right.slice(spot.right.start, spot.right.end);
  const texts = { base: base.join(''), left: left.join(''), right: right.join('') };
  if (!spot.changedRight || texts.left === texts.right) return { text: texts.left, notes: [] };
  if (!spot.changedLeft) return { text: texts.right, notes: [] };
  const from = isOrdinal(sides.base, spot.base.start) ? '' : texts.base.trim();
  const scalar = mergeScalars(from, texts.left.trim(), texts.right.trim(), newer);
  if (scalar !== undefined) {
    const around = texts.left.trim() === scalar.text ? texts.left : texts.right;
    return { text: around.replace(around.trim(), () => scalar.text), notes: [scalar.note] };
  }
  if (isWithin(right, left) && isWithin(base, left)) return { text: texts.left, notes: [] };
  if (isWithin(left, right) && isWithin(base, right)) return { text: texts.right, notes: [] };
  return base.length === 0 ? bothInsertions(texts.left, texts.right) : undefined;
}

const ordinalNames = /^(?:phase|step|round|stage|iteration|sprint|week|day|chapter|page|line|port|no)s?$/i;

/** True for a number that names a place in an order: two moves of it do not add up. */
function isOrdinal(tokens: readonly string[], at: number): boolean {
  const before = tokens.slice(Math.max(0, at - 4), at).findLast((token) => /\p{L}/u.test(token));
  return before !== undefined && ordinalNames.test(before);
}

/** Two additions to an enumeration; words that would run into each other are no enumeration. */
function bothInsertions(left: string, right: string): Merged | undefined {
  const [first = '', second = ''] = [left, right].toSorted(compareTexts);
  const glued = /[\p{L}\p{N}]$/u.test(first) && /^[\p{L}\p{N}]/u.test(second);
  return glued ? undefined : { text: first + second, notes: [] };
}
