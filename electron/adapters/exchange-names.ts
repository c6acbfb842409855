/**
 * Swaps two names, or takes one that is free, in one step of the kernel. Node has no such calls, and without them a file
 * that somebody renames into place between our last look and our own rename would be lost: DESIGN's first rule forbids
 * that.
 */
import type Koffi from 'koffi';
import { loadKoffi } from './native-library.ts';

/** What the kernel said: 0, or the number of an error; undefined where there is no such call, or no number. */
type Rename = (from: string, to: string, flag: number) => number | undefined;

const currentFolder = -100; // AT_FDCWD
/** By the name of the system: RENAME_EXCHANGE or RENAME_SWAP, and RENAME_NOREPLACE or RENAME_EXCL. */
const flags = { linux: { exchange: 2, ifFree: 1 }, darwin: { exchange: 2, ifFree: 4 } } as const;
const { exchange, ifFree } = process.platform === 'darwin' ? flags.darwin : flags.linux;
const noSuchFile = 2; // ENOENT
const nameIsTaken = 17; // EEXIST

/** Found when first needed: a start, and most commands, exchange no names. */
let rename: Rename | undefined;

/** False where the system or the disk cannot, and then nothing happened. Throws ENOENT when one of both is gone. */
export function exchangeNames(one: string, other: string): boolean {
  return renameBy(exchange, one, other) === 0;
}

/**
 * Gives `from` the name `to`, or false when something has it; undefined where the system or the disk cannot do both in
 * one step, and then nothing happened. Throws ENOENT when `from` or a folder is gone.
 */
export function renameIfFree(from: string, to: string): boolean | undefined {
  const said = renameBy(ifFree, from, to);
  return said === 0 ? true : said === nameIsTaken ? false : undefined;
}

function renameBy(flag: number, from: string, to: string): number | undefined {
  rename ??= findRename();
  const said = rename(from, to, flag);
  if (said !== noSuchFile) return said;
  throw Object.assign(new Error(`ENOENT: ${from} or ${to} is gone`), { code: 'ENOENT' });
}

function findRename(): Rename {
  const koffi = loadKoffi();
  const call = koffi && findCall(koffi);
  if (koffi === undefined || call === undefined) return () => undefined;
  // An error that was not kept for us to read is none that we know.
  return (from, to, flag) => (call(from, to, flag) === 0 ? 0 : koffi.errno() || undefined);
}

type Call = (from: string, to: string, flag: number) => number;

function findCall(koffi: typeof Koffi): Call | undefined {
  try {
    if (process.platform === 'linux') {
      const renameat2 = koffi
        .load(null)
        .func('int renameat2(int, const char *, int, const char *, unsigned int)');
      return (from, to, flag) => renameat2(currentFolder, from, currentFolder, to, flag);
    }
    if (process.platform === 'darwin') {
      return koffi.load(null).func('int renamex_np(const char *, const char *, unsigned int)');
    }
  } catch {
    // An old C library, or a system for which there is no binding: a plain rename does.
  }
  return undefined;
}
