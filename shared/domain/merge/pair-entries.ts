/** Which entries of two sides are the same thing: by what names them, or by their words. */
import { limits } from '../../limits.ts';
import { keyOf } from './line-kinds.ts';
import { type Bag, bagOf, inclusion, likeness } from './words.ts';

/** A section, an item with what is indented under it, a row, or a paragraph. */
export type Entry = { lines: readonly string[]; solid: readonly string[]; text: string; key: string };

/** The entry that these lines are. */
export function entryOf(lines: readonly string[]): Entry {
  const own = solid(lines);
  return { lines, solid: own, text: own.join('\n'), key: keyOf(lines[0] ?? '') };
}

/** The lines that say something. */
export function solid(lines: readonly string[]): string[] {
  return lines.filter((line) => !isBlankLine(line));
}

/** True for a line of white space; false for a line that is not there. */
export function isBlankLine(line: string | undefined): boolean {
  return line !== undefined && line.trim() === '';
}

const bags = new WeakMap<Entry, Bag>();

/** The words of an entry, counted once however often they are asked for. */
export function bagOfEntry(entry: Entry): Bag {
  const known = bags.get(entry);
  if (known !== undefined) return known;
  const bag = bagOf(entry.text);
  bags.set(entry, bag);
  return bag;
}

/** Entries that are the same thing, in pairs of indexes that do not cross. */
export function pairEntries(left: readonly Entry[], right: readonly Entry[]): [number, number][] {
  const find = finder(left, right);
  const pairs: [number, number][] = [];
  let from = 0;
  for (const [index, entry] of left.entries()) {
    const found = find(entry, from);
    if (found === undefined) continue;
    pairs.push([index, found]);
    from = found + 1;
  }
  return pairs;
}

/** Answers the first entry of `right`, from an index on, that is the same thing. */
function finder(
  left: readonly Entry[],
  right: readonly Entry[],
): (entry: Entry, from: number) => number | undefined {
  const byText = indexesBy(right, (entry) => entry.text);
  const byKey = indexesBy(right, (entry) => entry.key);
  const keysOfLeft = indexesBy(left, (entry) => entry.key);
  const few = left.length * right.length <= limits.mergeAlignedPairs;
  return (entry, from) => {
    const same = byText.get(entry.text)?.find((index) => index >= from);
    if (same !== undefined) return same;
    const named = byKey.get(entry.key) ?? [];
    const only = entry.key !== '' && named.length === 1 && keysOfLeft.get(entry.key)?.length === 1;
    if (only) return named.find((index) => index >= from);
    const alike = few ? right.findIndex((other, index) => index >= from && isAlike(entry, other)) : -1;
    return alike < 0 ? undefined : alike;
  };
}

function indexesBy(entries: readonly Entry[], name: (entry: Entry) => string): Map<string, number[]> {
  const indexes = new Map<string, number[]>();
  for (const [index, entry] of entries.entries()) {
    const known = indexes.get(name(entry));
    if (known === undefined) indexes.set(name(entry), [index]);
    else known.push(index);
  }
  return indexes;
}

/** Two wordings of one thing share most of their words. */
const leastLikeness = 0.85;
/** And the shorter one has hardly a word of its own. */
const leastInclusion = 0.95;

/** Entries that differ in a number or a name are two things, however alike their words are. */
function isAlike(one: Entry, other: Entry): boolean {
  const [first, second] = [bagOfEntry(one), bagOfEntry(other)];
  if (likeness(first, second) < leastLikeness || inclusion(first, second) < leastInclusion) return false;
  return one.key === other.key && numbersOf(one) === numbersOf(other);
}

function numbersOf(entry: Entry): string {
  return (entry.text.match(/\d+/g) ?? []).join();
}
