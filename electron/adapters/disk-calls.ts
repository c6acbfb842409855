/**
 * Calls of the system about files, in two ways. On a local disk nearly all of them take some microseconds, and going
 * to another thread for one takes ten times as long (measured on two busy cores: 3 µs against 128 for realpath, 20
 * against 640 for reading a small file), so they are made at once; what waits for the disk itself, or changes what
 * files it has, goes to another thread all the same. On a disk that may take seconds to answer everything does.
 */
import {
  type BigIntStats,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsync,
  linkSync,
  lstatSync,
  open as openByCallback,
  openSync,
  read,
  readSync,
  realpathSync,
  renameSync,
  unlinkSync,
  write,
  writeSync,
} from 'node:fs';
import { type FileHandle, link, lstat, open, realpath, rename, rm, unlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { limits } from '../../shared/limits.ts';
import { renameIfFree } from './exchange-names.ts';
import { errorCode, meansAbsent } from './file-problems.ts';

/** An open file. Each throws what node:fs throws. */
export type DiskFile = {
  stat(): Promise<BigIntStats>;
  /** Reads into the buffer from `offset` to `to`, from the same place of the file; returns how many bytes came. */
  read(buffer: Uint8Array, offset: number, to: number): Promise<number>;
  /** Writes all of it at the start. */
  write(bytes: Uint8Array): Promise<void>;
  chmod(mode: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** Each throws what node:fs throws. */
export type DiskCalls = {
  realpath(path: string): Promise<string>;
  /** Undefined when nothing is there: an error would cost more than the look. */
  lstat(path: string): Promise<BigIntStats | undefined>;
  open(path: string, flags: number, mode?: number): Promise<DiskFile>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** False when something has the name; undefined where that takes more than one step, and nothing happened. */
  renameIfFree(from: string, to: string): Promise<boolean | undefined>;
  unlink(path: string): Promise<void>;
  /** No failure when nothing is there. */
  discard(path: string): Promise<void>;
};

/** Every call in another thread. */
export const patientCalls: DiskCalls = {
  realpath: (path) => realpath(path),
  lstat: (path) => lstat(path, { bigint: true }).catch(undefinedIfAbsent),
  open: async (path, flags, mode) => patientFile(await open(path, flags, mode)),
  link,
  rename,
  renameIfFree: async () => undefined,
  unlink,
  discard: (path) => rm(path, { force: true }),
};

function undefinedIfAbsent(error: unknown): undefined {
  if (!meansAbsent(error)) throw error;
}

const patientFile = (handle: FileHandle): DiskFile => ({
  stat: () => handle.stat({ bigint: true }),
  read: async (buffer, offset, to) => (await handle.read(buffer, offset, to - offset, offset)).bytesRead,
  write: (bytes) => handle.writeFile(bytes),
  chmod: (mode) => handle.chmod(mode),
  sync: () => handle.sync(),
  close: () => handle.close(),
});

/** Calls at once, with a pause for others whenever many have followed one another. */
export const promptCalls: DiskCalls = {
  realpath: (path) => inTurn(() => realpathSync.native(path)),
  lstat: (path) =>
    inTurn(() => lstatSync(path, { bigint: true, throwIfNoEntry: false })).catch(undefinedIfAbsent),
  open: async (path, flags, mode) =>
    promptFile(
      isMaking(flags)
        ? await openElsewhere(path, flags, mode)
        : await inTurn(() => openSync(path, flags, mode)),
    ),
  link: (from, to) => inTurn(() => linkSync(from, to)),
  rename: (from, to) => inTurn(() => renameSync(from, to)),
  renameIfFree: (from, to) => inTurn(() => renameIfFree(from, to)),
  unlink,
  discard: (path) => inTurn(() => discardAtOnce(path)),
};

/** Making a file takes the system 20 to 50 times as long as other calls (measured: 200 to 450 µs), as its end does. */
const isMaking = (flags: number): boolean => (flags & constants.O_CREAT) !== 0;

const openElsewhere = promisify(openByCallback);

function discardAtOnce(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

const readElsewhere = promisify(read);
const writeElsewhere = promisify(write);
const syncElsewhere = promisify(fsync);
const isLong = (bytes: number): boolean => bytes > limits.atOnceBytes;

function promptFile(descriptor: number): DiskFile {
  return {
    stat: () => inTurn(() => fstatSync(descriptor, { bigint: true })),
    async read(buffer, offset, to) {
      const length = to - offset;
      if (!isLong(length)) return inTurn(() => readSync(descriptor, buffer, offset, length, offset));
      return (await readElsewhere(descriptor, buffer, offset, length, offset)).bytesRead;
    },
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        at += isLong(bytes.length - at)
          ? (await writeElsewhere(descriptor, bytes, at, bytes.length - at, at)).bytesWritten
          : await inTurn(() => writeSync(descriptor, bytes, at, bytes.length - at, at));
      }
    },
    chmod: (mode) => inTurn(() => fchmodSync(descriptor, mode)),
    sync: () => syncElsewhere(descriptor),
    close: () => inTurn(() => closeSync(descriptor)),
  };
}

/** When the present turn of the event loop began to call; undefined until it does. */
let turnBeganMs: number | undefined;

async function inTurn<Value>(call: () => Value): Promise<Value> {
  const nowMs = performance.now();
  if (turnBeganMs === undefined) {
    turnBeganMs = nowMs;
    setImmediate(() => {
      turnBeganMs = undefined;
    });
  } else if (nowMs - turnBeganMs > limits.diskTurnMs) await new Promise((resolve) => setImmediate(resolve));
  return call();
}
