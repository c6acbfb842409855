import { describe, expect, test } from 'vitest';
import { readMoment } from '../../../electron/cli/local-time.ts';

const nowMs = new Date(2026, 10, 21, 12, 0, 0).getTime();

describe('a moment', () => {
  test.each([
    ['30s', 30_000],
    ['45m', 45 * 60_000],
    ['45 min ago', 45 * 60_000],
    ['2h', 2 * 3_600_000],
    ['3d', 3 * 86_400_000],
    ['1w', 7 * 86_400_000],
  ])('%j is that long before now', (text, beforeMs) => {
    expect(readMoment(text, nowMs)).toBe(nowMs - beforeMs);
  });

  test('without a zone is on the clock of the user', () => {
    expect(readMoment('2026-11-20T09:30', nowMs)).toBe(new Date(2026, 10, 20, 9, 30).getTime());
    expect(readMoment('2026-11-20 09:30:15', nowMs)).toBe(new Date(2026, 10, 20, 9, 30, 15).getTime());
    expect(readMoment('09:30', nowMs)).toBe(new Date(2026, 10, 21, 9, 30).getTime());
  });

  test('with a zone is on that clock', () => {
    expect(readMoment('2026-11-20T09:30Z', nowMs)).toBe(Date.UTC(2026, 10, 20, 9, 30));
    expect(readMoment('2026-11-20T09:30:00.250+02:00', nowMs)).toBe(Date.UTC(2026, 10, 20, 7, 30, 0, 250));
  });

  test('of a date alone is its beginning, or its end where one asks for it', () => {
    expect(readMoment('2026-11-20', nowMs)).toBe(new Date(2026, 10, 20).getTime());
    expect(readMoment('2026-11-20', nowMs, 'end')).toBe(new Date(2026, 10, 21).getTime() - 1);
  });

  test('of a minute includes all of that minute at its end', () => {
    expect(readMoment('2026-11-20T09:30', nowMs, 'end')).toBe(new Date(2026, 10, 20, 9, 31).getTime() - 1);
  });

  test.each([
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-30',
    '2026-11-20T25:00',
    '12',
    '2026-11',
    '99:99:99',
    '-2h',
  ])('%j is none', (text) => {
    expect(readMoment(text, nowMs)).toBeUndefined();
  });
});
