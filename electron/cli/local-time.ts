/** Moments as users type them: `2026-11-21`, `2026-11-21T09:30`, `09:30`, or `45m`, `2h`, `3d` before now. */

const span = /^(\d{1,6})\s*(s|m|min|h|d|w)(?: ago)?$/;
const msByUnit: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const moment = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?(Z|[+-]\d\d:?\d\d)?$/;
const clockTime = /^(\d\d):(\d\d)$/;

/**
 * Unix milliseconds, or undefined when the text names no moment. Times without a zone are those of the user's
 * clock; a date alone is the beginning of that day, or with `edge: 'end'` its last millisecond.
 */
export function readMoment(text: string, nowMs: number, edge: 'start' | 'end' = 'start'): number | undefined {
  const [, count, unit] = span.exec(text.trim()) ?? [];
  if (unit !== undefined) return nowMs - Number(count) * (msByUnit[unit] ?? 0);
  const [, hour, minute] = clockTime.exec(text.trim()) ?? [];
  if (minute !== undefined) return valid(new Date(nowMs).setHours(Number(hour), Number(minute), 0, 0));
  return readDate(text.trim(), edge);
}

function readDate(text: string, edge: 'start' | 'end'): number | undefined {
  const found = moment.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  const isWholeDay = hour === undefined;
  const time = isWholeDay
    ? edge === 'start'
      ? '00:00:00.000'
      : '23:59:59.999'
    : `${hour}:${minute}:${second ?? (edge === 'start' ? '00' : '59')}.${(fraction ?? (edge === 'start' ? '0' : '999')).padEnd(3, '0')}`;
  const date = new Date(`${year}-${month}-${day}T${time}${zone ?? ''}`);
  // Dates roll over by themselves: the 31st of a short month would be the 1st of the next.
  const daysInMonth = new Date(Number(year), Number(month), 0).getDate();
  return Number(day) > daysInMonth ? undefined : valid(date.getTime());
}

const valid = (ms: number): number | undefined => (Number.isNaN(ms) ? undefined : ms);
