/** What a merge must never do, looked at from outside: lose a word that a side brought in. */
import { isScalar } from './scalars.ts';
import { wordsOf } from './words.ts';

/**
 * Words that a side brought in and the result lacks. Numbers, dates, hashes and words of a status are no
 * loss: another value took their place by a rule.
 */
export function lostWords(
  base: readonly string[],
  side: readonly string[],
  result: readonly string[],
): string[] {
  const known = new Set([...base, ...result]);
  const words = new Set(side.filter((line) => !known.has(line)).flatMap(wordsOf));
  if (words.size === 0) return [];
  const text = `${base.join('\n')}\n${result.join('\n')}`;
  return [...words].filter((word) => !isScalar(word) && !hasWord(text, word));
}

/** Looks for one word without cutting a large text into all of its words. */
function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = text.slice(Math.max(0, at - 1), at + word.length + 1);
    if (wordsOf(around).includes(word)) return true;
  }
  return false;
}
