/** When a file counts as written to its end. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ageMs,
  type Settling,
  settleWait,
  settlingAfter,
  wasRenamedIntoPlace,
} from '../../../electron/engine/scan/settle.ts';
import { limits } from '../../../shared/limits.ts';
import { someStat } from '../core-fixture.ts';

const { settleWholeMs, settleCutMs, settleLongestMs } = limits;
const young = { renamed: false, ageMs: 0 };
const cut = { cut: true };
const since = (ms: number, more: Partial<Settling> = {}): Settling => ({
  key: 'k',
  cut: false,
  sinceMs: ms,
  stillSinceMs: ms,
  longestPauseMs: 0,
  ...more,
});

describe('the wait', () => {
  test('renamed into place: none', () => {
    expect(settleWait(since(0, cut), { ...young, renamed: true }, 0)).toBe(0);
  });

  test('written in place: short when whole, long when cut, counted from when it lay still', () => {
    expect(settleWait(since(0), young, 0)).toBe(settleWholeMs);
    expect(settleWait(since(0), young, settleWholeMs - 1)).toBe(1);
    expect(settleWait(since(0), young, settleWholeMs)).toBe(0);
    expect(settleWait(since(0, cut), young, 50)).toBe(settleCutMs - 50);
    expect(settleWait(since(0, { ...cut, stillSinceMs: 100 }), young, 150)).toBe(settleCutMs - 50);
  });

  test('a file that is old by its own time stamps is complete', () => {
    expect(settleWait(since(0, cut), { ...young, ageMs: settleCutMs }, 0)).toBe(0);
    expect(settleWait(since(0, cut), { ...young, ageMs: settleCutMs - 1 }, 0)).toBeGreaterThan(0);
  });

  test('a time stamp from the future is no age', () => {
    expect(settleWait(since(0), { ...young, ageMs: -3_600_000 }, 0)).toBe(settleWholeMs);
  });

  test('a writer that paused before gets three times as long, but never more than a cut file', () => {
    expect(settleWait(since(0, { longestPauseMs: 20 }), young, 0)).toBe(60);
    expect(settleWait(since(0, { longestPauseMs: 1_000 }), young, 0)).toBe(settleCutMs);
  });

  test('never again once the longest time is over', () => {
    const restless = since(0, { ...cut, stillSinceMs: settleLongestMs });
    expect(settleWait(restless, young, settleLongestMs)).toBe(0);
    expect(settleWait(restless, young, settleLongestMs - 1)).toBeGreaterThan(0);
  });

  test('whatever a writer does, waiting ends, and each wait is a whole number of at least one', () => {
    const steps = fc.array(
      fc.record({ pauseMs: fc.integer({ min: 0, max: 400 }), write: fc.boolean(), cut: fc.boolean() }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(steps, (writer) => {
        let nowMs = 0;
        let settling: Settling | undefined;
        for (const [index, step] of writer.entries()) {
          const key = step.write || settling === undefined ? `${index}` : settling.key;
          settling = settlingAfter(settling, { key, cut: step.cut }, nowMs);
          const wait = settleWait(settling, { renamed: false, ageMs: -1 }, nowMs);
          expect(Number.isInteger(wait) && wait >= 0 && wait <= settleCutMs).toBe(true);
          if (nowMs - settling.sinceMs >= settleLongestMs) expect(wait).toBe(0);
          // Left alone for as long as it asked, it is done.
          expect(settleWait(settling, { renamed: false, ageMs: -1 }, nowMs + wait)).toBe(0);
          nowMs += step.pauseMs;
        }
      }),
    );
  });
});

/** What a look sees of a file that was written at `writtenMs`. */
const seen = (writtenMs: number, inode = '1:1', looksCut = false) => ({
  key: `${inode} 10 ${writtenMs}000000 ${writtenMs}000000`,
  cut: looksCut,
});

describe('settling', () => {
  test('begins at the first look', () => {
    expect(settlingAfter(undefined, seen(0), 5)).toEqual({
      ...seen(0),
      sinceMs: 5,
      stillSinceMs: 5,
      longestPauseMs: 0,
    });
  });

  test('an equal look changes nothing, another starts the stillness anew and keeps the beginning', () => {
    const first = settlingAfter(undefined, seen(0), 0);
    expect(settlingAfter(first, seen(0), 6)).toEqual(first);
    const second = settlingAfter(first, seen(5), 7);
    expect(second).toEqual({ ...seen(5), sinceMs: 0, stillSinceMs: 7, longestPauseMs: 7 });
    expect(settlingAfter(second, seen(9), 10)).toEqual({
      ...seen(9),
      sinceMs: 0,
      stillSinceMs: 10,
      longestPauseMs: 7,
    });
  });

  test('whether it looks cut is judged by the newest look', () => {
    const first = settlingAfter(undefined, seen(0), 0);
    expect(settlingAfter(first, seen(0, '1:1', true), 5)).toEqual({ ...first, cut: true });
  });

  test('another file under the name is no pause of a writer', () => {
    const slow = settlingAfter(settlingAfter(undefined, seen(0), 0), seen(5), 100);
    const saved = settlingAfter(slow, seen(6, '1:2'), 250);
    expect(saved).toEqual({ ...seen(6, '1:2'), sinceMs: 0, stillSinceMs: 250, longestPauseMs: 0 });
    expect(settleWait(saved, young, 250)).toBe(settleWholeMs);
  });

  test('a file that lay still for long enough, though nobody looked, was no pause of a writer either', () => {
    const first = settlingAfter(undefined, seen(0), 0);
    const late = settlingAfter(first, seen(100), 130);
    expect(late).toEqual({ ...seen(100), sinceMs: 0, stillSinceMs: 130, longestPauseMs: 0 });
    expect(settleWait(late, young, 130)).toBe(settleWholeMs);
  });

  test('for a cut file that is not long enough', () => {
    const first = settlingAfter(undefined, seen(0, '1:1', true), 0);
    const second = settlingAfter(first, seen(60), 70);
    expect(second.longestPauseMs).toBe(70);
    expect(settlingAfter(first, seen(settleCutMs), settleCutMs + 5).longestPauseMs).toBe(0);
  });

  test('time stamps that say nothing, or go back, leave the pause as it was seen', () => {
    const first = settlingAfter(undefined, { key: '1:1 a', cut: false }, 0);
    expect(settlingAfter(first, { key: '1:1 b', cut: false }, 40).longestPauseMs).toBe(40);
    const dated = settlingAfter(undefined, seen(5_000), 0);
    expect(settlingAfter(dated, seen(1_000), 40).longestPauseMs).toBe(40);
  });
});

describe('a rename', () => {
  const at = (mtimeNs: string, ctimeNs: string, inode = '1:2') => ({ ...someStat, mtimeNs, ctimeNs, inode });

  test('brings another inode and moves the change time alone', () => {
    expect(wasRenamedIntoPlace('1:1', at('5', '6'))).toBe(true);
    expect(wasRenamedIntoPlace(undefined, at('5', '6'))).toBe(true);
    expect(wasRenamedIntoPlace('1:2', at('5', '6'))).toBe(false);
    expect(wasRenamedIntoPlace('1:1', at('6', '6'))).toBe(false);
    expect(wasRenamedIntoPlace('1:1', at('7', '6'))).toBe(false);
  });

  test('nanoseconds are compared exactly', () => {
    expect(wasRenamedIntoPlace('1:1', at('1767225600000000000', '1767225600000000001'))).toBe(true);
  });
});

test('the age is that of the newest time stamp', () => {
  const at = (mtimeMs: number, ctimeMs: number) => ({
    ...someStat,
    mtimeNs: `${mtimeMs}000000`,
    ctimeNs: `${ctimeMs}000000`,
  });
  expect(ageMs(at(10, 30), 100)).toBe(70);
  expect(ageMs(at(30, 10), 100)).toBe(70);
  expect(ageMs(at(200, 10), 100)).toBe(-100);
});
