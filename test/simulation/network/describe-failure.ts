/** A failed run of a network as a person reads it, with the command that runs it again. */
import { describeWrong } from '../describe-failure.ts';
import type { Outcome } from './run-seed.ts';

export function describeNetworkFailure({ seed, plan, wrong }: Outcome): string {
  const { replicas, topology, steps, faults } = plan;
  return [
    `Seed ${seed} failed. Run it again with: npm run simulate -- --replicas --seed ${seed}`,
    `  ${replicas} replicas, ${topology}, ${steps} steps, faults: ${JSON.stringify(faults)}`,
    ...describeWrong(wrong),
  ].join('\n');
}
