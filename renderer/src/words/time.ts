/** Times as people read them. `nowMs` and `atMs` are Unix milliseconds. */
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const exactFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });
const dateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const shortDateFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const weekdayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** `5 min ago`, `in 2 h`; older than a month becomes a date. Steps of ten seconds at first, to stay calm. */
export function relativeTime(atMs: number, nowMs: number): string {
  const distanceMs = Math.abs(nowMs - atMs);
  if (distanceMs < 10_000) return 'just now';
  if (distanceMs >= 30 * dayMs) return dateFormat.format(atMs);
  const words = distanceWords(distanceMs);
  return atMs > nowMs ? `in ${words}` : `${words} ago`;
}

/** `40 s`, `5 min`, `2 h`, `1 day`. */
export function distanceWords(distanceMs: number): string {
  if (distanceMs < minuteMs) return `${Math.floor(distanceMs / 10_000) * 10} s`;
  if (distanceMs < hourMs) return `${Math.floor(distanceMs / minuteMs)} min`;
  if (distanceMs < dayMs) return `${Math.floor(distanceMs / hourMs)} h`;
  const days = Math.floor(distanceMs / dayMs);
  return days === 1 ? '1 day' : `${days} days`;
}

/** The full value, for the hover. */
export const exactTime = (atMs: number): string => exactFormat.format(atMs);

export const clockTime = (atMs: number): string => clockFormat.format(atMs);

/** The viewer's IANA zone. */
export const viewerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The viewer's calendar day, YYYY-MM-DD. */
export function dayOf(atMs: number): string {
  const date = new Date(atMs);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}

/** First and last Unix millisecond of a viewer's day YYYY-MM-DD; days around a clock change are 23 or 25 h. */
export function dayBounds(day: string): { fromMs: number; toMs: number } {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  const fromMs = new Date(year, month - 1, date).getTime();
  return { fromMs, toMs: new Date(year, month - 1, date + 1).getTime() - 1 };
}

/** A day as a heading: Today, Yesterday, Friday 21 November, 3 Feb 2024. */
export function dayHeading(day: string, nowMs: number): string {
  if (day === dayOf(nowMs)) return 'Today';
  if (day === dayOf(dayBounds(dayOf(nowMs)).fromMs - 1)) return 'Yesterday';
  const { fromMs } = dayBounds(day);
  return nowMs - fromMs < 180 * dayMs ? weekdayFormat.format(fromMs) : dateFormat.format(fromMs);
}

/** A day as an axis label. */
export const shortDay = (day: string): string => shortDateFormat.format(dayBounds(day).fromMs);

/** Every day from the one `count - 1` days ago to today, oldest first. */
export function lastDays(count: number, nowMs: number): string[] {
  const today = new Date(nowMs);
  const at = (back: number) => new Date(today.getFullYear(), today.getMonth(), today.getDate() - back, 12);
  return Array.from({ length: count }, (_, index) => dayOf(at(count - 1 - index).getTime()));
}
