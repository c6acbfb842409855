/**
 * The calls of Windows. Its locks keep others from reading what is locked, so only the first byte is: the one that
 * Python's `msvcrt.locking` takes in `filelock`. What is to be read of a locked file stands behind it.
 */
import type Koffi from 'koffi';
import type { LockCalls } from './lock-calls.ts';

const readAndWrite = 0xc0000000; // GENERIC_READ | GENERIC_WRITE
const shareEverything = 7; // FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE
const disposition = { existing: 3, always: 4 }; // OPEN_EXISTING, OPEN_ALWAYS
const plainFile = 0x00200080; // FILE_FLAG_OPEN_REPARSE_POINT | FILE_ATTRIBUTE_NORMAL
const flags = { withoutWaiting: 1, exclusive: 2 }; // LOCKFILE_FAIL_IMMEDIATELY, LOCKFILE_EXCLUSIVE_LOCK
const failed = -1n; // INVALID_HANDLE_VALUE

/** ERROR_LOCK_VIOLATION, and ERROR_IO_PENDING of a lock that would have to wait. */
const heldBySomebody: ReadonlySet<number> = new Set([33, 997]);

/** Codes of Node for those of Windows that a person can do something about. */
const codeByError: Readonly<Record<number, string>> = {
  2: 'ENOENT',
  3: 'ENOENT',
  5: 'EACCES',
  32: 'EBUSY',
  112: 'ENOSPC',
};

export function windowsLockCalls(koffi: typeof Koffi): LockCalls {
  const kernel = koffi.load('kernel32.dll');
  const createFile = kernel.func(
    'intptr_t __stdcall CreateFileW(str16, uint32_t, uint32_t, void *, uint32_t, uint32_t, void *)',
  );
  const lockFile = kernel.func(
    'int __stdcall LockFileEx(intptr_t, uint32_t, uint32_t, uint32_t, uint32_t, void *)',
  );
  const describe = kernel.func('int __stdcall GetFileInformationByHandle(intptr_t, _Out_ uint32_t *)');
  const closeHandle = kernel.func('int __stdcall CloseHandle(intptr_t)');
  const lastError = kernel.func('uint32_t __stdcall GetLastError()');

  const fail = (what: string, error = Number(lastError())): never => {
    throw Object.assign(new Error(`${what} failed: ${error}`), {
      code: codeByError[error] ?? `Windows ${error}`,
    });
  };

  return {
    open(path, create) {
      const how = create ? disposition.always : disposition.existing;
      const handle = BigInt(createFile(path, readAndWrite, shareEverything, null, how, plainFile, null));
      return handle === failed ? fail('CreateFileW') : handle;
    },
    lock(file, mode) {
      const how = flags.withoutWaiting | (mode === 'exclusive' ? flags.exclusive : 0);
      // An OVERLAPPED of zeros: the lock begins at the first byte.
      if (lockFile(file, how, 0, 1, 0, new Uint8Array(32)) !== 0) return true;
      const error = Number(lastError());
      return heldBySomebody.has(error) ? false : fail('LockFileEx', error);
    },
    identity(file) {
      // Thirteen numbers; the eighth is the volume, the last two are what Node calls `ino`.
      const facts = new Uint32Array(13);
      if (describe(file, facts) === 0) fail('GetFileInformationByHandle');
      const [volume = 0, high = 0, low = 0] = [facts[7], facts[11], facts[12]];
      return `${volume}:${(BigInt(high) << 32n) | BigInt(low)}`;
    },
    // Closing ends the lock, too.
    close: (file) => void closeHandle(file),
  };
}
