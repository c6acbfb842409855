import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ClockState,
  emptyClock,
  formatStamp,
  nextStamp,
  parseStamp,
  receiveStamp,
  stampMillis,
  stampNode,
} from '../../../shared/domain/stamp.ts';
import { limits } from '../../../shared/limits.ts';

const node = '00000000000000aa';
const noon = Date.UTC(2026, 10, 21, 12);

const nodes = fc.stringMatching(/^[0-9a-f]{16}$/);
const parts = fc.record({
  millis: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
  counter: fc.integer({ min: 0, max: 0xffff }),
  node: nodes,
});
/** Wall clocks that stand still, jump ahead and jump back. */
const wallClocks = fc.array(
  fc.oneof(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 0, max: 4e12 }), fc.constant(noon)),
  { minLength: 1, maxLength: 60 },
);

describe('formatStamp and parseStamp', () => {
  test('the text is milliseconds, counter and node in hex', () => {
    expect(formatStamp({ millis: 0x19f, counter: 0x2b, node })).toBe('00000000019f002b00000000000000aa');
  });

  test('reading gives back what was written', () => {
    fc.assert(
      fc.property(parts, (it) => {
        const text = formatStamp(it);
        expect(text).toMatch(/^[0-9a-f]{32}$/);
        expect(parseStamp(text)).toEqual({ ok: true, value: it });
        expect([stampMillis(text), stampNode(text)]).toEqual([it.millis, it.node]);
      }),
    );
  });

  test('texts sort like values', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const byValue =
          a.millis - b.millis || a.counter - b.counter || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0);
        const [left, right] = [formatStamp(a), formatStamp(b)];
        expect(Math.sign(byValue)).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    );
  });

  test.each(['', '0', 'A'.repeat(32), 'g'.repeat(32), '0'.repeat(31), '0'.repeat(33), `${'0'.repeat(32)}\n`])(
    'refuses %j as a stamp',
    (text) => {
      const parsed = parseStamp(text);
      expect(parsed).toMatchObject({ ok: false, error: { code: 'bad-input' } });
      expect(receiveStamp(emptyClock, text, noon)).toEqual(parsed);
    },
  );

  test('a long wrong text is not repeated whole', () => {
    const parsed = parseStamp('x'.repeat(100_000));
    expect(parsed.ok ? '' : parsed.error.message.length).toBeLessThan(200);
  });

  test.each([
    { millis: 2 ** 48, counter: 0, node },
    { millis: -1, counter: 0, node },
    { millis: 0.5, counter: 0, node },
    { millis: Number.NaN, counter: 0, node },
    { millis: 0, counter: 0x1_0000, node },
    { millis: 0, counter: 0, node: 'AA00000000000000' },
    { millis: 0, counter: 0, node: 'aa' },
  ])('parts that do not fit break an invariant: %j', (wrong) => {
    expect(() => formatStamp(wrong)).toThrow('Broken invariant');
  });

  test('a shortened stamp breaks an invariant instead of giving a wrong time', () => {
    expect(() => stampMillis('00')).toThrow('Broken invariant');
    expect(() => stampNode('00')).toThrow('Broken invariant');
  });
});

describe('nextStamp', () => {
  test('takes the wall clock when it moved on', () => {
    const first = nextStamp(emptyClock, node, noon);
    expect(first.clock).toEqual({ millis: noon, counter: 0 });
    expect(nextStamp(first.clock, node, noon + 1).clock).toEqual({ millis: noon + 1, counter: 0 });
  });

  test('counts when the wall clock stands still or goes back', () => {
    const clock = { millis: noon, counter: 3 };
    expect(nextStamp(clock, node, noon).clock).toEqual({ millis: noon, counter: 4 });
    expect(nextStamp(clock, node, noon - 3_600_000).clock).toEqual({ millis: noon, counter: 4 });
    expect(nextStamp(clock, node, -1).clock).toEqual({ millis: noon, counter: 4 });
  });

  test('a full counter carries into the milliseconds', () => {
    const { clock, stamp } = nextStamp({ millis: noon, counter: 0xffff }, node, noon);
    expect(clock).toEqual({ millis: noon + 1, counter: 0 });
    expect(stampMillis(stamp)).toBe(noon + 1);
  });

  test('a fraction of a millisecond is cut', () => {
    expect(nextStamp(emptyClock, node, noon + 0.9).clock.millis).toBe(noon);
  });

  test('is strictly greater than every earlier stamp, whatever the wall clock does', () => {
    fc.assert(
      fc.property(wallClocks, nodes, fc.integer({ min: 0xfff0, max: 0xffff }), (times, anyNode, counter) => {
        let clock: ClockState = { millis: 7, counter };
        let newest = formatStamp({ ...clock, node: anyNode });
        for (const nowMs of times) {
          const next = nextStamp(clock, anyNode, nowMs);
          expect(next.stamp > newest).toBe(true);
          expect(next.stamp).toBe(formatStamp({ ...next.clock, node: anyNode }));
          ({ clock, stamp: newest } = next);
        }
      }),
    );
  });

  test('never runs further ahead of the wall clock than its own counting explains', () => {
    fc.assert(
      fc.property(wallClocks, (times) => {
        let clock = emptyClock;
        for (const nowMs of times) clock = nextStamp(clock, node, nowMs).clock;
        expect(clock.millis).toBeLessThanOrEqual(Math.max(0, ...times));
      }),
    );
  });
});

describe('receiveStamp', () => {
  const remote = (millis: number, counter = 0) => formatStamp({ millis, counter, node: 'ffffffffffffffff' });

  test('moves the clock to a later stamp and not to an earlier one', () => {
    const clock = { millis: noon, counter: 5 };
    expect(receiveStamp(clock, remote(noon + 10, 2), noon)).toEqual({
      ok: true,
      value: { millis: noon + 10, counter: 2 },
    });
    expect(receiveStamp(clock, remote(noon, 9), noon)).toEqual({
      ok: true,
      value: { millis: noon, counter: 9 },
    });
    expect(receiveStamp(clock, remote(noon, 4), noon)).toEqual({ ok: true, value: clock });
    expect(receiveStamp(clock, remote(noon - 10, 60_000), noon)).toEqual({ ok: true, value: clock });
  });

  test('takes a stamp that is exactly at the limit', () => {
    expect(receiveStamp(emptyClock, remote(noon + limits.clockAheadMs), noon).ok).toBe(true);
  });

  test('refuses a stamp from too far ahead and says how many minutes', () => {
    const refused = receiveStamp(emptyClock, remote(noon + 12 * 60_000), noon);
    expect(refused).toMatchObject({ ok: false, error: { code: 'clock-wrong', subject: 'f'.repeat(16) } });
    expect(refused.ok ? '' : refused.error.message).toContain('12 minutes ahead');
  });

  test('one millisecond over the limit is called six minutes, never five', () => {
    const refused = receiveStamp(emptyClock, remote(noon + limits.clockAheadMs + 1), noon);
    expect(refused.ok ? '' : refused.error.message).toContain('6 minutes');
  });

  test('what is stamped after receiving sorts after what was received', () => {
    const near = fc.integer({ min: -10_000_000, max: limits.clockAheadMs });
    fc.assert(
      fc.property(near, fc.integer({ min: 0, max: 0xffff }), near, (offset, counter, nowOffset) => {
        const stamp = remote(noon + offset, counter);
        const received = receiveStamp({ millis: noon + nowOffset, counter: 0xfffe }, stamp, noon);
        expect(received.ok).toBe(true);
        if (received.ok) expect(nextStamp(received.value, node, noon).stamp > stamp).toBe(true);
      }),
    );
  });

  test('never moves the clock back, receives twice as once, and in any order alike', () => {
    const offsets = fc.integer({ min: -1_000, max: 1_000 });
    const stamps = fc.tuple(offsets, fc.integer({ min: 0, max: 3 })).map(([o, c]) => remote(noon + o, c));
    fc.assert(
      fc.property(stamps, stamps, (first, second) => {
        const start = { millis: noon, counter: 1 };
        const receiveAll = (all: string[]) =>
          all.reduce((clock, stamp) => {
            const received = receiveStamp(clock, stamp, noon);
            return received.ok ? received.value : clock;
          }, start);
        const end = receiveAll([first, second]);
        expect(receiveAll([second, first, second])).toEqual(end);
        expect(end.millis > start.millis || (end.millis === start.millis && end.counter >= 1)).toBe(true);
      }),
    );
  });
});
