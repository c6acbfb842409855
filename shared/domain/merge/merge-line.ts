/** One line changed on both sides: a table row by its cells, a checklist item by box and text, all else by words. */
import { cellsOf, itemOf, kindOf } from './line-kinds.ts';
import { type Merged, mergeProse } from './prose.ts';
import { furtherBox, type Side } from './scalars.ts';
import { isWithin, tokensOf } from './words.ts';

/** The line with both changes; undefined when they collide. */
export function mergeLine(
  base: string,
  left: string,
  right: string,
  newer: Side | undefined,
): Merged | undefined {
  if (left === right || right === base) return { text: left, notes: [] };
  if (left === base) return { text: right, notes: [] };
  const kinds = new Set([left, right].map(kindOf));
  if (kinds.size === 1 && kinds.has('row'))
    return mergeRow(base, left, right, newer) ?? fuller(base, left, right);
  if (kinds.size === 1 && kinds.has('item'))
    return mergeItem(base, left, right, newer) ?? fuller(base, left, right);
  return mergeProse(base, left, right, newer) ?? fuller(base, left, right);
}

/** The side that says all that the other one says, when it does. */
function fuller(base: string, left: string, right: string): Merged | undefined {
  const [from, one, other] = [base, left, right].map(tokensOf);
  if (from === undefined || one === undefined || other === undefined) return undefined;
  if (isWithin(other, one) && one.length > other.length) return { text: left, notes: [] };
  if (isWithin(one, other) && other.length > one.length) return { text: right, notes: [] };
  return undefined;
}

function mergeRow(base: string, left: string, right: string, newer: Side | undefined): Merged | undefined {
  const [from = [], one = [], other = []] = [base, left, right].map(cellsOf);
  if (one.length !== other.length || from.length !== one.length) return undefined;
  const notes: string[] = [];
  const cells: string[] = [];
  for (const [index, cell] of one.entries()) {
    const merged = mergeCell(from[index] ?? '', cell, other[index] ?? '', newer);
    if (merged === undefined) return undefined;
    cells.push(merged.text);
    notes.push(...merged.notes);
  }
  return { text: layOut(cells, left, right), notes };
}

function mergeCell(base: string, left: string, right: string, newer: Side | undefined): Merged | undefined {
  if (base === '' && (left === '' || right === '')) return { text: left + right, notes: [] };
  return mergeProse(base, left, right, newer) ?? fuller(base, left, right);
}

/** Written like the side that has this row already, or with one space around each cell. */
function layOut(cells: readonly string[], left: string, right: string): string {
  for (const side of [left, right]) {
    if (cellsOf(side).every((cell, index) => cell === cells[index])) return side;
  }
  const indent = /^\s*/.exec(left)?.[0] ?? '';
  const open = left.trimStart().startsWith('|') ? '| ' : '';
  const close = left.trimEnd().endsWith('|') ? ' |' : '';
  return indent + open + cells.join(' | ') + close;
}

function mergeItem(base: string, left: string, right: string, newer: Side | undefined): Merged | undefined {
  const from = itemOf(base);
  const one = itemOf(left);
  const other = itemOf(right);
  if (one === undefined || other === undefined) return undefined;
  const text = mergeProse(from?.text ?? '', one.text, other.text, newer);
  if (text === undefined) return undefined;
  const box = mergeBox(from?.box ?? '', one.box, other.box);
  const pick = (name: 'indent' | 'space' | 'boxSpace') =>
    one[name] === (from?.[name] ?? '') ? other[name] : one[name];
  const boxText = box === '' ? '' : `[${box}]${pick('boxSpace') || ' '}`;
  return {
    text:
      pick('indent') +
      mergeMarker(from?.marker ?? '', one.marker, other.marker) +
      pick('space') +
      boxText +
      text.text,
    notes: text.notes,
  };
}

/** Numbers of a list move by all that either side put in above. */
function mergeMarker(base: string, left: string, right: string): string {
  if (left === right || right === base) return left;
  if (left === base) return right;
  const [from, one, other] = [base, left, right].map((marker) => Number.parseInt(marker, 10));
  const sum = (one ?? Number.NaN) + (other ?? Number.NaN) - (from ?? Number.NaN);
  if (sum >= 0) return `${sum}${left.at(-1) ?? '.'}`;
  return left > right ? left : right;
}

function mergeBox(base: string, left: string, right: string): string {
  if (left === right || right === base) return left;
  if (left === base) return right;
  return furtherBox(left, right);
}
