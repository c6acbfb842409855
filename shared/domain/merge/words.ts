/** Texts as words, and how much two of them have in common. */
import { limits } from '../../limits.ts';

/**
 * Dates with their time, versions, references and shares whole, so that no half of one is mixed with half of another;
 * then runs of letters, marks of emphasis and code, runs of white space, and all else by itself. In scripts without spaces a run is a
 * clause: two changes of one clause collide.
 */
const tokenPattern =
  /\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?|\d+(?:\.\d+)?%|v?\d+(?:[.,:/-]\d+)+(?:-(?:alpha|beta|rc|dev|pre)[.\d]*)?(?![A-Za-z0-9])|#\d+|[\p{L}\p{N}\p{M}_]+|[*`~]+|\s+|./gsu;

/** All of a text, cut where words, numbers and marks begin. */
export function tokensOf(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

/** The runs of letters and digits of a text without what stands between them. */
export function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [];
}

/** Words by which texts are likened: where a script sets no spaces, its characters. */
const likenessPattern =
  /[[\p{L}\p{N}\p{M}_]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}]]+|[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmr}]/gv;

/** Words of one text, each with how often it stands there. */
export type Bag = { countByWord: ReadonlyMap<string, number>; letters: number };

/** A line too long for people to read is compared by its beginning. */
export function bagOf(text: string): Bag {
  const countByWord = new Map<string, number>();
  let letters = 0;
  for (const word of text.slice(0, limits.mergeLineCharacters).match(likenessPattern) ?? []) {
    const small = word.toLowerCase();
    countByWord.set(small, (countByWord.get(small) ?? 0) + 1);
    letters += small.length;
  }
  return { countByWord, letters };
}

/** The share of letters in words that both have, from 0 to 1, whatever their order. */
export function likeness(one: Bag, other: Bag): number {
  const letters = one.letters + other.letters;
  return letters === 0 ? 0 : (2 * commonLetters(one, other)) / letters;
}

/** The share of the smaller one that the larger one has, too. */
export function inclusion(one: Bag, other: Bag): number {
  const letters = Math.min(one.letters, other.letters);
  return letters === 0 ? 0 : commonLetters(one, other) / letters;
}

function commonLetters(one: Bag, other: Bag): number {
  let common = 0;
  for (const [word, count] of one.countByWord) {
    common += word.length * Math.min(count, other.countByWord.get(word) ?? 0);
  }
  return common;
}

/** True when every item of `part` stands in `whole` in the same order. */
export function isWithin(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const item of whole) if (at < part.length && item === part[at]) at += 1;
  return at === part.length;
}

/** One order of texts everywhere: by their characters' numbers. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
