/** Which changed line of a side became of which line of the base, by what names them and by their words. */
import { limits } from '../../limits.ts';
import type { EditBlock } from '../line-edits.ts';
import { keyOf, kindOf, type LineKind } from './line-kinds.ts';
import { type Bag, bagOf, likeness } from './words.ts';

/** Share of letters that a line must keep to be the same line in new words. */
const leastShare = 0.5;
/** The same for lines that begin with the same name, whose other words may all be new. */
const leastShareNamed = 0.2;

/** The block cut into smaller ones that may touch: a line and what became of it, and what came or went between. */
export function refineBlock(block: EditBlock, base: readonly string[], side: readonly string[]): EditBlock[] {
  const olds = base.slice(block.oldStart, block.oldEnd);
  const news = side.slice(block.newStart, block.newEnd);
  if (olds.length === 0 || news.length === 0) return [block];
  if (olds.length * news.length > limits.mergeAlignedPairs) return [block];
  return blocksBetween(block, bestPairs(olds.map(describe), news.map(describe)));
}

type Described = { kind: LineKind; key: string; bag: Bag };

function describe(line: string): Described {
  return { kind: kindOf(line), key: keyOf(line), bag: bagOf(line) };
}

function gainOf(one: Described, other: Described): number {
  if (one.kind !== other.kind || one.bag.letters === 0 || other.bag.letters === 0) return 0;
  const share = likeness(one.bag, other.bag);
  if (one.key !== '' && one.key === other.key) return share >= leastShareNamed ? 1 + share : 0;
  return share >= leastShare ? share : 0;
}

/** Pairs that do not cross, with the most likeness in sum (the classic alignment table). */
function bestPairs(olds: readonly Described[], news: readonly Described[]): [number, number][] {
  const width = news.length + 1;
  const gains = olds.map((one) => news.map((other) => gainOf(one, other)));
  const best = new Float64Array((olds.length + 1) * width);
  const at = (row: number, column: number) => best[row * width + column] ?? 0;
  const gain = (row: number, column: number) => gains[row]?.[column] ?? 0;
  for (let row = olds.length - 1; row >= 0; row -= 1) {
    for (let column = news.length - 1; column >= 0; column -= 1) {
      const paired = gain(row, column) > 0 ? gain(row, column) + at(row + 1, column + 1) : 0;
      best[row * width + column] = Math.max(at(row + 1, column), at(row, column + 1), paired);
    }
  }
  return walk(olds.length, news.length, at, gain);
}

type Cell = (row: number, column: number) => number;

function walk(rows: number, columns: number, best: Cell, gain: Cell): [number, number][] {
  const pairs: [number, number][] = [];
  let row = 0;
  let column = 0;
  while (row < rows && column < columns) {
    const share = gain(row, column);
    if (share > 0 && best(row, column) === share + best(row + 1, column + 1)) {
      pairs.push([row, column]);
      row += 1;
      column += 1;
    } else if (best(row, column) === best(row + 1, column)) row += 1;
    else column += 1;
  }
  return pairs;
}

function blocksBetween(block: EditBlock, pairs: readonly [number, number][]): EditBlock[] {
  const blocks: EditBlock[] = [];
  let oldStart = block.oldStart;
  let newStart = block.newStart;
  const add = (oldEnd: number, newEnd: number) => {
    if (oldEnd > oldStart || newEnd > newStart) blocks.push({ oldStart, oldEnd, newStart, newEnd });
    oldStart = oldEnd;
    newStart = newEnd;
  };
  for (const [row, column] of pairs) {
    add(block.oldStart + row, block.newStart + column);
    add(block.oldStart + row + 1, block.newStart + column + 1);
  }
  add(block.oldEnd, block.newEnd);
  return blocks;
}
