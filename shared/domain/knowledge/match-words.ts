/** What a person typed, as words to look for: in SQLite's full-text index, and in the passages that it finds. */
import { encodeUtf8 } from '../utf8.ts';
import { folded } from './fold-word.ts';
import { type Stretch, stretchesOf } from './sign-pairs.ts';
import { joined, signSpans, type WantedSigns, wantedSigns } from './wanted-signs.ts';

/** As FTS5's unicode61 tells words apart; an accent that is a character of its own belongs to its letter. */
const word = /[\p{L}\p{N}\p{Co}](?:[\p{L}\p{N}\p{Co}]|[\u0300-\u036f])*/gu;
/** Bytes of UTF-8: what begins with fewer is half of everything. */
const shortestBeginning = 3;

export type WantedWords = {
  words: readonly string[];
  /** Is still being typed, so that words that begin with it count, too. */
  beginning: string | undefined;
  /** Of scripts that set no space between words. */
  signs: WantedSigns;
  /** The stretches with such signs as they were typed, for an index that has no pieces of them. */
  stretches: readonly string[];
};

/** Where something that matched begins and ends, in UTF-16 offsets. */
export type Mark = [from: number, to: number];

/** Undefined when there is no word. The last one is being typed until something stands behind it. */
export function wantedWords(text: string): WantedWords | undefined {
  const typed = text.normalize('NFC');
  const stretches = stretchesOf(typed);
  const words = wordsOf(typed, stretches);
  if (words.length === 0 && stretches.length === 0) return undefined;
  return {
    words: [...new Set(words.map((it) => it.text))],
    beginning: words.find(({ text, to }) => to === typed.length && isLongEnough(text))?.text,
    signs: wantedSigns(stretches, words.length > 0),
    stretches: stretches.map(({ from, to }) => typed.slice(from, to)),
  };
}

const isLongEnough = (beginning: string): boolean => encodeUtf8(beginning).length >= shortestBeginning;

type FoundWord = { text: string; from: number; to: number };

/** Those that stand by themselves, and those that touch a run of signs. */
const wordsOf = (text: string, stretches: readonly Stretch[]): FoundWord[] => [
  ...wordsOutside(text, stretches),
  ...stretches.flatMap(({ pieces }) => pieces.filter(({ kind }) => kind === 'word')),
];

const wordsOutside = (text: string, stretches: readonly Stretch[]): FoundWord[] =>
  [...text.matchAll(word)]
    .map(({ 0: found, index }) => ({ text: found, from: index, to: index + found.length }))
    .filter(({ from, to }) => !stretches.some((it) => from < it.to && it.from < to));

/**
 * As a query of FTS5 that no character of them can break. Finds what holds at least one of the words; what holds more
 * of them, and rarer ones, comes first by BM25. Empty when there is none.
 */
export function matchAnyWord({ words, beginning }: Pick<WantedWords, 'words' | 'beginning'>): string {
  return matchAny(words, beginning === undefined ? [] : [beginning]);
}

/** The same of signs, for the table of their pieces. */
export const matchAnySign = ({ pairs, alone, phrases }: WantedSigns): string =>
  matchAny(pairs, [...phrases, ...alone]);

/** The same of all, for an index without such a table: finds stretches that begin as those that were typed. */
export const matchWithoutPieces = ({ words, beginning, stretches }: WantedWords): string =>
  matchAny(words, [...(beginning === undefined ? [] : [beginning]), ...stretches]);

const matchAny = (whole: readonly string[], beginnings: readonly string[]): string =>
  [...whole.map((it) => `"${it}"`), ...beginnings.map((it) => `"${it}" *`)].join(' OR ');

/** Where a text holds them, as FTS5 would mark them: asked there, a beginning costs as much as the search itself. */
export function marksOf(text: string, { words, beginning, signs }: WantedWords): Mark[] {
  const wanted = new Set(words.map(folded));
  const start = beginning && folded(beginning);
  const isMeant = (it: string): boolean => wanted.has(it) || (start !== undefined && it.startsWith(start));
  const stretches = stretchesOf(text);
  const marked = wordsOf(text, stretches).filter((it) => isMeant(folded(it.text)));
  return joined([
    ...marked.map(({ from, to }): Mark => [from, to]),
    ...stretches.flatMap((it) => signSpans(it, signs)),
  ]);
}
