/** The secret that callers of the loopback API show (DESIGN section 7): a file that only its owner can read. */
import { randomBytes } from 'node:crypto';
import { chmod, link, lstat, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, problem, type Result } from '../../shared/result.ts';
import { writeSynced } from '../adapters/atomic-write.ts';
import { errorCode } from '../adapters/file-problems.ts';
import { diskProblem } from './disk-problem.ts';

const tokenText = /^[0-9a-f]{64}$/;

export const tokenFile = (dataFolder: string) => join(dataFolder, 'token');

/** The token of this data folder, or undefined when there is none that can be read. Changes nothing. */
export async function readToken(dataFolder: string): Promise<string | undefined> {
  const text = await readFile(tokenFile(dataFolder), 'utf8').catch(() => '');
  return tokenText.test(text.trim()) ? text.trim() : undefined;
}

/**
 * The token, made when missing or broken. A file that others may read is tightened to 0600.
 * Fails with no-permission, disk-full, read-only, or not-found when a folder or link is in its place.
 */
export async function ensureToken(dataFolder: string): Promise<Result<string>> {
  const file = tokenFile(dataFolder);
  try {
    const found = await lstat(file).catch(nothingThere);
    if (found !== undefined && !found.isFile()) return err(notAFile(file));
    const kept = await readToken(dataFolder);
    if (kept === undefined) return ok(await makeToken(dataFolder, found !== undefined));
    await tightenToken(dataFolder);
    return ok(kept);
  } catch (cause) {
    return err(diskProblem(cause, file, 'prepare the token'));
  }
}

/** Takes every permission on the token from everybody but its owner; true when there was one to take. */
export async function tightenToken(dataFolder: string): Promise<boolean> {
  if (!(await tokenIsOpenToOthers(dataFolder))) return false;
  await chmod(tokenFile(dataFolder), 0o600);
  return true;
}

/** True when other users may read or write the token. Windows keeps the profile's own access list instead. */
export async function tokenIsOpenToOthers(dataFolder: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const found = await lstat(tokenFile(dataFolder)).catch(nothingThere);
  return found !== undefined && (found.mode & 0o077) !== 0;
}

function nothingThere(cause: unknown): undefined {
  if (errorCode(cause) !== 'ENOENT') throw cause;
  return undefined;
}

/**
 * Written whole beside its place and then linked there: of two processes that start at once one wins, and
 * the other reads the winner's token, never an empty file.
 */
async function makeToken(dataFolder: string, replace: boolean): Promise<string> {
  const token = randomBytes(32).toString('hex');
  const { name } = await writeSynced(dataFolder, Buffer.from(`${token}\n`), 0o600);
  const temporary = join(dataFolder, name);
  try {
    return await putInPlace(dataFolder, temporary, token, replace);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function putInPlace(dataFolder: string, temporary: string, token: string, replace: boolean) {
  const file = tokenFile(dataFolder);
  if (replace) {
    await rename(temporary, file);
    return token;
  }
  try {
    await link(temporary, file);
    return token;
  } catch (cause) {
    const winner = errorCode(cause) === 'EEXIST' ? await readToken(dataFolder) : undefined;
    if (winner !== undefined) return winner;
    // Some network and FAT disks have no hard links.
    await rename(temporary, file);
    return token;
  }
}

function notAFile(file: string) {
  return problem(
    'unreadable',
    file,
    `The token ${file} is not a plain file.`,
    'Move what is there elsewhere; Skein makes a new token when it starts.',
  );
}
