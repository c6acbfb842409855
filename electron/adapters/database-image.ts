/**
 * A database that lies in a folder where nothing may be written, read into memory.
 *
 * Even a reader needs the shared memory file (-shm) of a database with a write-ahead log, and makes it when it is not
 * there. Where it cannot, SQLite offers `immutable=1`, but only in a URI, and better-sqlite3 is built without those.
 * An image is as good: when there is no write-ahead file, everything stands in the database file itself, and whoever
 * writes to it meanwhile has to make one first.
 */
import { readFileSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { limits } from '../../shared/limits.ts';
import { type Problem, ProblemError, problem } from '../../shared/result.ts';
import { describeFileError, errorCode } from './file-problems.ts';

/** What SQLite says when it can neither find nor make the shared memory file. */
const withoutSharedMemory: ReadonlySet<string | undefined> = new Set([
  'SQLITE_READONLY_DIRECTORY',
  'SQLITE_CANTOPEN',
  'SQLITE_IOERR_SHMSIZE',
]);

/** Whether opening the file failed for want of shared memory, and not of the file. */
export const needsImage = (cause: unknown, file: string): boolean =>
  withoutSharedMemory.has(errorCode(cause)) && statSync(file, { throwIfNoEntry: false }) !== undefined;

/**
 * Opens an image of the file, read-only. Throws a ProblemError: `read-only` when a write-ahead file holds a part of
 * the database, `database-busy` when somebody writes to it, `too-large`, or why the file cannot be read. `advice` is what
 * helps where the file is none of the data folder.
 */
export function openImage(file: string, advice: string = copyData): Database.Database {
  const before = sizeAndTime(file);
  if (before.walBytes > 0) throw new ProblemError(notClosed(file, advice));
  if (before.bytes > limits.databaseImageBytes) throw new ProblemError(tooLarge(file, advice));
  const image = readWhole(file);
  if (JSON.stringify(sizeAndTime(file)) !== JSON.stringify(before)) throw new ProblemError(written(file));
  // A file format without a write-ahead log, which a database in memory cannot have (https://sqlite.org/fileformat.html).
  image[18] = image[19] = 1;
  return new Database(image, { readonly: true });
}

function readWhole(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new ProblemError(describeFileError(cause, file, 'read'));
  }
}

function sizeAndTime(file: string) {
  const { size, mtimeMs, ino } = statSync(file);
  const walBytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return { bytes: size, mtimeMs, ino, walBytes };
}

const copyData = 'Copy the data folder to where you may write, and name the copy with --data DIR.';

function notClosed(file: string, advice: string): Problem {
  return problem(
    'read-only',
    file,
    `The newest part of ${file} lies in ${file}-wal, and can be read only where that folder can be written.`,
    advice,
  );
}

function written(file: string): Problem {
  return problem(
    'database-busy',
    file,
    `Another program wrote to the database ${file} while it was read.`,
    'Try again.',
  );
}

function tooLarge(file: string, advice: string): Problem {
  const mebibytes = limits.databaseImageBytes / 1024 / 1024;
  return problem(
    'too-large',
    file,
    `${file} is over ${mebibytes} MiB, which is too large to be read from a folder that cannot be written.`,
    advice,
  );
}
