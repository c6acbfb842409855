/**
 * The places where a note may be cut, each with its key: first how good a place it is, then a hash of the words that
 * follow it. Keys depend on nothing but the lines around the place, so an edit changes the keys beside it only.
 */
import type { NoteLine } from './note-lines.ts';
import { textHash } from './text-hash.ts';

/** From the best place to the worst. A heading counts by its level, 1 to 6. */
export const ranks = {
  rule: 7,
  block: 8,
  item: 9,
  nested: 10,
  line: 11,
  sentence: 12,
  word: 13,
  character: 14,
  /** Parts a heading from what it is the heading of; only where nothing else is left. */
  heading: 15,
} as const;

/** Columns of one table, in order of the note. */
export type CutPlaces = {
  /** Offset in the note. */
  offset: number[];
  /** The same, counting each line ending as one character, so that Windows line ends cut alike. */
  measure: number[];
  /** Lower is better. */
  key: number[];
};

/** Bits below the rank in a key: 32 of the line's own hash, 16 of what stands around it. */
const rankUnit = 2 ** 48;

export function rankOf(key: number): number {
  return Math.floor(key / rankUnit);
}

/**
 * All places of the lines but the first. What is whole is cut inside only when it alone measures more than
 * `longest`, and so is a line.
 */
export function findCutPlaces(lines: readonly NoteLine[], longest: number): CutPlaces {
  const places: CutPlaces = { offset: [], measure: [], key: [] };
  const filled = lines.filter((line) => !line.blank);
  const beginnings = filled.map(beginning);
  const sizes = wholeSizes(lines);
  let measure = 0;
  let index = 0;
  let inList = false;
  for (const line of lines) {
    if (!line.blank) {
      const before = filled[index - 1];
      const rank = isWithinWhole(before, line)
        ? rankWithinWhole(sizes.get(line.whole) ?? 0, longest)
        : rankBetween(before, line, inList);
      if (rank !== undefined) addPlace(places, line.start, measure, keyOf(rank, lineHash(beginnings, index)));
      if (line.text.length > longest && line.heading === 0) addPlacesInside(places, line, measure);
      inList = staysInList(line, inList);
      index += 1;
    }
    measure += line.text.length + 1;
  }
  return places;
}

const keyOf = (rank: number, hash: number): number => rank * rankUnit + hash;

function isWithinWhole(before: NoteLine | undefined, line: NoteLine): boolean {
  return line.whole > 0 && before?.whole === line.whole;
}

function rankWithinWhole(size: number, longest: number): number | undefined {
  return size > longest ? ranks.line : undefined;
}

function addPlace(places: CutPlaces, offset: number, measure: number, key: number): void {
  places.offset.push(offset);
  places.measure.push(measure);
  places.key.push(key);
}

function wholeSizes(lines: readonly NoteLine[]): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const { whole, text } of lines) {
    if (whole > 0) sizes.set(whole, (sizes.get(whole) ?? 0) + text.length + 1);
  }
  return sizes;
}

const itemStart = /^(\s*)(?:[-+*]|\d{1,9}[.)])\s/;
const ruleLine = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|(?:\*[ \t]*){3,})$/;

function isItem(line: NoteLine): boolean {
  return itemStart.test(line.text) && !ruleLine.test(line.text);
}

function isIndented(line: NoteLine): boolean {
  return /^(?: {2}|\t)/.test(line.text);
}

function staysInList(line: NoteLine, inList: boolean): boolean {
  if (line.heading > 0) return false;
  return isItem(line) || (inList && isIndented(line));
}

function rankBetween(before: NoteLine | undefined, line: NoteLine, inList: boolean): number | undefined {
  if (before === undefined) return undefined;
  if (before.heading > 0 || (line.whole === 0 && ruleLine.test(line.text))) return ranks.heading;
  if (line.heading > 0) return line.heading;
  if (before.whole === 0 && ruleLine.test(before.text)) return ranks.rule;
  if (inList) return rankInList(before, line);
  if (line.start > before.end) return ranks.block;
  // A table, a fence or a list right below a line belongs to that line.
  return before.whole > 0 ? ranks.block : ranks.line;
}

function rankInList(before: NoteLine, line: NoteLine): number {
  if (isItem(line)) return isIndented(line) ? ranks.nested : ranks.item;
  if (isIndented(line)) return line.start > before.end ? ranks.nested : ranks.line;
  return line.start > before.end ? ranks.block : ranks.line;
}

/** Letters of a line that its key depends on: who edits a line usually does so further right. */
const hashedCharacters = 48;

/** Ticking a task or renumbering a list moves no cut. */
function beginning(line: NoteLine): string {
  const words = line.text.replace(/^\s*(?:[-+*]|\d{1,9}[.)])?\s*(?:\[[ xX]\]\s)?/, '');
  return words.slice(0, hashedCharacters).trimEnd();
}

/** Equal lines are told apart by their neighbours. */
function lineHash(beginnings: readonly string[], index: number): number {
  const around = `${beginnings[index - 1]}\n${beginnings[index + 1]}\n${beginnings[index + 2]}`;
  return textHash(beginnings[index] ?? '') * 2 ** 16 + (textHash(around) & 0xffff);
}

/** Characters without a space or a mark after which a line may be cut anywhere. */
const unbrokenCharacters = 100;
const hashedInside = 16;

function addPlacesInside(places: CutPlaces, line: NoteLine, measure: number): void {
  let broken = 0;
  for (let at = 1; at < line.text.length; at += 1) {
    const rank = rankInside(line.text, at);
    if (rank < ranks.character) broken = at;
    if (rank === ranks.character && at - broken < unbrokenCharacters) continue;
    if (rank > ranks.character) continue;
    const hash = textHash(line.text, at, Math.min(at + hashedInside, line.text.length)) * 2 ** 16;
    addPlace(places, line.start + at, measure + at, keyOf(rank, hash));
  }
}

/** Of the place before the character at `at`; above `character` when it parts what is one character. */
function rankInside(text: string, at: number): number {
  const before = text.charCodeAt(at - 1);
  if (isSpace(text.charCodeAt(at))) return ranks.character;
  if (isSpace(before)) return sentenceEnds.has(text[at - 2] ?? '') ? ranks.sentence : ranks.word;
  if (fullStops.has(text[at - 1] ?? '')) return ranks.sentence;
  if (wordEnds.has(text[at - 1] ?? '')) return ranks.word;
  const isHigh = before >= 0xd800 && before <= 0xdbff;
  return isHigh && (text.charCodeAt(at) & 0xfc00) === 0xdc00 ? ranks.heading : ranks.character;
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;
const sentenceEnds = new Set('.!?:;');
/** Of scripts that set no space after them. */
const fullStops = new Set('。！？．');
const wordEnds = new Set(',;|}]、');
