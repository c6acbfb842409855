/** When memory is given back: at rest, and only if there is something to give. */
import { expect, test } from 'vitest';
import { createMemoryKeeper } from '../../../electron/host/memory-keeper.ts';
import { limits } from '../../../shared/limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

function setUp() {
  const clock = createFakeClock();
  let resident = 100 * 2 ** 20;
  let released = 0;
  let forgotten = 0;
  const ways: string[] = [];
  const release = (how: string) => () => {
    released += 1;
    resident -= 10 * 2 ** 20;
    ways.push(how);
  };
  const memory = {
    residentBytes: () => resident,
    release: release('quickly'),
    releaseAll: release('thoroughly'),
  };
  const keeper = createMemoryKeeper(clock, memory, () => {
    forgotten += 1;
  });
  return {
    clock,
    keeper,
    grow: (bytes: number) => {
      resident += bytes;
    },
    released: () => released,
    forgotten: () => forgotten,
    ways,
  };
}

test('after a burst, once nothing more happens', async () => {
  const { clock, keeper, grow, released, forgotten, ways } = setUp();
  grow(limits.memoryGrowthBytes);
  for (let news = 0; news < 10; news++) {
    keeper.busy();
    await clock.advance(limits.memoryRestMs - 1);
  }
  expect(released()).toBe(0);
  await clock.advance(1);
  expect([released(), forgotten(), ways]).toEqual([1, 1, ['thoroughly']]);
  await clock.advance(60_000);
  expect(released()).toBe(1);
});

test('again after a quiet moment in its middle, and no more once it is clear how much is needed', async () => {
  const { clock, keeper, grow, released } = setUp();
  grow(limits.memoryBurstBytes - 1);
  for (let news = 1; released() === news - 1; news++) {
    keeper.busy();
    await clock.advance(60_000);
  }
  expect(released()).toBeGreaterThan(1);
  expect(released()).toBeLessThan(20);
});

test('in the middle of a burst that takes more and more, with pauses between', async () => {
  const { clock, keeper, grow, released, forgotten, ways } = setUp();
  grow(3 * limits.memoryBurstBytes);
  for (let news = 0; news < 10; news++) {
    keeper.busy();
    grow(limits.memoryAgainBytes);
    await clock.advance(limits.memoryAgainMs / 5);
  }
  expect([released(), forgotten(), ways]).toEqual([2, 0, ['quickly', 'quickly']]);
});

test('not in the first second of a burst that is not very large', async () => {
  const { clock, keeper, grow, released } = setUp();
  grow(limits.memoryShortBytes - 1);
  for (let ms = 0; ms < limits.memoryShortMs; ms += 100) {
    keeper.busy();
    await clock.advance(100);
  }
  expect(released()).toBe(0);
  keeper.busy();
  expect(released()).toBe(1);
});

test('in the first second of one that is very large', () => {
  const { keeper, grow, released } = setUp();
  grow(limits.memoryShortBytes);
  keeper.busy();
  expect(released()).toBe(1);
});

test('a burst after a rest has a first second of its own', async () => {
  const { clock, keeper, grow, released } = setUp();
  keeper.busy();
  await clock.advance(60_000);
  grow(limits.memoryBurstBytes);
  keeper.busy();
  expect(released()).toBe(0);
});

test('not again in a burst that grows no more: what is left is in use', async () => {
  const { clock, keeper, grow, released } = setUp();
  grow(3 * limits.memoryBurstBytes);
  for (let news = 0; news < 100; news++) {
    keeper.busy();
    await clock.advance(limits.memoryRestMs / 5);
  }
  expect(released()).toBe(1);
  grow(limits.memoryAgainBytes);
  keeper.busy();
  expect(released()).toBe(2);
});

test('again as soon as it grew since what came back a moment later', async () => {
  const { clock, keeper, grow, released } = setUp();
  grow(3 * limits.memoryBurstBytes);
  keeper.busy();
  grow(-limits.memoryBurstBytes);
  keeper.busy();
  grow(limits.memoryAgainBytes);
  await clock.advance(limits.memoryAgainMs - 1);
  keeper.busy();
  expect(released()).toBe(1);
  await clock.advance(1);
  keeper.busy();
  expect(released()).toBe(2);
});

test('not for a little, which adds up', async () => {
  const { clock, keeper, grow, released } = setUp();
  grow(limits.memoryGrowthBytes / 2);
  keeper.busy();
  await clock.advance(60_000);
  expect(released()).toBe(0);
  grow(limits.memoryGrowthBytes / 2);
  keeper.busy();
  await clock.advance(limits.memoryRestMs);
  expect(released()).toBe(1);
});

test('not once it was stopped', async () => {
  const { clock, keeper, grow, released } = setUp();
  grow(limits.memoryGrowthBytes);
  keeper.busy();
  keeper.stop();
  await clock.advance(60_000);
  expect(released()).toBe(0);
});
