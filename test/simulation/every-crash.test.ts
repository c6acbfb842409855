/**
 * One scripted day with a death at every point that a process reaches, and with a second death while the next start
 * settles what the first left. Points that change nothing resemble each other: of those each day takes its share;
 * `npm run simulate -- --every` takes all.
 */
import { describe, expect, test } from 'vitest';
import { describeDeaths, describeWrong } from './describe-failure.ts';
import { changesSomething, crashesInARow, playScenario } from './scenario.ts';

const { points, wrong, met } = await playScenario();

/** Another part of the reads every day. */
const day = Math.floor(Date.now() / 86_400_000);
const readsEach = 16;
const numbers = points
  .map((point, index) => ({ point, number: index + 1 }))
  .filter(({ point, number }) => changesSomething(point) || number % readsEach === day % readsEach)
  .map(({ number }) => number);

/** Runs of one test. */
const portion = 60;
const portions = Array.from({ length: Math.ceil(numbers.length / portion) }, (_, index) =>
  numbers.slice(index * portion, (index + 1) * portion),
);

async function failuresOf(crashes: readonly (readonly number[])[]): Promise<string> {
  const failures: string[] = [];
  for (const crashesAt of crashes) {
    const played = await playScenario(crashesAt);
    if (played.deaths.length === 0) failures.push(`Nothing died at point ${crashesAt[0]}.`);
    if (played.wrong.length === 0) continue;
    const again = `npm run simulate -- --point ${crashesAt.join(' --point ')}`;
    failures.push(
      [`Run it again with: ${again}`, ...describeDeaths(played.deaths), ...describeWrong(played.wrong)].join(
        '\n',
      ),
    );
  }
  return failures.join('\n\n');
}

test('without a crash the day ends well, and holds what it should', () => {
  expect(wrong).toEqual([]);
  expect(points.length).toBeGreaterThan(1_500);
  expect(met).toMatchObject({
    undo: 1,
    restore: 2,
    restoredDeletion: 1,
    settingsChange: 1,
    manual: 1,
    racedSwap: 2,
  });
  expect(met.threshold).toBeGreaterThanOrEqual(2);
  expect(met.halfWritten).toBeGreaterThan(0);
});

test('a file operation has points before, in the middle and after, a transaction before and after its commit', () => {
  const kinds = new Set(points.map(({ source, operation, when }) => `${source} ${operation} ${when}`));
  for (const operation of ['writeTemporary', 'exchange', 'place', 'rename', 'remove', 'read', 'stat', 'list'])
    expect([...kinds]).toEqual(
      expect.arrayContaining([`disk ${operation} before`, `disk ${operation} after`]),
    );
  expect([...kinds]).toEqual(expect.arrayContaining(['disk writeTemporary during', 'sql statement before']));
  expect([...kinds]).toEqual(expect.arrayContaining(['sql commit before', 'sql commit after']));
});

describe('a death at any point', () => {
  test.each(portions.map((part) => ({ from: part[0], to: part.at(-1), part })))(
    'from $from to $to',
    { timeout: 60_000 },
    async ({ part }) => {
      expect(await failuresOf(part.map((number) => [number]))).toBe('');
    },
  );
});

test('a second death while the next start settles the first', { timeout: 60_000 }, async () => {
  expect(await failuresOf(crashesInARow(points, day))).toBe('');
});
