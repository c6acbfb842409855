/** Whether Linux lets this user watch enough folders. */
import { readFile } from 'node:fs/promises';
import { type Check, passed, skipped, warning } from './check.ts';

const name = 'watch limits';
/** An editor with a large project takes tens of thousands; several run beside us. */
const fewWatches = 65_536;
/** The kernel's default; every program that watches takes at least one. */
const fewInstances = 128;

export type WatchLimits = { watches: number; instances: number };

/** Reads the limits of the running kernel; `watched` folders are in use by Skein now. */
export async function checkWatchLimits(platform: NodeJS.Platform, watched: number): Promise<Check> {
  if (platform !== 'linux') return skipped(name, 'Only Linux has limits on watched folders.');
  const [watches, instances] = await Promise.all([readLimit('watches'), readLimit('instances')]);
  if (watches === undefined || instances === undefined) {
    return skipped(name, 'This kernel does not tell its limits.');
  }
  return judgeWatchLimits({ watches, instances }, watched);
}

/** A pure rule, so that small limits can be shown on a machine that has large ones. */
export function judgeWatchLimits({ watches, instances }: WatchLimits, watched: number): Check {
  const facts = `${watches} watched folders and ${instances} watching programs for each user`;
  if (watches >= fewWatches && instances >= fewInstances) return passed(name, `Linux allows ${facts}.`);
  return warning(
    name,
    `Linux allows only ${facts}; Skein watches ${watched} folders now. Past the limit it polls, which is slower.`,
    'Put the lines "fs.inotify.max_user_watches=524288" and "fs.inotify.max_user_instances=512" into ' +
      '/etc/sysctl.d/60-inotify.conf, then run `sudo sysctl --system`.',
  );
}

async function readLimit(what: 'watches' | 'instances'): Promise<number | undefined> {
  try {
    return Number.parseInt(await readFile(`/proc/sys/fs/inotify/max_user_${what}`, 'utf8'), 10);
  } catch {
    return undefined;
  }
}
