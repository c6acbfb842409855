import { expect, test } from 'vitest';
import { createChangedEvents } from '../../../electron/host/changed-events.ts';
import type { ChangedEvent } from '../../../shared/contracts/events.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createMemoryLog } from './support/memory-log.ts';

function setUp() {
  const clock = createFakeClock();
  const log = createMemoryLog();
  const events = createChangedEvents(clock, log);
  const heard: (ChangedEvent & { atMs: number })[] = [];
  events.on((event) => heard.push({ ...event, atMs: clock.monotonicMs() }));
  return { clock, log, events, heard };
}

test('the first event goes out at once, with all that its cause told', async () => {
  const { clock, events, heard } = setUp();
  events.tell('a', ['changes']);
  events.tell('a', ['status']);
  expect(heard).toEqual([]);
  await clock.advance(0);
  expect(heard).toEqual([{ workspace: 'a', topics: ['changes', 'status'], atMs: 0 }]);
});

test('a burst becomes one event in 50 ms, and its last is never lost', async () => {
  const { clock, events, heard } = setUp();
  for (let step = 0; step < 200; step += 1) {
    events.tell('a', ['changes']);
    await clock.advance(1);
  }
  events.tell('a', ['files']);
  await clock.advance(1000);
  expect(heard.map(({ atMs }) => atMs)).toEqual([0, 50, 100, 150, 200, 250]);
  expect(heard.at(-1)!.topics).toContain('files');
});

test('one workspace does not make another wait', async () => {
  const { clock, events, heard } = setUp();
  events.tell('a', ['changes']);
  await clock.advance(10);
  events.tell('b', ['changes']);
  events.tell(null, ['workspaces']);
  await clock.advance(0);
  expect(heard.map(({ workspace, atMs }) => [workspace, atMs])).toEqual([
    ['a', 0],
    ['b', 10],
    [null, 10],
  ]);
});

test('a wall clock that jumps back delays nothing', async () => {
  const { clock, events, heard } = setUp();
  events.tell('a', ['changes']);
  await clock.advance(60);
  clock.jump(-3_600_000);
  events.tell('a', ['changes']);
  await clock.advance(0);
  expect(heard.map(({ atMs }) => atMs)).toEqual([0, 60]);
});

test('a listener that throws harms nobody', async () => {
  const { clock, log, events } = setUp();
  const heard: string[] = [];
  events.on(() => {
    throw new Error('broken');
  });
  events.on(() => heard.push('after'));
  events.tell('a', ['changes']);
  await clock.advance(0);
  expect(heard).toEqual(['after']);
  expect(log.lines.map(({ level }) => level)).toEqual(['error']);
});

test('a listener that left hears nothing, and neither does anybody after the stop', async () => {
  const { clock, events, heard } = setUp();
  const gone: string[] = [];
  const leave = events.on(() => gone.push('heard'));
  leave();
  events.tell('a', ['changes']);
  events.stop();
  events.tell('a', ['changes']);
  await clock.advance(1000);
  expect([...gone, ...heard]).toEqual([]);
  expect(clock.nextDueMs()).toBeUndefined();
});

test('nothing to tell is no event', async () => {
  const { clock, events, heard } = setUp();
  events.tell('a', []);
  await clock.advance(1000);
  expect(heard).toEqual([]);
});
