/** A share of the seeds as a test file runs it: two files beside each other use both processors. */
import { describe, expect, test } from 'vitest';
import { describeNetworkFailure } from './describe-failure.ts';
import { addMet, neverMet, nothingMet } from './met.ts';
import { type Outcome, runNetworkSeed } from './run-seed.ts';

/** Seeds of each of the two files: enough to meet everything that can go wrong many times. */
export const seedsOfFile = 1_000;
/** Seeds of one test: few enough that a failure comes soon, many enough that the list stays short. */
const seedsPerTest = 100;

export function testSeeds(from: number): void {
  const met = nothingMet();
  let runs = 0;

  describe('no seed finds anything wrong', () => {
    const firsts = Array.from(
      { length: seedsOfFile / seedsPerTest },
      (_, index) => from + index * seedsPerTest,
    );
    test.each(firsts)(`from %i, ${seedsPerTest} seeds`, { timeout: 300_000 }, async (first) => {
      const failed: Outcome[] = [];
      for (let seed = first; seed < first + seedsPerTest; seed++) {
        const outcome = await runNetworkSeed(seed);
        addMet(met, outcome.met);
        runs += 1;
        if (outcome.wrong.length > 0) failed.push(outcome);
      }
      expect(failed.map(describeNetworkFailure).join('\n\n')).toBe('');
    });
  });

  test('together they met everything that can go wrong', ({ skip }) => {
    skip(runs < seedsOfFile, 'a part of the seeds, chosen on the command line, may miss a kind');
    expect(neverMet(met)).toEqual([]);
  });
}
