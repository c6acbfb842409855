import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelledDays, scaleTop, stackBars } from '../../../renderer/src/activity/stacked-bars.ts';

describe('the scale', () => {
  it('ends just above the largest value, on a round even number', () => {
    expect([0, 3, 5, 7, 9, 11, 39, 41, 450, 1_001].map(scaleTop)).toEqual([
      4, 4, 6, 8, 10, 20, 40, 60, 600, 2_000,
    ]);
  });

  it('always holds the value and always halves', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (most) => {
        expect(scaleTop(most)).toBeGreaterThanOrEqual(most);
        expect(scaleTop(most) % 2).toBe(0);
      }),
    );
  });
});

describe('stacked bars', () => {
  const size = { width: 300, height: 100 };
  const counts = [{ day: 'd2', changes_by_agent: { human: 1, codex: 3 } }];

  it('stand on the floor in the order of the agents, without a gap', () => {
    const { bars, top, step } = stackBars(['d1', 'd2', 'd3'], counts, ['codex', 'human'], size);
    expect([top, step]).toEqual([4, 100]);
    expect(bars.map((bar) => bar.total)).toEqual([0, 4, 0]);
    expect(bars[1]?.parts).toEqual([
      { agent: 'codex', changes: 3, y: 25, height: 74 },
      { agent: 'human', changes: 1, y: 0, height: 24 },
    ]);
  });

  it('leave no seams where they are thin', () => {
    const days = Array.from({ length: 200 }, (_, index) => `d${index}`);
    expect(stackBars(days, counts, ['codex'], size).bars[2]?.parts[0]?.height).toBe(75);
  });

  it('show a single change of thousands as at least a pixel', () => {
    const many = [{ day: 'd1', changes_by_agent: { human: 1, codex: 9_999 } }];
    const { bars } = stackBars(['d1'], many, ['codex', 'human'], size);
    expect(bars[0]?.parts[1]?.height).toBe(1);
  });
});

describe('labels', () => {
  it('are spread evenly and end at the last day', () => {
    expect(labelledDays(30, 10)).toEqual([2, 5, 8, 11, 14, 17, 20, 23, 26, 29]);
    expect(labelledDays(7, 10)).toHaveLength(7);
  });
});
