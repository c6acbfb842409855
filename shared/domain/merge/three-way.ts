/** Two texts against the one that they come from, by lines: what only one changed, and where they collide. */
import type { EditBlock } from '../line-edits.ts';
import { type Changed, matchLines } from './match-lines.ts';
import { slideChanges } from './slide-changes.ts';

export type Sides = { base: readonly string[]; left: readonly string[]; right: readonly string[] };
export type Range = { start: number; end: number };

/**
 * A stretch of the base that at least one side changed, with the same stretch of both sides, and the changes
 * of each side in it. Changes that touch stand in one region, as git has it.
 */
export type Region = {
  base: Range;
  left: Range;
  right: Range;
  leftBlocks: readonly EditBlock[];
  rightBlocks: readonly EditBlock[];
};

/** The changes from one text to the other, in order, as git tells them. */
export function lineChanges(oldLines: readonly string[], newLines: readonly string[]): EditBlock[] {
  const idByLine = new Map<string, number>();
  return blocksOf(numbered(oldLines, idByLine), numbered(newLines, idByLine));
}

/** All regions that differ, in order. */
export function compareThree({ base, left, right }: Sides): Region[] {
  const idByLine = new Map<string, number>();
  const baseIds = numbered(base, idByLine);
  const leftBlocks = blocksOf(baseIds, numbered(left, idByLine));
  const rightBlocks = blocksOf(baseIds, numbered(right, idByLine));
  return regionsOf(leftBlocks, rightBlocks);
}

function numbered(lines: readonly string[], idByLine: Map<string, number>): Int32Array {
  const ids = new Int32Array(lines.length);
  for (const [index, line] of lines.entries()) {
    const known = idByLine.get(line);
    ids[index] = known ?? idByLine.size;
    if (known === undefined) idByLine.set(line, idByLine.size);
  }
  return ids;
}

function blocksOf(oldIds: Int32Array, newIds: Int32Array): EditBlock[] {
  const changed = matchLines(oldIds, newIds);
  slideChanges(oldIds, newIds, changed);
  return blocksFrom(changed);
}

function blocksFrom(changed: Changed): EditBlock[] {
  const blocks: EditBlock[] = [];
  let oldLine = 0;
  let newLine = 0;
  while (oldLine < changed.old.length || newLine < changed.new.length) {
    const block = { oldStart: oldLine, oldEnd: oldLine, newStart: newLine, newEnd: newLine };
    while (changed.old[block.oldEnd] === 1) block.oldEnd += 1;
    while (changed.new[block.newEnd] === 1) block.newEnd += 1;
    if (block.oldEnd > oldLine || block.newEnd > newLine) blocks.push(block);
    oldLine = block.oldEnd + 1;
    newLine = block.newEnd + 1;
  }
  return blocks;
}

function regionsOf(leftBlocks: readonly EditBlock[], rightBlocks: readonly EditBlock[]): Region[] {
  const regions: Region[] = [];
  let left = 0;
  let right = 0;
  /** How many lines later than in the base each side stands. */
  let leftShift = 0;
  let rightShift = 0;
  while (left < leftBlocks.length || right < rightBlocks.length) {
    const firsts = { left, right };
    const base = nextBase(leftBlocks[left], rightBlocks[right]);
    for (let grown = true; grown; ) {
      grown = false;
      for (; touches(base, leftBlocks[left]); left += 1) grown = widen(base, leftBlocks[left]);
      for (; touches(base, rightBlocks[right]); right += 1) grown = widen(base, rightBlocks[right]);
    }
    const ofLeft = leftBlocks.slice(firsts.left, left);
    const ofRight = rightBlocks.slice(firsts.right, right);
    const region = {
      base,
      left: { start: base.start + leftShift, end: base.end + leftShift + growth(ofLeft) },
      right: { start: base.start + rightShift, end: base.end + rightShift + growth(ofRight) },
      leftBlocks: ofLeft,
      rightBlocks: ofRight,
    };
    regions.push(region);
    leftShift = region.left.end - base.end;
    rightShift = region.right.end - base.end;
  }
  return regions;
}

function nextBase(left: EditBlock | undefined, right: EditBlock | undefined): Range {
  const first = right === undefined || (left !== undefined && left.oldStart <= right.oldStart) ? left : right;
  return { start: first?.oldStart ?? 0, end: first?.oldEnd ?? 0 };
}

function touches(range: Range, block: EditBlock | undefined): boolean {
  return block !== undefined && block.oldStart <= range.end;
}

function widen(range: Range, block: EditBlock | undefined): boolean {
  range.end = Math.max(range.end, block?.oldEnd ?? 0);
  return true;
}

function growth(blocks: readonly EditBlock[]): number {
  return blocks.reduce((sum, it) => sum + it.newEnd - it.newStart - (it.oldEnd - it.oldStart), 0);
}
