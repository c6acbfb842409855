/** Programs of others that hold or want the lock on a file, as far as Linux names them. */
import { type BigIntStats, readFileSync, statSync } from 'node:fs';
import { type LockMode, nameInLine } from '../../shared/domain/lock.ts';

export type ForeignLock = {
  pid: number | undefined;
  program: string | undefined;
  mode: LockMode;
  waits: boolean;
};

/** Lines like `7: FLOCK  ADVISORY  WRITE 4711 fe:00:2146428 0 EOF`; with `->` after the number the process waits. */
const line = /^\d+: (-> )?FLOCK +\S+ +(READ|WRITE) +(-?\d+) +([0-9a-f]+):([0-9a-f]+):(\d+) /gm;

/** Undefined where the system has no such list. */
export function readForeignLocks(file: string, list = '/proc/locks'): ForeignLock[] | undefined {
  try {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return [];
    const text = readFileSync(list, 'utf8');
    return [...text.matchAll(line)]
      .filter(([, , , , major, minor, inode]) => isSame(stats, major, minor, inode))
      .map(([, waits, mode, pid]) => ({
        ...programOf(Number(pid)),
        mode: mode === 'READ' ? 'shared' : 'exclusive',
        waits: waits !== undefined,
      }));
  } catch {
    return undefined;
  }
}

function isSame({ dev, ino }: BigIntStats, major = '', minor = '', inode = ''): boolean {
  const [ours, theirs] = [splitDevice(dev), [major, minor].map((text) => BigInt(`0x${text}`))];
  return BigInt(inode) === ino && ours[0] === theirs[0] && ours[1] === theirs[1];
}

/** As the C library packs it into one number. */
const splitDevice = (dev: bigint): [bigint, bigint] => [
  ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn),
  (dev & 0xffn) | ((dev >> 12n) & ~0xffn),
];

/** A process in another container has no number here. */
function programOf(pid: number): { pid: number | undefined; program: string | undefined } {
  if (pid <= 0) return { pid: undefined, program: undefined };
  try {
    return { pid, program: nameInLine(readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) || undefined };
  } catch {
    return { pid, program: undefined };
  }
}
