import { constants } from 'node:fs';
import { limits } from '../../shared/limits.ts';
import { type Problem, ProblemError, problem } from '../../shared/result.ts';
import type { HeldFile } from '../engine/ports.ts';
import type { DiskCalls, DiskFile } from './disk-calls.ts';
import { describeFileError, errorCode, meansAbsent } from './file-problems.ts';
import { toFileStat } from './file-stat.ts';

/** Non-blocking, because opening a named pipe would else wait for a writer. Windows has neither flag. */
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens the regular file at `absolute` for reading, by one descriptor that outlives renames and deletion; `path`
 * is its name for messages. Undefined when nothing, or anything else than a file, is there. Throws what node:fs
 * throws.
 */
export async function holdFile(
  calls: DiskCalls,
  absolute: string,
  path: string,
): Promise<HeldFile | undefined> {
  const handle = await openUnlinked(calls, absolute);
  if (handle === undefined) return undefined;
  try {
    const stats = await handle.stat();
    if (stats.isFile()) return createHeldFile(handle, path, Number(stats.size));
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

async function openUnlinked(calls: DiskCalls, absolute: string): Promise<DiskFile | undefined> {
  try {
    if (process.platform === 'win32' && (await calls.lstat(absolute))?.isFile() !== true) return undefined;
    return await calls.open(absolute, openFlags);
  } catch (error) {
    // ELOOP: the name itself is a link. ENXIO: a socket. EISDIR: a folder, on some systems.
    if (meansAbsent(error) || ['ELOOP', 'ENXIO', 'EISDIR'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

function createHeldFile(handle: DiskFile, path: string, size: number): HeldFile {
  let closing: Promise<void> | undefined;
  return {
    stat: () => describing(path, async () => toFileStat(await handle.stat())),
    read: () => describing(path, () => readBounded(handle, path, size)),
    close: () => {
      closing ??= handle.close();
      return closing;
    },
  };
}

/** Always from the start, to whatever is the end by then: the file may grow or shrink while it is read. */
async function readBounded(handle: DiskFile, path: string, expected: number): Promise<Uint8Array> {
  const most = limits.trackedFileBytes + 1;
  let buffer: Buffer = Buffer.allocUnsafeSlow(Math.min(expected + 1, most));
  let filled = 0;
  while (filled < most) {
    if (filled === buffer.length) buffer = grown(buffer, Math.min(filled * 2, most));
    const bytesRead = await handle.read(buffer, filled, buffer.length);
    if (bytesRead === 0) return buffer.subarray(0, filled);
    filled += bytesRead;
  }
  throw new ProblemError(tooLarge(path));
}

function grown(buffer: Buffer, size: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(size);
  buffer.copy(larger);
  return larger;
}

async function describing<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ProblemError ? error : new ProblemError(describeFileError(error, path, 'read'));
  }
}

/** A file over the limit of tracked files. */
export function tooLarge(path: string): Problem {
  const mebibytes = limits.trackedFileBytes / 2 ** 20;
  const advice = 'Split the file, or put its pattern under "ignore" in skein.json.';
  return problem('too-large', path, `${path} is larger than ${mebibytes} MiB and is not tracked.`, advice);
}
