/** The calendar days of whoever looks. */
import { err, ok, type Result } from '../../shared/result.ts';
import { badField } from './collect-input.ts';

/** The day of a moment in Unix milliseconds, YYYY-MM-DD. */
export type DayOf = (atMs: number) => string;

const minuteMs = 60_000;

/**
 * The days of an IANA zone, whose clock changes are in its rules; else those of a fixed offset from UTC, which are an
 * hour off beyond the next change. A zone that this system does not know is bad input, unless there is an offset.
 */
export function viewerDays(viewer: {
  time_zone?: string | undefined;
  utc_offset_minutes?: number | undefined;
}): Result<DayOf> {
  const { time_zone: zone, utc_offset_minutes: offset } = viewer;
  const inZone = zone === undefined ? undefined : daysOfZone(zone);
  if (inZone !== undefined) return ok(inZone);
  if (zone !== undefined && offset === undefined) return err(unknownZone(zone));
  return ok((atMs) => new Date(atMs + (offset ?? 0) * minuteMs).toISOString().slice(0, 10));
}

function daysOfZone(timeZone: string): DayOf | undefined {
  const format = formatOf(timeZone);
  if (format === undefined) return undefined;
  return (atMs) => {
    const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
    return `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  } catch {
    return undefined;
  }
}

const unknownZone = (zone: string) =>
  badField(
    'time_zone',
    `names no time zone: ${JSON.stringify(zone)}`,
    'Give a name such as Europe/Berlin, or utc_offset_minutes.',
  );
