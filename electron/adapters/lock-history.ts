/** The holds of a lock that are over, a line of JSON each, written by every process and read by the metrics. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type LockUse, lockUseShape } from '../../shared/domain/lock.ts';
import { limits } from '../../shared/limits.ts';

const historyFile = (folder: string): string => join(folder, 'history');
const formerFile = (folder: string): string => join(folder, 'history.former');

/** Call while the lock is held: then an exclusive holder is the only one that moves a full history aside. */
export function appendUse(folder: string, use: LockUse): void {
  try {
    const size = statSync(historyFile(folder), { throwIfNoEntry: false })?.size ?? 0;
    if (size > limits.lockHistoryBytes) renameSync(historyFile(folder), formerFile(folder));
    append(historyFile(folder), `${JSON.stringify(use)}\n`);
  } catch {
    // Figures that are missing harm nobody; a lock that cannot be let go of would.
  }
}

/** A link is not followed, and a pipe not waited for. */
const plainly = constants.O_NOFOLLOW | constants.O_NONBLOCK;

function append(file: string, text: string): void {
  const opened = openSync(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | plainly, 0o666);
  try {
    writeSync(opened, text);
  } finally {
    closeSync(opened);
  }
}

export type LockHistory = {
  /** The holds that ended since the last call, oldest first; the first call begins with what comes then. */
  news(): LockUse[];
};

/** Reads on from where it stands when it is made. */
export function followHistory(folder: string): LockHistory {
  let place = endOf(historyFile(folder));
  return {
    news() {
      const now = endOf(historyFile(folder));
      const uses: LockUse[] = [];
      if (now.inode !== place.inode) {
        // It was moved aside: what we had not read of it is there.
        uses.push(...readFrom(formerFile(folder), place));
        place = { inode: now.inode, offset: 0 };
      }
      const read = readBytes(historyFile(folder), place);
      uses.push(...parse(read));
      place = { inode: now.inode, offset: place.offset + read.length };
      return uses;
    },
  };
}

type Place = { inode: number | undefined; offset: number };

function endOf(file: string): Place {
  const stats = statSync(file, { throwIfNoEntry: false });
  return { inode: stats?.ino, offset: stats?.size ?? 0 };
}

const readFrom = (file: string, place: Place): LockUse[] => parse(readBytes(file, place));

/** Whole lines behind the place; none when another file has the name. */
function readBytes(file: string, { inode, offset }: Place): Buffer {
  const nothing = Buffer.alloc(0);
  if (inode === undefined) return nothing;
  try {
    const opened = openSync(file, constants.O_RDONLY | plainly);
    try {
      const stats = fstatSync(opened);
      const length = Math.min(stats.size - offset, 2 * limits.lockHistoryBytes);
      if (stats.ino !== inode || length <= 0) return nothing;
      const bytes = Buffer.alloc(length);
      const count = readSync(opened, bytes, 0, length, offset);
      return bytes.subarray(0, bytes.lastIndexOf('\n', count - 1) + 1);
    } finally {
      closeSync(opened);
    }
  } catch {
    return nothing;
  }
}

function parse(bytes: Buffer): LockUse[] {
  return bytes
    .toString()
    .split('\n')
    .flatMap((text) => {
      const use = text === '' ? undefined : lockUseShape.safeParse(parseJson(text));
      return use?.success ? [use.data] : [];
    });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
