/** What a person typed, as a query of SQLite's FTS5 that no character of it can break. */

/** As FTS5's unicode61 tells words apart. */
const word = /[\p{L}\p{N}\p{Co}]+/gu;

/**
 * Finds what holds at least one of the words; what holds more of them, and rarer ones, comes first by BM25. The last
 * word counts as a beginning too while it is being typed, which is until something stands behind it. Undefined when
 * there is no word.
 */
export function matchAnyWord(text: string): string | undefined {
  const typed = text.normalize('NFC');
  const words = typed.match(word) ?? [];
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const isTyped = typed.endsWith(last) && [...last].length > 1;
  const quoted = [...new Set(words)].map((it) => `"${it}"`);
  return [...quoted, ...(isTyped ? [`"${last}" *`] : [])].join(' OR ');
}
