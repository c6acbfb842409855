/** How a system locks a whole file, whoever opened it: `flock` on Linux and macOS, `LockFileEx` on Windows. */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type Koffi from 'koffi';
import type { LockMode } from '../../shared/domain/lock.ts';
import { ProblemError, problem } from '../../shared/result.ts';
import { errorCode } from './file-problems.ts';
import { loadKoffi } from './native-library.ts';
import { windowsLockCalls } from './windows-lock-calls.ts';

/** An open file, as the calls know it. */
export type OpenFile = number | bigint;

export type LockCalls = {
  /** Opens for reading and writing, following no link; makes the file when `create`. Throws as `openSync` does. */
  open(path: string, create: boolean): OpenFile;
  /** False while another holds a lock in the way of this one. Never waits. */
  lock(file: OpenFile, mode: LockMode): boolean;
  /** `device:inode`; a file that was removed keeps its own as long as it is open. */
  identity(file: OpenFile): string;
  /** Lets go of the lock, then of the file. */
  close(file: OpenFile): void;
};

let calls: LockCalls | undefined;

/** Found when first needed. Throws `ProblemError` lock-unavailable where the system's library cannot be reached. */
export function lockCalls(): LockCalls {
  calls ??= findLockCalls(loadKoffi());
  return calls;
}

/** For this system, by this library. Throws as `lockCalls` does. */
export function findLockCalls(koffi: typeof Koffi | undefined): LockCalls {
  try {
    if (koffi !== undefined)
      return process.platform === 'win32' ? windowsLockCalls(koffi) : flockCalls(koffi);
  } catch {
    // An old system, or one for which there is no binding: the same as without the library.
  }
  throw new ProblemError(unavailable);
}

const unavailable = problem(
  'lock-unavailable',
  'the lock',
  "Skein cannot take a repository's lock: the part that calls the operating system (koffi) does not load here.",
  'Install Skein anew for this system; until then let only one program at a time write to the repository.',
);

const flags = { shared: 1, exclusive: 2, withoutWaiting: 4, unlock: 8 }; // LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN
const wouldBlock = process.platform === 'linux' ? 11 : 35; // EWOULDBLOCK
const interrupted = 4; // EINTR

function flockCalls(koffi: typeof Koffi): LockCalls {
  const flock = koffi.load(null).func('int flock(int, int)') as (file: number, operation: number) => number;
  return {
    open: openToLock,
    lock(file, mode) {
      while (flock(Number(file), flags[mode] | flags.withoutWaiting) !== 0) {
        const errno = koffi.errno();
        if (errno === wouldBlock) return false;
        if (errno !== interrupted)
          throw Object.assign(new Error(`flock failed: ${errno}`), { code: `flock ${errno}` });
      }
      return true;
    },
    identity(file) {
      const { dev, ino } = fstatSync(Number(file), { bigint: true });
      return `${dev}:${ino}`;
    },
    close(file) {
      // A child that inherited the file must not keep the lock.
      flock(Number(file), flags.unlock);
      closeSync(Number(file));
    },
  };
}

const cannotWrite: ReadonlySet<string | undefined> = new Set(['EACCES', 'EROFS']);

/** A lock needs no right to write; some network disks want it all the same. */
function openToLock(path: string, create: boolean): number {
  const always = constants.O_NOFOLLOW | constants.O_NONBLOCK | (create ? constants.O_CREAT : 0);
  try {
    return openSync(path, constants.O_RDWR | always, 0o666);
  } catch (cause) {
    if (!cannotWrite.has(errorCode(cause))) throw cause;
    return openSync(path, constants.O_RDONLY | always, 0o666);
  }
}
