/**
 * One Skein per data folder: an exclusive SQLite transaction on a small file, which the operating system
 * ends with the process that holds it, however it dies. Works on Linux, macOS and Windows alike.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { limits } from '../../shared/limits.ts';
import { errorCode } from '../adapters/file-problems.ts';

const lockFile = (dataFolder: string) => join(dataFolder, 'instance.lock.db');

/** Takes the lock and returns how to let go of it; undefined when another process has it. Throws SQLite's errors. */
export function takeLock(dataFolder: string): (() => void) | undefined {
  // A process that only looks holds the file for microseconds; waiting past that keeps it from harming us.
  const database = new Database(lockFile(dataFolder), { timeout: limits.instanceWaitMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (isBusy(cause)) return undefined;
    throw cause;
  }
  return () => database.close();
}

/** Whether some process, this one included, holds the lock. Makes no file. Throws SQLite's errors. */
export function isLockHeld(dataFolder: string): boolean {
  if (statSync(lockFile(dataFolder), { throwIfNoEntry: false }) === undefined) return false;
  const database = new Database(lockFile(dataFolder), { fileMustExist: true, timeout: 0 });
  try {
    // Reading asks for a shared lock: two processes that look do not see each other.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (cause) {
    if (isBusy(cause)) return true;
    throw cause;
  } finally {
    database.close();
  }
}

const isBusy = (cause: unknown): boolean => errorCode(cause)?.startsWith('SQLITE_BUSY') === true;
