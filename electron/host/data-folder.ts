/** Where Skein keeps everything that is not the user's: logs of replicas, settings, the token. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { writeSynced } from '../adapters/atomic-write.ts';
import { errorCode } from '../adapters/file-problems.ts';
import { diskProblem } from './disk-problem.ts';
import { ensureToken } from './token-file.ts';

export type DataFolder = { folder: string; token: string };

/**
 * Absolute path of the data folder: `--data DIR`, else SKEIN_DATA, else the system's place for application
 * data, the same for the desktop and headless. Touches no disk. Empty text counts as absent.
 */
export function locateDataFolder(options: { argument?: string | undefined; env: NodeJS.ProcessEnv }): string {
  const chosen = options.argument || options.env['SKEIN_DATA'];
  return chosen ? resolve(chosen) : envPaths('skein', { suffix: '' }).data;
}

/**
 * Makes the folder (0700) and its token when they are missing, and proves that it can be written.
 * Fails with not-a-folder, no-permission, read-only or disk-full.
 */
export async function prepareDataFolder(folder: string): Promise<Result<DataFolder>> {
  const failure = await makeFolder(folder);
  if (failure !== undefined) return err(failure);
  const written = await writeProbe(folder);
  if (!written.ok) return written;
  const token = await ensureToken(folder);
  return token.ok ? ok({ folder, token: token.value }) : token;
}

async function makeFolder(folder: string): Promise<Problem | undefined> {
  try {
    await makeWithParents(folder);
  } catch (cause) {
    // EEXIST stands for a file in the way and for a link that leads nowhere.
    if (errorCode(cause) === 'EEXIST' || errorCode(cause) === 'ENOTDIR') return notAFolder(folder);
    return diskProblem(cause, folder, 'make the data folder');
  }
  return undefined;
}

/** Node's own recursive mkdir answers ENOENT on a read-only disk, which would send the user looking for a typo. */
async function makeWithParents(folder: string): Promise<void> {
  try {
    await makeOne(folder);
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT' || dirname(folder) === folder) throw cause;
    await makeWithParents(dirname(folder));
    await makeOne(folder);
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (cause) {
    if (errorCode(cause) !== 'EEXIST' || !(await isFolder(folder))) throw cause;
  }
}

const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() === true;

function notAFolder(folder: string): Problem {
  return problem(
    'not-a-folder',
    folder,
    `Skein cannot keep its data in ${folder}: it is not a folder.`,
    'Name a folder with --data DIR or the variable SKEIN_DATA.',
  );
}

/**
 * Writes one synced block and removes it, because a full disk still makes empty files. Returns the time that
 * the disk gave it, in Unix milliseconds. Fails with no-permission, read-only, disk-full or not-found.
 */
export async function writeProbe(folder: string): Promise<Result<number>> {
  try {
    const { name } = await writeSynced(folder, Buffer.alloc(4096), 0o600);
    const probe = join(folder, name);
    const { mtimeMs } = await stat(probe);
    await rm(probe, { force: true });
    return ok(mtimeMs);
  } catch (cause) {
    return err(diskProblem(cause, folder, 'write to its data folder'));
  }
}
