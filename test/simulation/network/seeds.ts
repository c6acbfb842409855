/**
 * A share of the seeds as a test file runs it: two files beside each other use both processors. Each portion runs in a
 * plain Node, as `npm run simulate` does, because the modules of a test runner make it take more than twice as long.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeNetworkFailure } from './describe-failure.ts';
import { addMet, type Met, neverMet, nothingMet } from './met.ts';
import type { Outcome } from './run-seed.ts';

/** Seeds of each of the two files: enough to meet everything that can go wrong many times. */
export const seedsOfFile = 1_000;
/** Seeds of one test: few enough that a failure comes soon, many enough that the list stays short. */
const seedsPerTest = 250;
const program = path.resolve(import.meta.dirname, '../run.ts');

export function testSeeds(from: number): void {
  const met = nothingMet();
  let runs = 0;

  describe('no seed finds anything wrong', () => {
    const firsts = Array.from(
      { length: seedsOfFile / seedsPerTest },
      (_, index) => from + index * seedsPerTest,
    );
    test.each(firsts)(`from %i, ${seedsPerTest} seeds`, { timeout: 300_000 }, async (first) => {
      const said = await runSeeds(first);
      addMet(met, said.met);
      runs += said.runs;
      expect(said.failures.map(describeNetworkFailure).join('\n\n')).toBe('');
    });
  });

  test('together they met everything that can go wrong', ({ skip }) => {
    skip(runs < seedsOfFile, 'a part of the seeds, chosen on the command line, may miss a kind');
    expect(neverMet(met)).toEqual([]);
  });
}

type Said = { runs: number; met: Met; failures: Outcome[] };

/** It ends with 1 when something was found wrong, and says what. */
function runSeeds(first: number): Promise<Said> {
  const words = ['--replicas', '--seeds', String(seedsPerTest), '--from', String(first), '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...words], { maxBuffer: 2 ** 28 }, (failure, output, errors) => {
      if (output === '') reject(new Error(`The simulation said nothing: ${errors}`, { cause: failure }));
      else resolve(JSON.parse(output) as Said);
    });
  });
}
