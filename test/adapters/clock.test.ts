import { describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import type { Clock } from '../../electron/engine/ports.ts';
import { createFakeClock } from '../support/fake-clock.ts';

type Subject = { clock: Clock; pass: (ms: number) => Promise<void> };

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function fakeSubject(): Subject {
  const clock = createFakeClock();
  return { clock, pass: (ms) => clock.advance(ms) };
}

describe.each<[string, () => Subject]>([
  ['system clock', () => ({ clock: systemClock, pass: wait })],
  ['fake clock', fakeSubject],
])('%s', (_name, open) => {
  const fired = (clock: Clock, delayMs: number) =>
    new Promise<void>((resolve) => clock.after(delayMs, resolve));

  test('tells a time after 2020, and monotonic time never goes back', async () => {
    const { clock, pass } = open();
    expect(clock.nowMs()).toBeGreaterThan(Date.UTC(2020, 0));
    const before = clock.monotonicMs();
    await pass(2);
    expect(clock.monotonicMs()).toBeGreaterThan(before);
  });

  test('runs a task once, after the caller has returned and not before its delay', async () => {
    const { clock, pass } = open();
    const start = clock.monotonicMs();
    const runs: number[] = [];
    const done = new Promise<void>((resolve) => {
      clock.after(3, () => {
        runs.push(clock.monotonicMs() - start);
        resolve();
      });
    });
    expect(runs).toEqual([]);
    await Promise.all([done, pass(10)]);
    await Promise.all([fired(clock, 5), pass(10)]);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toBeGreaterThanOrEqual(3);
  });

  test('a delay of zero or less also waits for the caller to return', async () => {
    const { clock, pass } = open();
    const order: string[] = [];
    const both = Promise.all([
      new Promise<void>((resolve) => clock.after(0, () => resolve(void order.push('zero')))),
      new Promise<void>((resolve) => clock.after(-5, () => resolve(void order.push('less')))),
    ]);
    order.push('caller');
    await Promise.all([both, pass(5)]);
    expect(order).toEqual(['caller', 'zero', 'less']);
  });

  test('a cancelled task does not run, and cancelling late or twice is harmless', async () => {
    const { clock, pass } = open();
    const runs: string[] = [];
    const cancel = clock.after(2, () => runs.push('cancelled'));
    const cancelLate = clock.after(1, () => runs.push('kept'));
    cancel();
    cancel();
    await Promise.all([fired(clock, 10), pass(20)]);
    cancelLate();
    expect(runs).toEqual(['kept']);
  });

  test('a delay of a year does not fire at once', async () => {
    const { clock, pass } = open();
    const runs: string[] = [];
    const cancel = clock.after(365 * 86_400_000, () => runs.push('a year'));
    await Promise.all([fired(clock, 5), pass(10)]);
    cancel();
    expect(runs).toEqual([]);
  });
});

describe('fake clock only', () => {
  test('fires in order of time, then of creation, and drains promises between timers', async () => {
    const clock = createFakeClock();
    const order: string[] = [];
    clock.after(20, () => order.push('20'));
    clock.after(10, async () => {
      order.push('10a');
      await new Promise(setImmediate);
      order.push('10a later');
      clock.after(5, () => order.push('15'));
    });
    clock.after(10, () => order.push('10b'));
    await clock.advance(20);
    expect(order).toEqual(['10a', '10a later', '10b', '15', '20']);
  });

  test('a jump of the wall clock moves neither timers nor monotonic time', async () => {
    const clock = createFakeClock(Date.UTC(2030, 0));
    const monotonic = clock.monotonicMs();
    const runs: string[] = [];
    clock.after(100, () => runs.push('fired'));
    clock.jump(-86_400_000);
    expect(clock.nowMs()).toBe(Date.UTC(2029, 11, 31));
    expect(clock.monotonicMs()).toBe(monotonic);
    await clock.advance(99);
    expect(runs).toEqual([]);
    await clock.advance(1);
    expect(runs).toEqual(['fired']);
  });

  test('time never runs away: timers that arm themselves for ever are an error', async () => {
    const clock = createFakeClock();
    const again = () => void clock.after(0, again);
    again();
    await expect(clock.advance(1)).rejects.toThrow(/for ever/);
  });
});

test('system clock: a timer that is armed when its time has passed already is armed for now', async () => {
  const armedWith: number[] = [];
  const armed = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((
    task: () => void,
    delayMs: number,
  ) => {
    armedWith.push(delayMs);
    queueMicrotask(task);
    return 0;
  }) as never);
  // The second look, right before the timer is armed, comes after the process was stopped for a while.
  const looked = vi.spyOn(performance, 'now').mockReturnValueOnce(1_000);
  looked.mockReturnValueOnce(1_050).mockReturnValue(1_060);
  try {
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
  } finally {
    armed.mockRestore();
    looked.mockRestore();
  }
  expect(armedWith).toEqual([0]);
});
