/**
 * Swaps two names in one step of the kernel. Node has no such call, and without it a file that somebody renames into
 * place between our last look and our own rename would be lost: DESIGN's first rule forbids that.
 */
import type Koffi from 'koffi';
import { loadKoffi } from './native-library.ts';

type Exchange = (one: string, other: string) => boolean;

const currentFolder = -100; // AT_FDCWD
const exchangeFlag = 2; // RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS
const noSuchFile = 2; // ENOENT

/** Found when first needed: a start, and most commands, exchange no names. */
let exchange: Exchange | undefined;

/** False where the system or the disk cannot, and then nothing happened. Throws ENOENT when one of both is gone. */
export function exchangeNames(one: string, other: string): boolean {
  exchange ??= findExchange();
  return exchange(one, other);
}

function findExchange(): Exchange {
  const koffi = loadKoffi();
  const call = koffi && findCall(koffi);
  if (koffi === undefined || call === undefined) return () => false;
  return (one, other) => {
    if (call(one, other) === 0) return true;
    if (koffi.errno() !== noSuchFile) return false;
    throw Object.assign(new Error(`ENOENT: ${one} or ${other} is gone`), { code: 'ENOENT' });
  };
}

function findCall(koffi: typeof Koffi): ((one: string, other: string) => number) | undefined {
  try {
    if (process.platform === 'linux') {
      const renameat2 = koffi
        .load(null)
        .func('int renameat2(int, const char *, int, const char *, unsigned int)');
      return (one, other) => renameat2(currentFolder, one, currentFolder, other, exchangeFlag);
    }
    if (process.platform === 'darwin') {
      const renamex = koffi.load(null).func('int renamex_np(const char *, const char *, unsigned int)');
      return (one, other) => renamex(one, other, exchangeFlag);
    }
  } catch {
    // An old C library, or a system for which there is no binding: a plain rename does.
  }
  return undefined;
}
