/** What the operating system says about a disk, as a person reads it. */
import { type Problem, type ProblemCode, problem } from '../../shared/result.ts';
import { errorCode } from '../adapters/file-problems.ts';

export { errorCode as errnoOf };

type Reading = { code: ProblemCode; because: string; advice: string };

const full: Reading = {
  code: 'disk-full',
  because: 'the disk is full',
  advice: 'Free some space there, then try again.',
};
const denied: Reading = {
  code: 'no-permission',
  because: 'your user may not do that there',
  advice: 'Give your user read and write permission, or choose another folder.',
};
const inTheWay: Reading = {
  code: 'not-a-folder',
  because: 'a file stands where a folder is needed',
  advice: 'Choose another folder, or move that file elsewhere.',
};
const worn: Reading = {
  code: 'unreadable',
  because: 'the disk reports an error',
  advice: 'Check the disk, and keep a copy of what is on it.',
};

const readingByErrno: ReadonlyMap<string, Reading> = new Map([
  ['ENOSPC', full],
  ['EDQUOT', { ...full, because: 'your quota of the disk is used up' }],
  ['SQLITE_FULL', full],
  ['EACCES', denied],
  ['EPERM', denied],
  ['SQLITE_CANTOPEN', denied],
  [
    'EROFS',
    {
      code: 'read-only',
      because: 'the disk is read-only',
      advice: 'Choose a folder on a disk that can be written.',
    },
  ],
  ['SQLITE_READONLY', { ...denied, code: 'read-only', because: 'the file cannot be written' }],
  ['ENOTDIR', inTheWay],
  ['EEXIST', inTheWay],
  ['ENOENT', { code: 'not-found', because: 'it is not there', advice: 'Check the spelling of the path.' }],
  [
    'ELOOP',
    {
      code: 'unreadable',
      because: 'its links lead in a circle',
      advice: 'Mend the link, or choose another folder.',
    },
  ],
  ['ENAMETOOLONG', { code: 'bad-input', because: 'the path is too long', advice: 'Choose a shorter path.' }],
  ['EIO', worn],
  ['SQLITE_IOERR', worn],
]);

/**
 * A failed attempt on the disk as a problem. `attempt` completes "Skein could not …" and names no path;
 * `subject` is the path. Extended SQLite codes (`SQLITE_IOERR_LOCK`) read like their family.
 */
export function diskProblem(cause: unknown, subject: string, attempt: string): Problem {
  const errno = errorCode(cause);
  const reading = readingByErrno.get(errno ?? '') ?? readingByErrno.get(familyOf(errno));
  if (reading !== undefined) {
    return problem(
      reading.code,
      subject,
      `Skein could not ${attempt} ${subject}: ${reading.because}.`,
      reading.advice,
    );
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return problem(
    'unreadable',
    subject,
    `Skein could not ${attempt} ${subject}: ${reason}.`,
    'Check the path, then try again.',
  );
}

function familyOf(errno: string | undefined): string {
  return errno?.startsWith('SQLITE_') ? errno.split('_').slice(0, 2).join('_') : '';
}
