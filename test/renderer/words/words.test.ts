import { afterEach, describe, expect, it } from 'vitest';
import { formatSize, plural, splitPath, upperFirst } from '../../../renderer/src/words/text.ts';
import { dayBounds, dayHeading, dayOf, lastDays, relativeTime } from '../../../renderer/src/words/time.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const now = new Date(2026, 10, 21, 14, 30).getTime();

describe('relative time', () => {
  it.each([
    [now - 9 * second, 'just now'],
    [now + 9 * second, 'just now'],
    [now - 34 * second, '30 s ago'],
    [now - 90 * second, '1 min ago'],
    [now - 3 * hour, '3 h ago'],
    [now - 30 * hour, '1 day ago'],
    [now - 12 * day, '12 days ago'],
    [now + 12 * minute, 'in 12 min'],
    [new Date(2026, 1, 3).getTime(), '3 Feb 2026'],
  ])('%#: %s', (atMs, words) => {
    expect(relativeTime(atMs, now)).toBe(words);
  });
});

describe('days', () => {
  it('are those of the viewer', () => {
    expect(dayOf(now)).toBe('2026-11-21');
    expect(dayOf(new Date(2026, 10, 21, 0, 0).getTime())).toBe('2026-11-21');
    expect(dayOf(new Date(2026, 10, 21, 23, 59, 59, 999).getTime())).toBe('2026-11-21');
  });

  it('touch but do not overlap', () => {
    expect(dayBounds('2026-11-21').toMs + 1).toBe(dayBounds('2026-11-22').fromMs);
    expect(dayBounds('2026-12-31').toMs + 1).toBe(dayBounds('2027-01-01').fromMs);
  });

  it('have headings', () => {
    expect(dayHeading('2026-11-21', now)).toBe('Today');
    expect(dayHeading('2026-11-20', now)).toBe('Yesterday');
    expect(dayHeading('2026-11-18', now)).toBe('Wednesday 18 November');
    expect(dayHeading('2025-02-03', now)).toBe('3 Feb 2025');
  });

  it('are listed without a gap, across months, to today', () => {
    expect(lastDays(3, new Date(2026, 2, 1, 0, 5).getTime())).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
    ]);
    expect(new Set(lastDays(365, now)).size).toBe(365);
  });
});

describe('days around a clock change', () => {
  const zoneBefore = process.env['TZ'];
  const inZone = (zone: string) => {
    process.env['TZ'] = zone;
  };
  afterEach(() => {
    if (zoneBefore === undefined) delete process.env['TZ'];
    else inZone(zoneBefore);
  });

  it.each([
    ['Europe/Berlin', '2026-10-25', 25],
    ['Europe/Berlin', '2026-03-29', 23],
    ['America/Sao_Paulo', '2018-11-04', 23],
    ['America/Sao_Paulo', '2018-02-17', 25],
    ['Atlantic/Azores', '2026-10-25', 25],
    ['Australia/Lord_Howe', '2026-10-04', 23.5],
  ])('%s: the %s has %i hours, and touches its neighbours', (zone, changing, hours) => {
    inZone(zone);
    const { fromMs, toMs } = dayBounds(changing);
    expect((toMs + 1 - fromMs) / hour).toBe(hours);
    expect([dayOf(fromMs), dayOf(toMs)]).toEqual([changing, changing]);
    expect([dayOf(fromMs - 1), dayOf(toMs + 1)]).not.toContain(changing);
    expect(dayBounds(dayOf(toMs + 1)).fromMs).toBe(toMs + 1);
    expect(lastDays(3, toMs + 1)).toEqual([dayOf(fromMs - 1), changing, dayOf(toMs + 1)]);
  });

  it('Yesterday is the day before, however long it was', () => {
    for (const changing of ['2026-03-29', '2026-10-25']) {
      inZone('Europe/Berlin');
      const next = dayBounds(changing).toMs + 1;
      for (const atMs of [next, next + 30 * minute, next + 23 * hour]) {
        expect(dayHeading(changing, atMs)).toBe('Yesterday');
      }
    }
  });
});

describe('words', () => {
  it('count', () => {
    expect([plural(1, 'change'), plural(0, 'change'), plural(12_345, 'change')]).toEqual([
      '1 change',
      '0 changes',
      '12,345 changes',
    ]);
    expect(plural(2, 'change is', 'changes are')).toBe('2 changes are');
  });

  it('measure', () => {
    expect([0, 1, 1_023, 1_536, 20_480, 9 * 1024 * 1024].map(formatSize)).toEqual([
      '0 bytes',
      '1 byte',
      '1,023 bytes',
      '1.5 KiB',
      '20 KiB',
      '9.0 MiB',
    ]);
  });

  it('split a path into folder and name', () => {
    expect(splitPath('docs/notes/plan.md')).toEqual({ folder: 'docs/notes/', name: 'plan.md' });
    expect(splitPath('plan.md')).toEqual({ folder: '', name: 'plan.md' });
    expect(upperFirst('')).toBe('');
  });
});
