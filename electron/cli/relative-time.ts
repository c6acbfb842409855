/** Times as people say them. The exact ones stand in --json. */

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Largest first; a unit counts from two of it on, so that 90 minutes are not "1 h". */
const units: readonly { ms: number; from: number; one: string; many: string }[] = [
  { ms: dayMs, from: 2 * dayMs, one: 'day', many: 'days' },
  { ms: hourMs, from: 2 * hourMs, one: 'h', many: 'h' },
  { ms: minuteMs, from: minuteMs, one: 'min', many: 'min' },
  { ms: secondMs, from: secondMs, one: 's', many: 's' },
];
/** Past this many days a date says more. */
const longestDays = 60;

/** `just now`, `5 min ago`, `in 12 min`, `3 days ago`, and past two months the date. Both in Unix milliseconds. */
export function relativeTime(atMs: number, nowMs: number): string {
  const distanceMs = Math.abs(nowMs - atMs);
  if (distanceMs < 5 * secondMs) return atMs > nowMs ? 'now' : 'just now';
  if (distanceMs > longestDays * dayMs) return localDate(atMs);
  return atMs > nowMs ? `in ${spanWords(distanceMs)}` : `${spanWords(distanceMs)} ago`;
}

/** Like relativeTime for what is past: a moment after a command's own start is `just now`, not ahead. */
export const timeAgo = (atMs: number, nowMs: number): string => relativeTime(Math.min(atMs, nowMs), nowMs);

/** A length of time in its largest fitting unit: `45 s`, `12 min`, `3 days`. */
export function spanWords(spanMs: number): string {
  const unit = units.find(({ from }) => spanMs >= from) ?? units.at(-1);
  if (unit === undefined) return `${spanMs} ms`;
  const count = Math.round(spanMs / unit.ms);
  return `${count} ${count === 1 ? unit.one : unit.many}`;
}

/** YYYY-MM-DD on the user's clock. */
export function localDate(atMs: number): string {
  const date = new Date(atMs);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
