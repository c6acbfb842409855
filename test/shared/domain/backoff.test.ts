import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffMs, nextTryMs } from '../../../shared/domain/backoff.ts';
import { limits } from '../../../shared/limits.ts';

const { retryFirstMs, retryLongestMs } = limits;

describe('the wait after failures', () => {
  test('doubles with each of them', () => {
    expect([1, 2, 3, 4].map((failures) => backoffMs(failures, 255))).toEqual(
      [1, 2, 4, 8].map((by) => by * retryFirstMs),
    );
  });

  test('is never longer than the longest', () => {
    expect(backoffMs(1_000, 255)).toBe(retryLongestMs);
  });

  test('lies between half of its step and the whole of it, and grows with the draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 254 }), (failures, draw) => {
        const [half, waited, more, whole] = [0, draw, draw + 1, 255].map((it) => backoffMs(failures, it)) as [
          number,
          number,
          number,
          number,
        ];
        expect(half).toBe(whole / 2);
        expect(waited).toBeGreaterThanOrEqual(half);
        expect(more).toBeGreaterThanOrEqual(waited);
        expect(more).toBeLessThanOrEqual(whole);
      }),
    );
  });
});

test('what is to wait longer than anything does was noted by a clock that ran ahead, and is due', () => {
  const nowMs = 5_000;
  expect(nextTryMs(nowMs + retryLongestMs, nowMs)).toBe(nowMs + retryLongestMs);
  expect(nextTryMs(nowMs + retryLongestMs + 1, nowMs)).toBe(nowMs);
  expect(nextTryMs(0, nowMs)).toBe(0);
});
