/** Whether the data folder can be used and has room. */
import { stat, statfs } from 'node:fs/promises';
import { limits } from '../../../shared/limits.ts';
import type { Result } from '../../../shared/result.ts';
import { type Check, failure, passed, warning } from './check.ts';

const name = 'data folder';

/** `probe` is the outcome of `writeProbe` on the folder. */
export async function checkDataFolder(dataFolder: string, probe: Result<number>): Promise<Check> {
  const found = await stat(dataFolder).catch(() => undefined);
  if (found === undefined) return passed(name, `${dataFolder} is not there yet; the first start makes it.`);
  if (!found.isDirectory()) {
    return failure(name, `${dataFolder} is not a folder.`, 'Name a folder with --data DIR or SKEIN_DATA.');
  }
  if (!probe.ok) return failure(name, probe.error.message, probe.error.advice);
  const { bavail, bsize, files, ffree } = await statfs(dataFolder);
  return judgeRoom(dataFolder, { freeBytes: bavail * bsize, freeFiles: files > 0 ? ffree : undefined });
}

/** `freeFiles` are the files that the disk can still hold; undefined where the disk has no such limit. */
export function judgeRoom(
  dataFolder: string,
  room: { freeBytes: number; freeFiles: number | undefined },
): Check {
  const free = wordsOfBytes(room.freeBytes);
  if (room.freeBytes < limits.freeSpaceBytes) {
    return warning(
      name,
      `The disk of ${dataFolder} has only ${free} left.`,
      'Free some space; when the disk is full Skein stops recording and says so, and loses nothing it has.',
    );
  }
  if (room.freeFiles !== undefined && room.freeFiles < limits.trackedFiles) {
    return warning(
      name,
      `The disk of ${dataFolder} can hold only ${room.freeFiles} more files.`,
      'Move many small files elsewhere.',
    );
  }
  return passed(name, `${dataFolder} can be written; ${free} are free.`);
}

const gibibyte = 1024 ** 3;

const wordsOfBytes = (bytes: number): string =>
  bytes < gibibyte ? `${Math.floor(bytes / 1024 ** 2)} MiB` : `${Math.floor(bytes / gibibyte)} GiB`;
