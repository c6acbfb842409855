/** Readers of option values: a value, or a sentence that says what is wrong. */
import { limits } from '../../shared/limits.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { readMoment } from './local-time.ts';

/** A whole number from `least` to `most`. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): Result<number, string> => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most
      ? ok(number)
      : err(`It must be a whole number from ${least} to ${most}.`);
  };

/** A moment in Unix milliseconds; a date alone is the `edge` of that day. */
export const moment =
  (edge: 'start' | 'end') =>
  (text: string): Result<number, string> => {
    const ms = readMoment(text, Date.now(), edge);
    return ms === undefined
      ? err('It must be a time such as 2026-11-21, 2026-11-21T09:30, 09:30, or 2h (before now).')
      : ok(ms);
  };

/** A number, or that there is none: of an option that reads null, the parser makes an empty text. */
export type OrNone = number | 'none';

/** Requests a minute; none where there is no limit. */
export const rateOrNone = (text: string): Result<OrNone, string> =>
  text === 'none' ? ok('none') : wholeNumber(1, limits.embedderRequestsPerMinute)(text);

/** Dollars for a million tokens; none where nobody counts. */
export function priceOrNone(text: string): Result<OrNone, string> {
  if (text === 'none') return ok('none');
  const price = /^\d{1,7}(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  return price <= limits.embedderPrice ? ok(price) : err('It must be a price such as 0.02, or "none".');
}

/** Patterns with commas between; none of `all`. */
export const patternsIn = (text: string): string[] =>
  text.trim() === 'all' ? [] : text.split(/,(?![^{]*\})/).map((pattern) => pattern.trim());
