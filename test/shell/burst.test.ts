import { expect, test } from 'vitest';
import { createBurst } from '../../electron/shell/burst.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function burstOfNumbers() {
  const clock = createFakeClock();
  const told: { items: readonly number[]; missed: number; atMs: number }[] = [];
  const burst = createBurst<number>(clock, { gatherMs: 10, quietMs: 100, atMost: 3 }, (items, missed) =>
    told.push({ items, missed, atMs: clock.monotonicMs() }),
  );
  return { clock, told, burst };
}

test('what comes together is told together', async () => {
  const { clock, told, burst } = burstOfNumbers();
  burst.add([1]);
  await clock.advance(5);
  burst.add([2]);
  await clock.advance(50);
  expect(told).toEqual([{ items: [1, 2], missed: 0, atMs: 10 }]);
});

test('a second bundle waits until the pause is over, and nothing is lost meanwhile', async () => {
  const { clock, told, burst } = burstOfNumbers();
  burst.add([1]);
  await clock.advance(20);
  burst.add([2]);
  await clock.advance(60);
  burst.add([3]);
  await clock.advance(200);
  expect(told.map(({ items, atMs }) => ({ items, atMs }))).toEqual([
    { items: [1], atMs: 10 },
    { items: [2, 3], atMs: 110 },
  ]);
});

test('after a long silence a bundle comes at once again', async () => {
  const { clock, told, burst } = burstOfNumbers();
  burst.add([1]);
  await clock.advance(1_000);
  burst.add([2]);
  await clock.advance(1_000);
  expect(told.map(({ atMs }) => atMs)).toEqual([10, 1_010]);
});

test('what is too much is counted', async () => {
  const { clock, told, burst } = burstOfNumbers();
  burst.add([1, 2]);
  burst.add([3, 4, 5]);
  await clock.advance(10);
  expect(told).toEqual([{ items: [1, 2, 3], missed: 2, atMs: 10 }]);
});

test('stopping tells nothing more', async () => {
  const { clock, told, burst } = burstOfNumbers();
  burst.add([1]);
  burst.stop();
  await clock.advance(1_000);
  expect(told).toEqual([]);
});
