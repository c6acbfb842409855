/** When indexes come, on a clock that is told. */
import { expect, test } from 'vitest';
import { createDueIndexes } from '../../../electron/host/knowledge/due-indexes.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function open() {
  const clock = createFakeClock();
  const startMs = clock.monotonicMs();
  const came: [string, number][] = [];
  const due = createDueIndexes(clock, (id) => {
    due.forget(id);
    came.push([id, clock.monotonicMs() - startMs]);
  });
  return { clock, came, due };
}

test('what is planned again comes at the new time, and is due since the first', async () => {
  const { clock, came, due } = open();
  due.plan('a', 100);
  await clock.advance(60);
  due.plan('a', 100);
  expect(due.waitedMs('a')).toBe(60);
  await clock.advance(200);
  expect(came).toEqual([['a', 160]]);
  expect([due.isPlanned('a'), due.waitedMs('a')]).toEqual([false, 0]);
});

test('what may come at the latest at some time is brought forward, and never put off', async () => {
  const { clock, came, due } = open();
  due.plan('a', 300_000);
  await clock.advance(20_000);
  for (let times = 0; times < 3; times += 1) {
    due.planWithin('a', 100);
    await clock.advance(30);
  }
  await clock.advance(10);
  expect(came).toEqual([['a', 20_100]]);
  due.planWithin('b', 100);
  await clock.advance(100);
  expect(came.at(-1)?.[0]).toBe('b');
});

test('what is forgotten does not come', async () => {
  const { clock, came, due } = open();
  due.plan('a', 100);
  due.forget('a');
  await clock.advance(1_000);
  expect(came).toEqual([]);
});
