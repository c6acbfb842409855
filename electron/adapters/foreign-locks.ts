/** Programs of others that hold or want the lock on a file, as far as Linux names them. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { type LockMode, nameInLine } from '../../shared/domain/lock.ts';

export type ForeignLock = {
  pid: number | undefined;
  program: string | undefined;
  mode: LockMode;
  waits: boolean;
};

/** Lines like `7: FLOCK  ADVISORY  WRITE 4711 fe:00:2146428 0 EOF`; with `->` after the number the process waits. */
const line = /^\d+: (-> )?FLOCK +\S+ +(READ|WRITE) +(-?\d+) +([0-9a-f]+):([0-9a-f]+):(\d+) /gm;

type Identity = { major: bigint; minor: bigint; inode: bigint };

/** Undefined where the system has no such list. */
export function readForeignLocks(
  file: string,
  list = '/proc/locks',
  mounts = '/proc/self/mountinfo',
): ForeignLock[] | undefined {
  try {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) return [];
    const text = readFileSync(list, 'utf8');
    const ours = identityByMount(file, mounts) ?? identityByStats(stats);
    return [...text.matchAll(line)]
      .filter(([, , , , major = '', minor = '', inode = '']) => {
        const theirs = { major: BigInt(`0x${major}`), minor: BigInt(`0x${minor}`), inode: BigInt(inode) };
        return isSame(ours, theirs);
      })
      .map(([, waits, mode, pid]) => ({
        ...programOf(Number(pid)),
        mode: mode === 'READ' ? 'shared' : 'exclusive',
        waits: waits !== undefined,
      }));
  } catch {
    return undefined;
  }
}

const isSame = (one: Identity, other: Identity): boolean =>
  one.inode === other.inode && one.major === other.major && one.minor === other.minor;

/** As the list names the file: on btrfs, where each subvolume has a device of its own, `stat` names another. */
function identityByMount(file: string, mounts: string): Identity | undefined {
  try {
    const opened = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const facts = readFileSync(`/proc/self/fdinfo/${opened}`, 'utf8');
      const [, mount] = /^mnt_id:\s*(\d+)$/m.exec(facts) ?? [];
      const text = readFileSync(mounts, 'utf8');
      const [, major, minor] = new RegExp(`^${mount} \\d+ (\\d+):(\\d+) `, 'm').exec(text) ?? [];
      if (major === undefined || minor === undefined) return undefined;
      const inode = fstatSync(opened, { bigint: true }).ino;
      return { major: BigInt(major), minor: BigInt(minor), inode };
    } finally {
      closeSync(opened);
    }
  } catch {
    return undefined;
  }
}

/** As the C library packs a device into one number. */
const identityByStats = ({ dev, ino }: BigIntStats): Identity => ({
  major: ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn),
  minor: (dev & 0xffn) | ((dev >> 12n) & ~0xffn),
  inode: ino,
});

/** A process in another container has no number here. */
function programOf(pid: number): { pid: number | undefined; program: string | undefined } {
  if (pid <= 0) return { pid: undefined, program: undefined };
  try {
    return { pid, program: nameInLine(readFileSync(`/proc/${pid}/comm`, 'utf8').trim()) || undefined };
  } catch {
    return { pid, program: undefined };
  }
}
