/** Sets a damaged log aside, so that a new one can start. Nothing is deleted: `sqlite3 .recover` may read it. */
import { access, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../../shared/result.ts';
import { errorCode } from '../adapters/file-problems.ts';
import { diskProblem } from './disk-problem.ts';
import { fileTime } from './file-time.ts';

/** The log goes last: a crash in between must not leave an old write-ahead file beside a new log. */
const parts = ['log.db-shm', 'log.db-wal', 'log.db'];

/**
 * Moves log.db and its companions from the replica's folder to `damaged-<time>/` in it, and returns that folder.
 * The caller makes sure that nobody has the log open. `nowMs` is in Unix milliseconds.
 */
export async function setDatabaseAside(replicaFolder: string, nowMs: number): Promise<Result<string>> {
  try {
    const aside = await makeNewFolder(join(replicaFolder, `damaged-${fileTime(nowMs)}`));
    for (const part of parts) await moveIfThere(join(replicaFolder, part), join(aside, part));
    return ok(aside);
  } catch (cause) {
    return err(diskProblem(cause, replicaFolder, 'set aside the damaged log in'));
  }
}

async function makeNewFolder(wanted: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      await mkdir(folder, { mode: 0o700 });
      return folder;
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') throw cause;
    }
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  const there = await access(from).then(
    () => true,
    () => false,
  );
  if (there) await rename(from, to);
}
