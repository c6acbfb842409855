/** A lock on a file by its name: safe where others remove the file or put another in its place. */
import { type BigIntStats, lstatSync } from 'node:fs';
import type { LockMode } from '../../shared/domain/lock.ts';
import { meansAbsent } from './file-problems.ts';
import { lockCalls, type OpenFile } from './lock-calls.ts';

export type FileLock = {
  /** Whoever inherits it keeps the lock, too, until `release`; undefined where the system has no such thing. */
  descriptor: number | undefined;
  /** Whether the name still leads to the file that is locked; when not, others may lock the one that it leads to. */
  isInPlace(): boolean;
  release(): void;
};

/**
 * Locks the file at `path`, which is made when `create`; undefined while another has it, or when it is not there.
 * Throws `ProblemError` lock-unavailable, or an error of the disk: ELOOP for a link.
 */
export function tryLockFile(path: string, mode: LockMode, create: boolean): FileLock | undefined {
  const calls = lockCalls();
  for (;;) {
    const file = openIfThere(path, create);
    if (file === undefined) return undefined;
    let keep = false;
    try {
      if (!calls.lock(file, mode)) return undefined;
      const identity = calls.identity(file);
      keep = isAt(path, identity);
      if (keep) return lockOf(path, file, identity);
    } finally {
      if (!keep) calls.close(file);
    }
    // Somebody removed it between our opening and our locking; look at what has the name now.
  }
}

const lockOf = (path: string, file: OpenFile, identity: string): FileLock => ({
  descriptor: typeof file === 'number' ? file : undefined,
  isInPlace: () => isAt(path, identity),
  release: () => lockCalls().close(file),
});

function openIfThere(path: string, create: boolean) {
  try {
    return lockCalls().open(path, create);
  } catch (cause) {
    if (!create && meansAbsent(cause)) return undefined;
    throw cause;
  }
}

function isAt(path: string, identity: string): boolean {
  try {
    return identityOf(lstatSync(path, { bigint: true })) === identity;
  } catch {
    return false;
  }
}

const identityOf = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`;
