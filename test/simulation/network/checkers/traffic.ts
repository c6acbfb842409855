/** Is nothing asked for twice without need? */
import type { Judged } from '../judge.ts';

/**
 * Without faults of the network nobody gets what it had before it was asked for or sent. Where there are two ways to
 * a replica, whoever passes a row on cannot know yet that it went the other way, too.
 */
export function nothingComesTwice({ traffic, plan, met }: Judged): string[] {
  const { rows, again } = traffic.arrived;
  const retries =
    met.lostAnswer +
    met.lostQuestion +
    met.doubledQuestion +
    met.crash +
    met.partition +
    met.restoredBackup +
    met.restoredMachine +
    met.killed +
    met.stopped;
  if (retries > 0) return [];
  const isTree = plan.topology === 'pair' || plan.topology === 'star';
  return again <= (isTree ? 0 : rows / 2)
    ? []
    : [`${again} of ${rows} rows came twice in a ${plan.topology}`];
}
