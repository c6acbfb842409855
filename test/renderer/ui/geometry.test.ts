import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placePopover } from '../../../renderer/src/ui/popover-place.ts';
import { rowWindow, scrollToShow } from '../../../renderer/src/ui/window-of-rows.ts';

describe('the window of rows', () => {
  it('covers what is visible, and never leaves the list', () => {
    const counts = fc.nat(20_000);
    const tops = fc.integer({ min: -5_000, max: 800_000 });
    fc.assert(
      fc.property(counts, tops, fc.integer({ min: 0, max: 3_000 }), (count, top, visible) => {
        const { first, end } = rowWindow(count, 36, top, visible);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(end).toBeLessThanOrEqual(count);
        const firstSeen = Math.max(0, Math.floor(top / 36));
        const endSeen = Math.min(count, Math.ceil((top + visible) / 36));
        if (firstSeen < endSeen) expect(first <= firstSeen && end >= endSeen).toBe(true);
      }),
    );
  });

  it('stays small whatever the length', () => {
    const { first, end } = rowWindow(1_000_000, 36, 500_000, 900);
    expect(end - first).toBeLessThan(64);
  });

  it('has the same length from the start to the end, so that no element is made on the way', () => {
    const lengths = Array.from({ length: 9_500 }, (_, step) => {
      const { first, end } = rowWindow(10_000, 36, step * 37, 800);
      return end - first;
    });
    expect(new Set(lengths).size).toBe(1);
  });

  it('does not move with every pixel', () => {
    expect(rowWindow(500, 36, 3_600, 700)).toEqual(rowWindow(500, 36, 3_610, 700));
  });
});

describe('scrolling to a row', () => {
  it('moves only as far as needed', () => {
    expect(scrollToShow(100, 136, 90, 700)).toBe(0);
    expect(scrollToShow(50, 86, 90, 700)).toBe(-40);
    expect(scrollToShow(690, 726, 90, 700)).toBe(26);
  });
});

describe('the place of a popover', () => {
  const window = { width: 1_000, height: 800 };
  const size = { width: 300, height: 200 };
  const anchor = { left: 900, right: 980, top: 40, bottom: 72 };

  it('is under its button, on the wanted edge', () => {
    expect(placePopover(anchor, size, window, 'end')).toEqual({ left: 680, top: 78 });
  });

  it('never leaves the window', () => {
    expect(placePopover(anchor, size, window, 'start').left).toBe(692);
    expect(placePopover({ ...anchor, left: 0, right: 40 }, size, window, 'end').left).toBe(8);
  });

  it('is above when there is no room below', () => {
    expect(placePopover({ ...anchor, top: 700, bottom: 732 }, size, window, 'end').top).toBe(494);
  });
});
