import { describe, expect, test } from 'vitest';
import { axisTimes, drawLag, drawnSpan, spanWords, wasApart } from '../../../renderer/src/peers/lag-chart.ts';

const size = { width: 100, height: 50 };
const point = (at_ms: number, behind: number, ahead = 0) => ({ at_ms, behind, ahead });

describe('the chart of a lag', () => {
  test('is steps from the first point to now, both lines on one scale', () => {
    const chart = drawLag([point(0, 0), point(40, 2, 10), point(60, 1)], { from_ms: 0, to_ms: 100 }, size);
    expect(chart).toEqual({
      top: 10,
      behind: 'M0 50H40V40H60V45H100',
      ahead: 'M0 50H40V0H60V50H100',
    });
  });

  test('begins where something is known', () => {
    expect(drawLag([point(50, 4)], { from_ms: 0, to_ms: 100 }, size).behind).toBe('M50 0H100');
    expect(drawLag([], { from_ms: 0, to_ms: 100 }, size)).toEqual({ top: 4, behind: '', ahead: '' });
  });

  test('has a scale even while no time has passed', () => {
    expect(drawLag([point(7, 1)], { from_ms: 7, to_ms: 7 }, size).behind).toBe('M0 37.5H0');
  });
});

test('a peer that was in step all the time needs no picture', () => {
  expect(wasApart([])).toBe(false);
  expect(wasApart([point(0, 0), point(1, 0)])).toBe(false);
  expect(wasApart([point(0, 0), point(1, 0, 1), point(2, 0)])).toBe(true);
});

test('a young history is drawn within ten minutes, an older one as it is', () => {
  const minuteMs = 60_000;
  expect(drawnSpan({ from_ms: 60 * minuteMs, to_ms: 61 * minuteMs })).toEqual({
    from_ms: 51 * minuteMs,
    to_ms: 61 * minuteMs,
  });
  expect(drawnSpan({ from_ms: 0, to_ms: 61 * minuteMs }).from_ms).toBe(0);
});

test('the times below are the ends and what lies evenly between', () => {
  expect(axisTimes({ from_ms: 100, to_ms: 200 }, 3)).toEqual([
    { atMs: 100, share: 0 },
    { atMs: 150, share: 0.5 },
    { atMs: 200, share: 1 },
  ]);
});

test('it says since when, or that it is a day', () => {
  const clockTime = (atMs: number) => `${atMs} o’clock`;
  expect(spanWords({ from_ms: 7, to_ms: 8 }, clockTime)).toBe('since 7 o’clock');
  expect(spanWords({ from_ms: 7, to_ms: 7 + 24 * 3_600_000 }, clockTime)).toBe('over the last day');
});
