/**
 * What Skein calls of Windows' kernel32, after its documentation (CreateFileW, LockFileEx, GetFileInformationByHandle,
 * CloseHandle), over the files of this system: there is no Windows here.
 */
import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type Koffi from 'koffi';

const errors: Readonly<Record<string, number>> = { ENOENT: 2, ENOTDIR: 3, EACCES: 5 };
const lockViolation = 33;

type Calls = Record<string, (...given: never[]) => unknown>;
/** Who holds the first byte of a file: one exclusively, or some together. */
type Holders = { exclusive: bigint | undefined; shared: Set<bigint> };

export function standInKernel(): { koffi: typeof Koffi; failNext(error: number): void } {
  const files = new Map<bigint, number>();
  const holdersByFile = new Map<string, Holders>();
  let lastHandle = 0n;
  let lastError = 0;
  let failing: number | undefined;

  function fails(error: number): 0 {
    lastError = error;
    return 0;
  }

  const holdersOf = (handle: bigint): Holders => {
    const { dev, ino } = fstatSync(files.get(handle) ?? -1, { bigint: true });
    const key = `${dev}:${ino}`;
    const holders = holdersByFile.get(key) ?? { exclusive: undefined, shared: new Set() };
    holdersByFile.set(key, holders);
    return holders;
  };

  const calls: Calls = {
    CreateFileW(path: string, _access: number, _share: number, _security: null, how: number) {
      try {
        const opened = openSync(path, constants.O_RDWR | (how === 4 ? constants.O_CREAT : 0), 0o666);
        lastHandle += 4n;
        files.set(lastHandle, opened);
        return lastHandle;
      } catch (cause) {
        fails(errors[(cause as NodeJS.ErrnoException).code ?? ''] ?? 31);
        return -1;
      }
    },
    LockFileEx(handle: bigint, how: number, _reserved: 0, low: number, high: number, overlapped: Uint8Array) {
      const failure = failing;
      failing = undefined;
      if (failure !== undefined) return fails(failure);
      const waits = (how & 1) === 0;
      const isFirstByte =
        low === 1 && high === 0 && overlapped.length >= 32 && overlapped.every((it) => it === 0);
      if (waits || !isFirstByte) return fails(87);
      const holders = holdersOf(handle);
      const wantsAll = (how & 2) !== 0;
      if (holders.exclusive !== undefined || (wantsAll && holders.shared.size > 0))
        return fails(lockViolation);
      if (wantsAll) holders.exclusive = handle;
      else holders.shared.add(handle);
      return 1;
    },
    GetFileInformationByHandle(handle: bigint, facts: Uint32Array) {
      const { dev, ino } = fstatSync(files.get(handle) ?? -1, { bigint: true });
      facts[7] = Number(dev & 0xffffffffn);
      facts[11] = Number(ino >> 32n);
      facts[12] = Number(ino & 0xffffffffn);
      return 1;
    },
    CloseHandle(handle: bigint) {
      const holders = holdersOf(handle);
      if (holders.exclusive === handle) holders.exclusive = undefined;
      holders.shared.delete(handle);
      closeSync(files.get(handle) ?? -1);
      files.delete(handle);
      return 1;
    },
    GetLastError: () => lastError,
  };
  const func = (declared: string) => calls[/__stdcall (\w+)\(/.exec(declared)?.[1] ?? ''];
  return {
    koffi: { load: () => ({ func }) } as unknown as typeof Koffi,
    failNext(error) {
      failing = error;
    },
  };
}
