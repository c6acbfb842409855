import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectable, type Version } from '../../../shared/domain/retention.ts';
import { limits } from '../../../shared/limits.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 10, 21, 12);
const beforeNow = (days: number) => now - days * day;
const longest = limits.everyVersionDays + limits.dailyVersionDays;

function version(position: number, atMs: number, changes: Partial<Version> = {}): Version {
  return { position, atMs, head: false, pending: false, ...changes };
}

describe('collectable', () => {
  test('keeps every version of the first days', () => {
    const versions = Array.from({ length: 200 }, (_, index) => version(index + 1, beforeNow(80) + index));
    expect(collectable(versions, now)).toEqual([]);
  });

  test('keeps only the last version of an older day', () => {
    const start = Math.floor(beforeNow(120) / day) * day;
    const versions = [
      version(1, start),
      version(2, start + day / 2),
      version(3, start + day - 1),
      version(4, start + day),
      version(5, now, { head: true }),
    ];
    expect(collectable(versions, now)).toEqual([1, 2]);
  });

  test('the border is exact to the millisecond', () => {
    const border = beforeNow(limits.everyVersionDays);
    const pair = (atMs: number) => [version(1, atMs), version(2, atMs)];
    expect(collectable(pair(border), now)).toEqual([1]);
    expect(collectable(pair(border + 1), now)).toEqual([]);
    expect(collectable([version(1, beforeNow(longest))], now)).toEqual([1]);
    expect(collectable([version(1, beforeNow(longest) + 1)], now)).toEqual([]);
  });

  test('keeps heads and pending versions however old they are', () => {
    const versions = [
      version(1, beforeNow(3_000), { pending: true }),
      version(2, beforeNow(3_000)),
      version(3, beforeNow(2_999), { head: true }),
    ];
    expect(collectable(versions, now)).toEqual([2]);
  });

  test('collects nothing while the clock stands before the newest version', () => {
    const versions = [version(1, beforeNow(3_000)), version(2, now + 1)];
    expect(collectable(versions, now)).toEqual([]);
    expect(collectable(versions, now + 1)).toEqual([1]);
  });

  test('collects nothing on a clock that gives no number', () => {
    expect(collectable([version(1, 0)], Number.NaN)).toEqual([]);
  });

  test('the last of a day is the last that arrived, in whatever order the versions are given', () => {
    const atMs = beforeNow(200);
    expect(collectable([version(9, atMs), version(3, atMs + 1), version(5, atMs)], now)).toEqual([3, 5]);
  });

  test('nothing in, nothing out', () => {
    expect(collectable([], now)).toEqual([]);
  });
});

const histories = fc
  .array(
    fc.record({
      daysAgo: fc.integer({ min: 0, max: 600_000 }).map((thousandths) => thousandths / 1_000),
      pending: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .map((entries) =>
    entries
      .sort((left, right) => right.daysAgo - left.daysAgo)
      .map(({ daysAgo, pending }, index) =>
        version(index + 1, beforeNow(daysAgo), { pending, head: index === entries.length - 1 }),
      ),
  );

describe('whatever the history', () => {
  test('what goes is old, no head, not pending, and a later version of its day stays for its time', () => {
    fc.assert(
      fc.property(histories, (versions) => {
        const gone = new Set(collectable(versions, now));
        for (const it of versions.filter(({ position }) => gone.has(position))) {
          expect(it.head || it.pending || it.atMs > beforeNow(limits.everyVersionDays)).toBe(false);
          const later = versions.filter(
            (other) =>
              Math.floor(other.atMs / day) === Math.floor(it.atMs / day) && other.position > it.position,
          );
          const isPastAll = it.atMs <= beforeNow(longest);
          expect(isPastAll || later.some((other) => !gone.has(other.position))).toBe(true);
        }
      }),
    );
  });

  test('collecting again at the same moment finds nothing more', () => {
    fc.assert(
      fc.property(histories, (versions) => {
        const gone = new Set(collectable(versions, now));
        const rest = versions.filter(({ position }) => !gone.has(position));
        expect(collectable(rest, now)).toEqual([]);
      }),
    );
  });

  test('what may go now may also go later', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 500 }), (versions, days) => {
        const later = new Set(collectable(versions, now + days * day));
        expect(collectable(versions, now).filter((position) => !later.has(position))).toEqual([]);
      }),
    );
  });
});
