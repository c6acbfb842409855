/** What is said about results, in words. */
import type { FoundPassageJson } from '../../../shared/contracts/knowledge-api.ts';
import { plural } from '../words/text.ts';

type Why = FoundPassageJson['why'];

/** `3rd by words, 1st by meaning`. */
export function whyWords({ words, meaning }: Why): string {
  const ranks = [
    ...(words === null ? [] : [`${ordinal(words)} by words`]),
    ...(meaning === null ? [] : [`${ordinal(meaning)} by meaning`]),
  ];
  return ranks.join(', ');
}

/** How near a passage is to the one that it was compared with; 1 is the same text. */
export const closenessWords = ({ cosine }: Why): string =>
  cosine === null ? '' : `Closeness ${Math.max(0, cosine).toFixed(2)} of 1`;

/** `2 notes are not indexed yet`. */
export const behindWords = (count: number): string =>
  `${plural(count, 'note is', 'notes are')} not indexed yet`;

export function ordinal(number: number): string {
  const isTeen = Math.floor((number % 100) / 10) === 1;
  const ending = isTeen ? undefined : ({ 1: 'st', 2: 'nd', 3: 'rd' } as const)[number % 10];
  return `${number}${ending ?? 'th'}`;
}
