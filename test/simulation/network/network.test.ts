/** Thousands of seeded networks, each with its own mix of faults, judged from outside; and every seed that failed once. */
import { describe, expect, test } from 'vitest';
import { cases } from './cases.ts';
import { describeNetworkFailure } from './describe-failure.ts';
import { runNetworkSeed } from './run-seed.ts';
import { testSeeds } from './seeds.ts';

testSeeds(0);

describe('what failed once stays mended', () => {
  test.each(cases)('seed $seed: $why', async ({ seed, plan }) => {
    const outcome = await runNetworkSeed(seed, { plan });
    expect(outcome.wrong.length === 0 ? '' : describeNetworkFailure(outcome)).toBe('');
  });
});

test('the same seed gives the same run', async () => {
  const [one, other] = [await runNetworkSeed(3), await runNetworkSeed(3)];
  expect(other.story).toEqual(one.story);
});
