import type { BigIntStats, Dirent } from 'node:fs';
import type { FileStat } from '../engine/ports.ts';

/** The port's view of what `lstat` or `fstat` with `bigint` gave. */
export function toFileStat(stats: BigIntStats): FileStat {
  return {
    kind: kindOf(stats),
    size: Number(stats.size),
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
    inode: `${stats.dev}:${stats.ino}`,
    mode: Number(stats.mode & 0o7777n),
  };
}

/** File, folder, link, or something that is none of them: a pipe, a socket, a device. */
export function kindOf(entry: BigIntStats | Dirent): FileStat['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
