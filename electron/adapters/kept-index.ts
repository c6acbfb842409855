/**
 * The index file of git, kept for a while: of a large repository it has megabytes. It is the same while its facts and
 * the checksum at its end are.
 */
import { type BigIntStats, closeSync, fstatSync, openSync, readFile, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { limits } from '../../shared/limits.ts';
import { meansAbsent } from './file-problems.ts';
import { emptyIndex } from './git-index-file.ts';

export type IndexNow = {
  bytes: Buffer;
  /** Undefined where there is no index yet. */
  stats: BigIntStats | undefined;
};

export type KeptIndex = {
  read(): Promise<IndexNow>;
  /** What the index will be, once the file of these facts has its name. */
  keep(index: IndexNow): void;
};

export function keepIndex(file: string, idBytes: number): KeptIndex {
  let kept: IndexNow | undefined;
  let timer: NodeJS.Timeout | undefined;

  function keep(index: IndexNow): void {
    kept = index;
    clearTimeout(timer);
    timer = setTimeout(() => (kept = undefined), limits.gitIdleMs).unref();
  }

  async function readOpen(handle: number): Promise<IndexNow> {
    const stats = fstatSync(handle, { bigint: true });
    if (kept !== undefined && isSame(kept, stats, handle)) return { ...kept, stats };
    const index = { bytes: await promisify(readFile)(handle), stats };
    keep(index);
    return index;
  }

  function isSame({ bytes, stats }: IndexNow, now: BigIntStats, handle: number): boolean {
    if (stats?.ino !== now.ino || stats.mtimeNs !== now.mtimeNs || stats.size !== now.size) return false;
    const [sum, sumNow] = [bytes.subarray(-idBytes), Buffer.alloc(idBytes)];
    readSync(handle, sumNow, 0, idBytes, bytes.length - idBytes);
    // Git can be told to leave it out.
    return sum.equals(sumNow) && sum.some((byte) => byte !== 0);
  }

  return {
    keep,
    async read() {
      let handle: number | undefined;
      try {
        handle = openSync(file, 'r');
        return await readOpen(handle);
      } catch (cause) {
        if (!meansAbsent(cause)) throw cause;
        return { bytes: emptyIndex(idBytes), stats: undefined };
      } finally {
        if (handle !== undefined) closeSync(handle);
      }
    },
  };
}
