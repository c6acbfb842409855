/** When indexing is held, on a clock that is told. */
import { expect, test } from 'vitest';
import { createGivingWay } from '../../../electron/host/knowledge/give-way.ts';
import { limits } from '../../../shared/limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const { knowledgeWakeMs: quietMs, knowledgeCalmMs: calmMs, knowledgeHeldMs: mostMs } = limits;

function open() {
  const clock = createFakeClock();
  const told: [boolean, number][] = [];
  const way = createGivingWay(clock, (isHeld) => told.push([isHeld, clock.monotonicMs()]));
  /** Others work without a pause for so long. */
  async function work(ms: number): Promise<void> {
    const untilMs = clock.monotonicMs() + ms;
    for (; clock.monotonicMs() < untilMs; await clock.advance(quietMs / 3)) way.others();
  }
  return { clock, told, way, work };
}

test('it is held from the first work of others until they were quiet for a moment', async () => {
  const { clock, told, work } = open();
  await work(quietMs * 4);
  expect(told).toEqual([[true, 0]]);
  await clock.advance(quietMs);
  expect(told.at(-1)?.[0]).toBe(false);
  expect(told).toHaveLength(2);
});

test('whoever works without end has it held for half of the time', async () => {
  const { clock, told, work } = open();
  await work(mostMs * 8);
  expect(told.length).toBeGreaterThanOrEqual(8);
  const heldMs = told.reduce((sum, [isHeld, atMs]) => sum + (isHeld ? -atMs : atMs), 0);
  expect(heldMs).toBeLessThanOrEqual(clock.monotonicMs() / 2 + mostMs);
  for (const [nth, [isHeld, atMs]] of told.entries())
    if (!isHeld) expect(atMs - (told[nth - 1]?.[1] ?? 0)).toBeLessThanOrEqual(mostMs);
});

test('an exchange holds it for longer, also when others worked meanwhile', async () => {
  const { clock, told, way } = open();
  way.exchange();
  await clock.advance(quietMs / 3);
  way.others();
  await clock.advance(calmMs - quietMs / 3 - 1);
  expect(way.isHeld()).toBe(true);
  await clock.advance(1);
  expect(way.isHeld()).toBe(false);
  expect(told).toEqual([
    [true, 0],
    [false, calmMs],
  ]);
});

test('what comes right after an exchange holds it again', async () => {
  const { clock, told, way } = open();
  way.exchange();
  await clock.advance(calmMs);
  way.others();
  expect(told).toEqual([
    [true, 0],
    [false, calmMs],
    [true, calmMs],
  ]);
});

test('it is held several times in a row until that makes up the most, and then not for as long', async () => {
  const { clock, told, way } = open();
  while (clock.monotonicMs() < 3 * mostMs) {
    way.others();
    await clock.advance(quietMs);
  }
  const held = told.filter(([isHeld]) => isHeld).map(([, atMs]) => atMs);
  const pauses = held.slice(1).map((atMs, nth) => atMs - (held[nth] ?? 0));
  expect(Math.max(...pauses)).toBeGreaterThanOrEqual(mostMs);
  expect(held.filter((atMs) => atMs < mostMs)).toHaveLength(Math.ceil(mostMs / quietMs));
});

test('a short exchange holds it again after as short a time', async () => {
  const { clock, told, way } = open();
  for (let times = 0; times < 3; times += 1) {
    way.others();
    await clock.advance(quietMs * 2);
  }
  expect(told.map(([isHeld]) => isHeld)).toEqual([true, false, true, false, true, false]);
});

test('whoever asks frees it, whatever others do, and for a while', async () => {
  const { clock, told, way, work } = open();
  await work(quietMs * 2);
  way.asked();
  expect(told.at(-1)?.[0]).toBe(false);
  const freedMs = clock.monotonicMs();
  await work(mostMs * 1.5);
  expect(told).toHaveLength(3);
  expect((told[2]?.[1] ?? 0) - freedMs).toBeGreaterThanOrEqual(mostMs);
});

test('nothing is let go after its end', async () => {
  const { clock, told, way } = open();
  way.others();
  way.stop();
  await clock.advance(mostMs);
  expect(told).toEqual([[true, 0]]);
});
