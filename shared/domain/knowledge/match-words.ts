/** What a person typed, as words to look for: in SQLite's full-text index, and in the passages that it finds. */
import { encodeUtf8 } from '../utf8.ts';

/** As FTS5's unicode61 tells words apart; an accent that is a character of its own belongs to its letter. */
const word = /[\p{L}\p{N}\p{Co}](?:[\p{L}\p{N}\p{Co}]|[\u0300-\u036f])*/gu;
/** Bytes of UTF-8: what begins with fewer is half of everything. */
const shortestBeginning = 3;

export type WantedWords = {
  words: readonly string[];
  /** Is still being typed, so that words that begin with it count, too. */
  beginning: string | undefined;
};

/** Where something that matched begins and ends, in UTF-16 offsets. */
export type Mark = [from: number, to: number];

/** Undefined when there is no word. The last one is being typed until something stands behind it. */
export function wantedWords(text: string): WantedWords | undefined {
  const typed = text.normalize('NFC');
  const words = typed.match(word) ?? [];
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const isBeginning = typed.endsWith(last) && encodeUtf8(last).length >= shortestBeginning;
  return { words: [...new Set(words)], beginning: isBeginning ? last : undefined };
}

/**
 * As a query of FTS5 that no character of them can break. Finds what holds at least one of the words; what holds more
 * of them, and rarer ones, comes first by BM25.
 */
export function matchAnyWord({ words, beginning }: WantedWords): string {
  const quoted = words.map((it) => `"${it}"`);
  return [...quoted, ...(beginning === undefined ? [] : [`"${beginning}" *`])].join(' OR ');
}

/** Where a text holds them, as FTS5 would mark them: asked there, a beginning costs as much as the search itself. */
export function marksOf(text: string, { words, beginning }: WantedWords): Mark[] {
  const wanted = new Set(words.map(folded));
  const start = beginning && folded(beginning);
  const isMeant = (it: string): boolean => wanted.has(it) || (start !== undefined && it.startsWith(start));
  return [...text.matchAll(word)].flatMap(({ 0: found, index }): Mark[] =>
    isMeant(folded(found)) ? [[index, index + found.length]] : [],
  );
}

/** As the full-text index keeps a word. */
export const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase();
