/** Whether the clock can be right: stamps carry it to every other device. */
import { limits } from '../../../shared/limits.ts';
import { type Check, failure, passed, warning } from './check.ts';

const name = 'clock';
/** Skein did not exist before. */
const earliestMs = Date.UTC(2026, 0, 1);
/** A clock of this age has a wrong century. */
const latestMs = Date.UTC(2100, 0, 1);
/** FAT keeps times to two seconds; anything under five is no difference that harms. */
const diskToleranceMs = 5_000;

const advice = 'Turn on automatic time in the settings of the system, then start Skein again.';

/**
 * `diskMs` is the time that the disk gave a file just now, `newestMs` the latest stamp of all logs;
 * undefined where unknown. All in Unix milliseconds. A pure rule.
 */
export function judgeClock(times: {
  nowMs: number;
  diskMs: number | undefined;
  newestMs: number | undefined;
}): Check {
  const { nowMs, diskMs, newestMs } = times;
  const now = `${new Date(nowMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (nowMs < earliestMs || nowMs > latestMs) return failure(name, `The clock says ${now}.`, advice);
  const aheadMs = (newestMs ?? 0) - nowMs;
  if (aheadMs > limits.clockAheadMs) {
    return failure(
      name,
      `The newest recorded change is ${inWords(aheadMs)} in the future: the clock was wrong then, or is now (${now}).`,
      advice,
    );
  }
  if (diskMs !== undefined && Math.abs(diskMs - nowMs) > diskToleranceMs) {
    return warning(
      name,
      `The disk of the data folder is ${inWords(Math.abs(diskMs - nowMs))} ${diskMs > nowMs ? 'ahead of' : 'behind'} this machine's clock.`,
      'Set the clocks of this machine and of the file server by the same time service.',
    );
  }
  return passed(name, `The clock says ${now}.`);
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 60 * 48 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 60 / 24)} days`;
}
