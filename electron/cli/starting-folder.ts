/** Which folder a start without FOLDER is about. */
import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { repositoryAround } from './repository.ts';

/**
 * The folder that was named, counted from `startedIn`; else the repository around `startedIn`; undefined means
 * the welcome screen, or what was open before.
 */
export async function startingFolder(
  named: string | undefined,
  startedIn: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (named !== undefined) return resolve(startedIn, named);
  const home = env['HOME'] || env['USERPROFILE'] || homedir();
  return repositoryAround(startedIn, await realpath(home).catch(() => home));
}
