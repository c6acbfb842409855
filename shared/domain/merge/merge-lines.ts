/** Three texts as lines: git's merge where it finds no collision, what the lines are where it does. */
import type { EditBlock } from '../line-edits.ts';
import { refineBlock } from './align.ts';
import { type Around, mergeInsertions, splitEntries } from './entries.ts';
import { kindOf } from './line-kinds.ts';
import { mergeLine } from './merge-line.ts';
import { mergeProse } from './prose.ts';
import type { Side } from './scalars.ts';
import { type Spot, splitRegion } from './spots.ts';
import { isSuperset } from './superset.ts';
import { lineChanges, type Region, type Sides } from './three-way.ts';
import { isWithin } from './words.ts';

export type LinesMerge = {
  lines: string[];
  /** Sides of which something could not be taken in. */
  losers: Set<Side>;
  notes: string[];
};

/** The merge that git does alone; undefined where changes collide or touch. */
export function mergeCleanly(regions: readonly Region[], sides: Sides): string[] | undefined {
  const lines: string[] = [];
  let at = 0;
  for (const region of regions) {
    pushAll(lines, sides.base.slice(at, region.base.start));
    at = region.base.end;
    const plain = plainLines(region, sides);
    if (plain === undefined) return undefined;
    pushAll(lines, plain);
  }
  pushAll(lines, sides.base.slice(at));
  return lines;
}

/** `prefer` names the side to take at each collision; without it the content of the collision decides. */
export function mergeLines(regions: readonly Region[], sides: Sides, prefer: Side | undefined): LinesMerge {
  const merge: LinesMerge = { lines: [], losers: new Set(), notes: [] };
  const choice = { prefer, newer: laterSide(regions, sides) ?? prefer };
  let at = 0;
  for (const region of regions) {
    pushAll(merge.lines, sides.base.slice(at, region.base.start));
    at = region.base.end;
    const plain = plainLines(region, sides);
    if (plain === undefined) mergeRegion(region, sides, choice, merge);
    else pushAll(merge.lines, plain);
  }
  pushAll(merge.lines, sides.base.slice(at));
  return merge;
}

/** Pushing a spread of a large file's lines overflows the stack. */
function pushAll(lines: string[], more: readonly string[]): void {
  for (const line of more) lines.push(line);
}

/** The side to take at a collision, and the side whose changes carry the later date. */
type Choice = { prefer: Side | undefined; newer: Side | undefined };

const datePattern = /\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?/g;

function laterSide(regions: readonly Region[], sides: Sides): Side | undefined {
  const [left, right] = (['left', 'right'] as const).map((side) =>
    regions
      .flatMap((region) => changedLines(region, sides, side).flatMap((line) => line.match(datePattern) ?? []))
      .reduce((latest, date) => (date > latest ? date : latest), ''),
  );
  if (left === undefined || right === undefined || left === right) return undefined;
  return left > right ? 'left' : 'right';
}

function changedLines(region: Region, sides: Sides, side: Side): string[] {
  const blocks = side === 'left' ? region.leftBlocks : region.rightBlocks;
  return blocks.flatMap((block) => sides[side].slice(block.newStart, block.newEnd));
}

/** What stands in a region that only one side changed, or both alike. */
function plainLines(region: Region, sides: Sides): readonly string[] | undefined {
  const texts = textsOf(region, sides);
  if (region.rightBlocks.length === 0 || isEqual(texts.left, texts.right)) return texts.left;
  return region.leftBlocks.length === 0 ? texts.right : undefined;
}

function mergeRegion(region: Region, sides: Sides, choice: Choice, merge: LinesMerge): void {
  const texts = textsOf(region, sides);
  const fuller = fullerSide(texts);
  if (fuller !== undefined) {
    pushAll(merge.lines, fuller);
    return;
  }
  const from = merge.lines.length;
  let collisions = 0;
  let at = region.base.start;
  for (const spot of splitRegion(refined(region, sides))) {
    pushAll(merge.lines, sides.base.slice(at, spot.base.start));
    at = spot.base.end;
    collisions += mergeSpot(spot, sides, choice, merge) ? 0 : 1;
  }
  pushAll(merge.lines, sides.base.slice(at, region.base.end));
  // A passage with several collisions was written twice: in turns from both sides it reads like neither.
  if (collisions > 1) {
    merge.lines.length = from;
    leaveToPerson(texts, choice.prefer, merge);
  }
}

type Texts = { base: readonly string[]; left: readonly string[]; right: readonly string[] };

function textsOf(place: Pick<Region, 'base' | 'left' | 'right'>, sides: Sides): Texts {
  return {
    base: sides.base.slice(place.base.start, place.base.end),
    left: sides.left.slice(place.left.start, place.left.end),
    right: sides.right.slice(place.right.start, place.right.end),
  };
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index]);
}

function refined(region: Region, sides: Sides): Region {
  const refine = (blocks: readonly EditBlock[], side: readonly string[]) =>
    blocks.flatMap((block) => refineBlock(block, sides.base, side));
  return {
    ...region,
    leftBlocks: refine(region.leftBlocks, sides.left),
    rightBlocks: refine(region.rightBlocks, sides.right),
  };
}

/** False when a person has to decide. */
function mergeSpot(spot: Spot, sides: Sides, choice: Choice, merge: LinesMerge): boolean {
  const texts = textsOf(spot, sides);
  if (!spot.changedRight) pushAll(merge.lines, texts.left);
  else if (!spot.changedLeft) pushAll(merge.lines, texts.right);
  else {
    const settled = settle(texts, aroundOf(spot, sides, choice, merge));
    if (settled === undefined) {
      leaveToPerson(texts, choice.prefer, merge);
      return false;
    }
    merge.notes.push(...settled.notes.map((note) => `${note} in line ${merge.lines.length + 1}`));
    pushAll(merge.lines, settled.lines);
  }
  return true;
}

/** The side that holds all that the other one changed here. */
function fullerSide({ base, left, right }: Texts): readonly string[] | undefined {
  if (isSuperset(base, left, right)) return left;
  return isSuperset(base, right, left) ? right : undefined;
}

/** Lines on each side of a place that tell in which order its entries stand. */
const contextLines = 20;

function aroundOf(spot: Spot, sides: Sides, choice: Choice, merge: LinesMerge): Around {
  return {
    before: merge.lines.slice(-contextLines),
    after: sides.base.slice(spot.base.end, spot.base.end + contextLines),
    newer: choice.newer,
  };
}

function leaveToPerson(texts: Texts, prefer: Side | undefined, merge: LinesMerge): void {
  const side = prefer ?? weightier(texts);
  merge.notes.push(`left a collision in line ${merge.lines.length + 1} to a person`);
  pushAll(merge.lines, texts[side]);
  merge.losers.add(side === 'left' ? 'right' : 'left');
}

/** Without a better reason the side that says more; of two of one length the one that sorts later. */
function weightier(texts: Texts): Side {
  const left = texts.left.join('\n');
  const right = texts.right.join('\n');
  if (left.length !== right.length) return left.length > right.length ? 'left' : 'right';
  return left > right ? 'left' : 'right';
}

type Settled = { lines: readonly string[]; notes: readonly string[] };

function settle(texts: Texts, around: Around): Settled | undefined {
  const { base, left, right } = texts;
  if (isEqual(left, right)) return { lines: left, notes: [] };
  if (base.length === 0) return mergeInsertions(left, right, around);
  if (left.length === 0) return keptEdits(base, right);
  if (right.length === 0) return keptEdits(base, left);
  if (base.length === 1 && left.length === 1 && right.length === 1) return settleLine(texts, around);
  return settlePassage(texts, around);
}

function settleLine({ base, left, right }: Texts, around: Around): Settled | undefined {
  const merged = mergeLine(base[0] ?? '', left[0] ?? '', right[0] ?? '', around.newer);
  return merged && { lines: [merged.text], notes: merged.notes };
}

/** A deletion against an edit: entries that were edited stay, the others go. */
function keptEdits(base: readonly string[], edited: readonly string[]): Settled {
  const fresh = newLines(base, edited);
  const kept = splitEntries(edited).filter((entry) => entry.lines.some((line) => fresh.has(line)));
  const lines = kept.length <= 1 && kept[0] === undefined ? [] : kept.flatMap((entry) => entry.lines);
  return { lines, notes: ['kept an edit of what was deleted'] };
}

function newLines(base: readonly string[], side: readonly string[]): Set<string> {
  const blocks = lineChanges(base, side);
  return new Set(
    blocks.flatMap((block) => side.slice(block.newStart, block.newEnd)).filter((line) => line.trim() !== ''),
  );
}

function settlePassage(texts: Texts, around: Around): Settled | undefined {
  const { base, left, right } = texts;
  if (isWithin(left, right)) return { lines: right, notes: [] };
  if (isWithin(right, left)) return { lines: left, notes: [] };
  const prose = [base, left, right].every(isProse)
    ? mergeProse(base.join('\n'), left.join('\n'), right.join('\n'), around.newer)
    : undefined;
  if (prose !== undefined) return { lines: prose.text.split('\n'), notes: prose.notes };
  const added = [left, right].map((side) => addedLines(base, side));
  const [one = [], other = []] = added;
  return isListOf(one) && isListOf(other) ? mergeInsertions(one, other, around) : undefined;
}

function addedLines(base: readonly string[], side: readonly string[]): string[] {
  return lineChanges(base, side).flatMap((block) => side.slice(block.newStart, block.newEnd));
}

/** Lines that are one running text, however they are wrapped. */
function isProse(lines: readonly string[]): boolean {
  return lines.every((line) => kindOf(line) === 'text');
}

/** Items, rows or whole sections, which stand by themselves; prose of two hands does not. */
function isListOf(lines: readonly string[]): boolean {
  const first = lines.find((line) => line.trim() !== '');
  if (first === undefined) return true;
  const kind = kindOf(first);
  return kind === 'item' || kind === 'row' || kind === 'heading';
}
