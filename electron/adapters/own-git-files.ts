/** Files of ours that lie beside those of git while something is done to a repository. */
import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stepNoteName } from './step-note.ts';

const ownName = 'skein-index-';

/** In the environment of a hook: the files of ours that belong to the commit which waits for it, with commas. */
export const keptVariable = 'SKEIN_HOOK_KEEPS';

/** A name for a file of ours beside git's: `clearOwnLocks` removes it once nobody needs it. */
export const newOwnFile = (gitFolder: string): string =>
  join(gitFolder, `${ownName}${randomBytes(6).toString('hex')}`);

export const findOwnFiles = async (gitFolder: string): Promise<string[]> =>
  (await readdir(gitFolder)).filter((name) => name.startsWith(ownName));

/** Whether a step of ours is on its way, or died. */
export async function hasLeftovers(gitFolder: string): Promise<boolean> {
  const names = await readdir(gitFolder).catch(() => []);
  return names.some((name) => name.startsWith(ownName) || name === stepNoteName);
}

/**
 * Removes what a crash of ours left; call it while no other of ours can be at work, but for a commit whose hook calls
 * us.
 */
export async function clearOwnLocks(gitFolder: string): Promise<void> {
  const kept = new Set(process.env[keptVariable]?.split(','));
  const names = (await findOwnFiles(gitFolder)).filter((name) => !kept.has(name));
  const lock = await lstat(join(gitFolder, 'index.lock')).catch(() => undefined);
  for (const name of names) {
    const own = await lstat(join(gitFolder, name)).catch(() => undefined);
    if (own !== undefined && own.ino === lock?.ino) await rm(join(gitFolder, 'index.lock'), { force: true });
    await rm(join(gitFolder, name), { force: true });
  }
}
