/** What stands in the address of the search, as the input of the app API. */
import type { SearchAsk } from '../state/routes.ts';
import { dayBounds, lastDays } from '../words/time.ts';

/** Undefined while nothing is typed. */
export function searchInput(ask: SearchAsk, nowMs: number) {
  const { text = '', by, path, agent, fileClass, days } = ask;
  if (text.trim() === '') return undefined;
  return { q: text, mode: by, path, agent, file_class: fileClass, since_ms: days && firstMsOf(days, nowMs) };
}

/** Where the first of the last so many days begins: the same all day, so that an answer can be found again. */
function firstMsOf(days: number, nowMs: number): number {
  const [first = ''] = lastDays(days, nowMs);
  return dayBounds(first).fromMs;
}

/** Whether anything but the words narrows the search. */
export const isNarrowed = ({ text: _, ...filters }: SearchAsk): boolean =>
  Object.values(filters).some((value) => value !== undefined);

/**
 * The pattern that is meant by what stands in the field for files. A file or a folder that is there means itself, with
 * all that is below; anything else is taken as a pattern.
 */
export function meantPattern(typed: string, paths: readonly string[]): string | undefined {
  const text = typed.trim().replace(/^\.?\/+/, '');
  if (text === '') return undefined;
  if (paths.includes(text)) return literally(text);
  const folder = text.replace(/\/+$/, '');
  return paths.some((path) => path.startsWith(`${folder}/`)) ? `${literally(folder)}/**` : text;
}

/** Patterns have no way to write these characters, but one for any single character. */
const literally = (path: string): string => path.replace(/[*?[\]{}\\\p{Cc}]|^!/gu, '?');
