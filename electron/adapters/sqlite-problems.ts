import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type Problem, ProblemError, problem } from '../../shared/result.ts';

type Describe = (file: string) => Problem;

/** By primary result code, the part of the code after `SQLITE_`; https://sqlite.org/rescode.html. */
const describeByCode: Record<string, Describe> = {
  FULL: diskFull,
  READONLY: notWritable,
  CANTOPEN: cannotOpen,
  PERM: notWritable,
  AUTH: notWritable,
  CORRUPT: damaged,
  NOTADB: damaged,
  BUSY: busy,
  LOCKED: busy,
  IOERR: unreadable,
  PROTOCOL: busy,
};

/**
 * Turns what SQLite throws into a `ProblemError` that names the file; returns any other error, a bug, unchanged.
 * `whenDamaged` is the advice for a file that is damaged, where it is another than for a log.
 */
export function describeSqlError(error: unknown, file: string, whenDamaged?: string): unknown {
  if (error instanceof TypeError && /directory does not exist/.test(error.message)) {
    return new ProblemError(cannotOpen(file));
  }
  if (!(error instanceof Database.SqliteError)) return error;
  // Making the shared memory of the WAL is the first thing that fails on a full disk, with a code of its own.
  if (error.code === 'SQLITE_IOERR_SHMSIZE') return new ProblemError(diskFull(file));
  const describe = describeByCode[error.code.split('_')[1] ?? ''];
  if (describe === undefined) return error;
  const described = describe(file);
  const isDamaged = described.code === 'database-corrupt' && whenDamaged !== undefined;
  return new ProblemError(isDamaged ? { ...described, advice: whenDamaged } : described);
}

function diskFull(file: string): Problem {
  const advice =
    'Free some space on that disk; what was recorded so far is safe, and recording goes on by itself.';
  return problem('disk-full', file, `The disk is full, so the database ${file} cannot grow.`, advice);
}

function notWritable(file: string): Problem {
  const advice =
    'Give your user write permission on it and on its folder, or choose another data folder with --data.';
  return problem('read-only', file, `The database ${file} cannot be written.`, advice);
}

function cannotOpen(file: string): Problem {
  if (existsSync(file)) return notWritable(file);
  const folder = dirname(file);
  if (existsSync(folder)) {
    return problem(
      'not-found',
      file,
      `There is no database at ${file}.`,
      'Check the data folder, or its permissions.',
    );
  }
  return problem(
    'not-found',
    file,
    `The folder ${folder} does not exist.`,
    'Check the data folder given with --data.',
  );
}

function damaged(file: string): Problem {
  const advice =
    'Skein leaves the file as it is. Keep a copy of it, and run `skein doctor` to see what can be saved.';
  return problem('database-corrupt', file, `The file ${file} is damaged or is not a Skein database.`, advice);
}

function busy(file: string): Problem {
  const advice = 'Wait a moment and try again, or close the other program that has it open.';
  return problem('database-busy', file, `Another program is writing to the database ${file}.`, advice);
}

function unreadable(file: string): Problem {
  const advice = 'Check that the disk is connected and healthy, then try again.';
  return problem(
    'unreadable',
    file,
    `The disk reported an error while the database ${file} was in use.`,
    advice,
  );
}
