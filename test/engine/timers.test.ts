/** Timers have names, and only ever enqueue. */
import { describe, expect, test } from 'vitest';
import type { EngineEvent } from '../../electron/engine/events.ts';
import { createTimers } from '../../electron/engine/timers.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const look = (path: string): EngineEvent => ({ kind: 'look-due', path });

function setUp() {
  const clock = createFakeClock();
  const told: string[] = [];
  const timers = createTimers(clock, (event) =>
    told.push(event.kind === 'look-due' ? event.path : event.kind),
  );
  return { clock, told, timers };
}

describe('once', () => {
  test('replaces a waiting timer of the same name and leaves the others', async () => {
    const { clock, told, timers } = setUp();
    timers.once('a', 100, look('first'));
    timers.once('b', 100, look('other'));
    await clock.advance(60);
    timers.once('a', 100, look('second'));
    await clock.advance(60);
    expect(told).toEqual(['other']);
    await clock.advance(60);
    expect(told).toEqual(['other', 'second']);
  });

  test('may arm itself again when it fires', async () => {
    const { clock, told, timers } = setUp();
    timers.once('a', 10, look('x'));
    await clock.advance(10);
    timers.once('a', 10, look('x'));
    await clock.advance(10);
    expect(told).toEqual(['x', 'x']);
    expect(clock.nextDueMs()).toBeUndefined();
  });
});

describe('atLatest', () => {
  test('keeps the earlier one, however often it is asked for', async () => {
    const { clock, told, timers } = setUp();
    timers.atLatest('git', 300, look('first'));
    for (let step = 0; step < 10; step++) {
      await clock.advance(29);
      timers.atLatest('git', 300, look('later'));
    }
    await clock.advance(10);
    expect(told).toEqual(['first']);
  });

  test('starts anew once the earlier one fired', async () => {
    const { clock, told, timers } = setUp();
    timers.atLatest('git', 5, look('first'));
    await clock.advance(5);
    timers.atLatest('git', 5, look('second'));
    await clock.advance(5);
    expect(told).toEqual(['first', 'second']);
  });
});

describe('whenQuiet', () => {
  const wait = { quietMs: 400, latestMs: 2_000 };

  /** Calls again and again; returns what was told, with the milliseconds since the first call. */
  async function callEvery(stepMs: number, calls: number): Promise<string[]> {
    const { clock, told, timers } = setUp();
    const startMs = clock.monotonicMs();
    const heard: string[] = [];
    for (let call = 0; call < calls; call++) {
      timers.whenQuiet('git', wait, look(`after call ${call}`));
      await clock.advance(stepMs);
      heard.push(...told.splice(0).map((what) => `${what} within ${clock.monotonicMs() - startMs}`));
    }
    return heard;
  }

  test('waits until nobody calls any more', async () => {
    expect(await callEvery(500, 2)).toEqual(['after call 0 within 500', 'after call 1 within 1000']);
    expect(await callEvery(399, 1)).toEqual([]);
    expect(await callEvery(400, 1)).toEqual(['after call 0 within 400']);
  });

  test('does not wait longer than told, however often it is called, and begins anew', async () => {
    expect(await callEvery(100, 40)).toEqual(['after call 19 within 2000', 'after call 39 within 4000']);
  });
});

test('old versions are collected a day later, not sooner', async () => {
  const { clock, told, timers } = setUp();
  timers.daily();
  await clock.advance(86_399_999);
  expect(told).toEqual([]);
  await clock.advance(1);
  expect(told).toEqual(['collection-due']);
});

test('nothing fires after clear, and new timers still do', async () => {
  const { clock, told, timers } = setUp();
  timers.once('a', 5, look('a'));
  timers.daily();
  timers.clear();
  expect(clock.nextDueMs()).toBeUndefined();
  timers.atLatest('a', 5, look('new'));
  await clock.advance(86_400_000);
  expect(told).toEqual(['new']);
});
