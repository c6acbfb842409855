/** What both sides put at the same place: kept both, each once, in one order everywhere. */
import { headingLevel, kindOf, outsideFences } from './line-kinds.ts';
import { bagOfEntry, type Entry, entryOf, isBlankLine, pairEntries, solid } from './pair-entries.ts';
import { compareVersions, type Side } from './scalars.ts';
import { uniteLine, uniteLines } from './unite.ts';
import { compareTexts, isWithin, likeness } from './words.ts';

/** Lines with what was decided about them. */
export type MergedLines = { lines: string[]; notes: string[] };

/** What stands around the place: the order of the entries there is the order for new ones. */
export type Around = {
  before: readonly string[];
  after: readonly string[];
  newer: Side | undefined;
};

/** Both insertions. What both have stands once; one of two wordings is taken when it says all of the other. */
export function mergeInsertions(
  left: readonly string[],
  right: readonly string[],
  around: Around,
): MergedLines {
  const one = trimmed(left);
  const other = trimmed(right);
  if (one.lines.length === 0) return { lines: [...right], notes: [] };
  if (other.lines.length === 0) return { lines: [...left], notes: [] };
  if (isWithin(solid(other.lines), solid(one.lines))) return { lines: [...left], notes: [] };
  if (isWithin(solid(one.lines), solid(other.lines))) return { lines: [...right], notes: [] };
  const merged = mergeEntries(splitEntries(one.lines), splitEntries(other.lines), around);
  const separator = Math.max(
    one.lead,
    one.trail,
    other.lead,
    other.trail,
    needsBlank(one.lines, other.lines),
  );
  return {
    lines: [
      ...blanks(Math.min(one.lead, other.lead)),
      ...joined(merged.pieces, separator),
      ...blanks(Math.min(one.trail, other.trail)),
    ],
    notes: merged.notes,
  };
}

type Trimmed = { lines: readonly string[]; lead: number; trail: number };

function trimmed(lines: readonly string[]): Trimmed {
  let start = 0;
  let end = lines.length;
  while (start < end && isBlankLine(lines[start])) start += 1;
  while (end > start && isBlankLine(lines[end - 1])) end -= 1;
  return { lines: lines.slice(start, end), lead: start, trail: lines.length - end };
}

function blanks(count: number): string[] {
  return Array.from({ length: count }, () => '');
}

/** Headings and paragraphs want a blank line between them; rows and items of a list do not. */
function needsBlank(left: readonly string[], right: readonly string[]): number {
  const kinds = [...left.slice(0, 1), ...left.slice(-1), ...right.slice(0, 1), ...right.slice(-1)].map(
    kindOf,
  );
  const tight = (kind: string) => kind === 'item' || kind === 'row';
  return kinds.includes('heading') || !(kinds.every(tight) || sameListing(left, right)) ? 1 : 0;
}

/** Fields, records or code: lines of one kind without a blank among them. */
function sameListing(left: readonly string[], right: readonly string[]): boolean {
  return [...left, ...right].every((line) => !isBlankLine(line) && kindOf(line) !== 'heading');
}

/**
 * Sections by their highest headings, else items with what is indented under them, rows, or paragraphs. What
 * begins in the middle of a section belongs to a heading above and stays one piece.
 */
export function splitEntries(lines: readonly string[]): Entry[] {
  const starts = startsOf(lines);
  if (starts[0] !== 0) {
    // Rows and items that end a table or list above, and then sections.
    const lead = lines.slice(0, starts[0]);
    if (starts[0] === undefined || !solid(lead).every(isListing)) return [entryOf(lines)];
    starts.unshift(0);
  }
  return starts.map((start, index) => entryOf(trimmed(lines.slice(start, starts[index + 1])).lines));
}

function startsOf(lines: readonly string[]): number[] {
  const plain = outsideFences(lines);
  const levels = lines
    .flatMap((line, index) => (plain[index] === true ? [headingLevel(line)] : []))
    .filter((level) => level > 0);
  const indexes = [...lines.keys()].filter((index) => plain[index] === true);
  if (levels.length > 0) {
    const highest = Math.min(...levels);
    return indexes.filter((index) => headingLevel(lines[index] ?? '') === highest);
  }
  const flat = indexes.filter((index) => isListing(lines[index] ?? ''));
  if (flat.length > 0) {
    const least = Math.min(...flat.map((index) => indentOf(lines[index] ?? '')));
    return flat.filter((index) => indentOf(lines[index] ?? '') === least);
  }
  return indexes.filter(
    (index) => !isBlankLine(lines[index]) && (index === 0 || isBlankLine(lines[index - 1])),
  );
}

function isListing(line: string): boolean {
  const kind = kindOf(line);
  return kind === 'item' || kind === 'row';
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

type Pieces = { pieces: (readonly string[])[]; notes: string[] };

/** Entries of both sides in the order of each side; those that both have bring them in step. */
function mergeEntries(left: readonly Entry[], right: readonly Entry[], around: Around): Pieces {
  const merged: Pieces = { pieces: [], notes: [] };
  let leftAt = 0;
  let rightAt = 0;
  for (const [leftIndex, rightIndex] of [...pairEntries(left, right), [left.length, right.length] as const]) {
    const runs = [left.slice(leftAt, leftIndex), right.slice(rightAt, rightIndex)] as const;
    for (const entry of inOneOrder(runs[0], runs[1], around)) merged.pieces.push(entry.lines);
    if (runs[0].length > 0 && runs[1].length > 0) merged.notes.push('kept both additions');
    const one = left[leftIndex];
    const other = right[rightIndex];
    if (one !== undefined && other !== undefined) {
      const pair = mergePair(one, other, around);
      merged.pieces.push(...pair.pieces);
      merged.notes.push(...pair.notes);
    }
    leftAt = leftIndex + 1;
    rightAt = rightIndex + 1;
  }
  return merged;
}

function mergePair(left: Entry, right: Entry, around: Around): Pieces {
  if (isWithin(right.solid, left.solid)) return { pieces: [left.lines], notes: [] };
  if (isWithin(left.solid, right.solid)) return { pieces: [right.lines], notes: [] };
  const united = canShareHead(left, right, around.newer) ? mergeBodies(left, right, around) : undefined;
  if (united !== undefined) return { pieces: [united], notes: ['put two wordings of one entry together'] };
  const entries = inOneOrder([left], [right], around);
  return { pieces: entries.map((entry) => entry.lines), notes: ['kept both wordings of one entry'] };
}

/** Both under one head: as entries where the bodies are made of such, else line by line. */
function mergeBodies(left: Entry, right: Entry, around: Around): string[] | undefined {
  const bodies = [left.lines.slice(1), right.lines.slice(1)] as const;
  const head = uniteLine(left.lines[0] ?? '', right.lines[0] ?? '', around.newer);
  if (head === undefined || !bodies.every(isMadeOfEntries)) {
    return uniteLines(left.lines, right.lines, around.newer);
  }
  return [head, ...mergeInsertions(...bodies, { ...around, before: [], after: [] }).lines];
}

function isMadeOfEntries(lines: readonly string[]): boolean {
  const first = lines.find((line) => !isBlankLine(line)) ?? '';
  return kindOf(first) === 'heading' || isListing(first);
}

/** Least likeness of two sections under one numbered head to be one section; two hands took one number else. */
const leastShared = 0.3;

/** True when the heads say the same and what stands under them may stand together. */
function canShareHead(left: Entry, right: Entry, newer: Side | undefined): boolean {
  const [one = '', other = ''] = [left.lines[0], right.lines[0]];
  if (uniteLine(one, other, newer) === undefined) return false;
  const numbered = /\d/.test(one.replace(new RegExp(datePattern, 'g'), ''));
  return !numbered || likeness(bagOfEntry(left), bagOfEntry(right)) >= leastShared;
}

/** Two runs of entries, the one first that belongs first whatever side it is from. */
function inOneOrder(left: readonly Entry[], right: readonly Entry[], around: Around): Entry[] {
  const [one] = left;
  const [other] = right;
  if (one === undefined || other === undefined) return [...left, ...right];
  const endsListing = [one, other].map((entry) => isListing(entry.lines[0] ?? ''));
  if (endsListing[0] !== endsListing[1])
    return endsListing[0] === true ? [...left, ...right] : [...right, ...left];
  const marks = [orderMark(one.lines), orderMark(other.lines)] as const;
  const byMark = marks[0] === '' || marks[1] === '' ? 0 : compareVersions(marks[0], marks[1]);
  const upward = isDescending(marks, around) ? -byMark : byMark;
  const order = upward || compareTexts(textOf(left), textOf(right));
  return order <= 0 ? [...left, ...right] : [...right, ...left];
}

function textOf(entries: readonly Entry[]): string {
  return entries.flatMap((entry) => entry.lines).join('\n');
}

const datePattern = /\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2})?/;

/** The date or number by which entries are told apart and ordered. */
function orderMark([head = '']: readonly string[]): string {
  return datePattern.exec(head)?.[0] ?? /\d+(?:\.\d+)*/.exec(head)?.[0] ?? '';
}

/** The newest stand on top where what follows is older. */
function isDescending(marks: readonly [string, string], around: Around): boolean {
  const next = around.after.find((line) => kindOf(line) === 'heading' || isListing(line)) ?? '';
  const mark = orderMark([next]);
  return mark !== '' && marks.every((it) => it !== '' && compareVersions(it, mark) >= 0);
}

function joined(pieces: readonly (readonly string[])[], separator: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    const loose =
      separator > 0 &&
      last !== undefined &&
      !(isListing(last) && isListing(piece[0] ?? '') && separator < 2 && tightList(pieces));
    if (loose) lines.push(...blanks(separator));
    lines.push(...piece);
  }
  return lines;
}

/** Items and rows of one line each stand together even where the whole has a blank line around it. */
function tightList(pieces: readonly (readonly string[])[]): boolean {
  return pieces.every((piece) => piece.every((line) => isListing(line)));
}
