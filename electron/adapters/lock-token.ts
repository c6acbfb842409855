/** The fencing token of a repository: a number in a file, which grows with each exclusive holder of its lock. */
import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LockMode } from '../../shared/domain/lock.ts';

const tokenFile = (folder: string): string => join(folder, 'token');
const tokenDigits = 16;

/** Called by the holder of the lock, so that an exclusive one is alone here. Throws errors of the disk. */
export function nextToken(folder: string, mode: LockMode): number {
  const last = readToken(folder);
  if (mode === 'shared') return last;
  writeToken(folder, last + 1);
  return last + 1;
}

/** A link is not followed, and a pipe not waited for. */
const plainly = constants.O_NOFOLLOW | constants.O_NONBLOCK;

function readToken(folder: string): number {
  try {
    const text = readFileSync(tokenFile(folder), { encoding: 'utf8', flag: constants.O_RDONLY | plainly });
    return Number.parseInt(text, 10) || 0;
  } catch {
    return 0;
  }
}

/** In place and always as long: whatever moment a process dies at, the old number is there or the new one. */
function writeToken(folder: string, token: number): void {
  const how = constants.O_WRONLY | constants.O_CREAT | plainly;
  const opened = openSync(tokenFile(folder), how, 0o666);
  try {
    writeSync(opened, `${String(token).padStart(tokenDigits, '0')}\n`, 0);
  } finally {
    closeSync(opened);
  }
}
