/**
 * A folder in memory for the files of tests. A disk that lost many files a moment ago is slow to make new ones: ext4
 * passes over every inode that was freed in the last minutes, one by one, and each test leaves hundreds.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `statfs` calls a tmpfs (linux/magic.h). */
const tmpfs = 0x01021994;
/** Tests have some hundred MiB of files at a time. */
const bytesNeeded = 4 * 1024 ** 3;

/** The folder of `names` that tests can use; undefined where each is elsewhere than in memory, too full, or not for programs. */
export const findMemoryFolder = (
  names: readonly string[] = ['/dev/shm'],
  bytes = bytesNeeded,
): string | undefined =>
  process.availableMemory() < bytes
    ? undefined
    : names.find((name) => isRoomy(name, bytes) && mayRunIn(name));

function isRoomy(folder: string, bytes: number): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(folder);
    return type === tmpfs && bavail * bsize >= bytes;
  } catch {
    return false;
  }
}

/** Containers often mount it so that no program in it can be started; tests start hooks. */
function mayRunIn(folder: string): boolean {
  try {
    const probe = mkdtempSync(join(folder, 'skein-probe-'));
    try {
      const program = join(probe, 'program');
      writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
      return spawnSync(program).status === 0;
    } finally {
      rmSync(probe, { recursive: true, force: true });
    }
  } catch {
    return false;
  }
}
