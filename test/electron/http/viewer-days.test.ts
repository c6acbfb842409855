/** Calendar days around clock changes: each begins and ends where the viewer's wall clock says. */
import { describe, expect, test } from 'vitest';
import { viewerDays } from '../../../electron/http/viewer-days.ts';

const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;

function dayOf(viewer: { time_zone?: string; utc_offset_minutes?: number }, text: string): string {
  const days = viewerDays(viewer);
  if (!days.ok) throw new Error(days.error.message);
  return days.value(Date.parse(text));
}

/** Hours of each day of a zone, counted in the quarters that activity is kept in. */
function hoursByDay(zone: string, from: string, to: string): Record<string, number> {
  const days = viewerDays({ time_zone: zone });
  if (!days.ok) throw new Error(days.error.message);
  const hours: Record<string, number> = {};
  for (let atMs = Date.parse(from); atMs < Date.parse(to); atMs += quarterMs) {
    const day = days.value(atMs);
    hours[day] = (hours[day] ?? 0) + 0.25;
  }
  return hours;
}

describe('the days of a zone', () => {
  test.each([
    // 3:00 becomes 2:00 on the 25th.
    ['Europe/Berlin', '2026-10-23T22:00Z', '2026-10-26T23:00Z', [24, 25, 24]],
    // 2:00 becomes 3:00 on the 29th.
    ['Europe/Berlin', '2026-03-27T23:00Z', '2026-03-30T22:00Z', [24, 23, 24]],
    // 0:00 becomes 1:00 on the 4th, a day without a midnight.
    ['America/Sao_Paulo', '2018-11-03T03:00Z', '2018-11-06T02:00Z', [24, 23, 24]],
    // 24:00 of the 17th becomes 23:00, a day with two last hours.
    ['America/Sao_Paulo', '2018-02-16T02:00Z', '2018-02-19T03:00Z', [24, 25, 24]],
    // 1:00 becomes 0:00 on the 25th, a day with two midnights.
    ['Atlantic/Azores', '2026-10-24T00:00Z', '2026-10-27T01:00Z', [24, 25, 24]],
    // Half an hour only.
    ['Australia/Lord_Howe', '2026-10-02T13:30Z', '2026-10-05T13:00Z', [24, 23.5, 24]],
    ['Asia/Kathmandu', '2026-10-23T18:15Z', '2026-10-25T18:15Z', [24, 24]],
  ])('%s from %s to %s have %j hours', (zone, from, to, hours) => {
    expect(Object.values(hoursByDay(zone, from, to))).toEqual(hours);
  });

  test('are named by their date, whatever the offset was when they were asked for', () => {
    const berlin = { time_zone: 'Europe/Berlin', utc_offset_minutes: 60 };
    expect(dayOf(berlin, '2026-10-24T22:00Z')).toBe('2026-10-25');
    expect(dayOf(berlin, '2026-10-24T21:59Z')).toBe('2026-10-24');
    expect(dayOf(berlin, '2026-10-25T22:59Z')).toBe('2026-10-25');
    expect(dayOf(berlin, '2026-10-25T23:00Z')).toBe('2026-10-26');
  });
});

test('an offset alone counts as it did, and UTC without anything', () => {
  expect(dayOf({ utc_offset_minutes: 60 }, '2026-10-24T22:30Z')).toBe('2026-10-24');
  expect(dayOf({ utc_offset_minutes: 60 }, '2026-10-24T23:00Z')).toBe('2026-10-25');
  expect(dayOf({ utc_offset_minutes: -300 }, '2026-10-25T04:59Z')).toBe('2026-10-24');
  expect(dayOf({}, '2026-10-24T23:59Z')).toBe('2026-10-24');
});

test('a zone that is unknown here is bad input, unless an offset can stand in', () => {
  for (const zone of ['Europe/Atlantis', '', '../etc', 'Europe/Berlin; x']) {
    expect(viewerDays({ time_zone: zone })).toMatchObject({
      ok: false,
      error: { code: 'bad-input', subject: 'time_zone' },
    });
    expect(dayOf({ time_zone: zone, utc_offset_minutes: 120 }, '2026-10-24T22:00Z')).toBe('2026-10-25');
  }
});
