import { randomBytes } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DiskCalls, type DiskFile, patientCalls } from './disk-calls.ts';
import { exchangeNames } from './exchange-names.ts';
import { errorCode } from './file-problems.ts';

/** What a disk answers that has no modes, or cannot sync a folder: nothing is wrong then. */
const unsupported = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EPERM', 'EACCES']);

/**
 * Writes `bytes` into a new file of the folder, on the disk when it returns, with exactly the permission bits of
 * `mode`; returns its name and facts. Leaves nothing behind when it fails. Throws what node:fs throws.
 */
export async function writeSynced(
  folder: string,
  bytes: Uint8Array,
  mode: number,
  calls: DiskCalls = patientCalls,
  label?: string,
): Promise<{ name: string; stats: BigIntStats }> {
  const unique = randomBytes(8).toString('hex');
  const name = label === undefined ? `.skein-${unique}.tmp` : `.skein-${label}-${unique}.tmp`;
  const file = join(folder, name);
  // Exclusive: whatever has this name already, a link even, is not ours.
  const handle = await calls.open(
    file,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
    whileWritten(mode),
  );
  try {
    await handle.write(bytes);
    await permit(handle, mode);
    await handle.sync();
    const stats = await handle.stat();
    await handle.close();
    return { name, stats };
  } catch (error) {
    await discard(calls, handle, file);
    throw error;
  }
}

/** Until it is whole, nobody reads it who may not in the end, and we alone write to it, which some disks would else refuse. */
const whileWritten = (mode: number): number => (mode & 0o755) | 0o600;

/** The system may have taken bits away, and setting the same again would be written to the disk, too. */
async function permit(handle: DiskFile, mode: number): Promise<void> {
  const { mode: given } = await handle.stat();
  if (Number(given & 0o7777n) !== mode) await tolerating(() => handle.chmod(mode));
}

/** Gives `from` the name `to` and waits until the folder on the disk knows. Throws what node:fs throws. */
export async function renameSynced(from: string, to: string, calls: DiskCalls = patientCalls): Promise<void> {
  await calls.rename(from, to);
  await syncFolder(calls, dirname(to));
}

/** Swaps two names in one step; false where the system cannot. Throws ENOENT when one is gone. */
export async function exchangeSynced(one: string, other: string, calls: DiskCalls): Promise<boolean> {
  if (!exchangeNames(one, other)) return false;
  await syncFolder(calls, dirname(other));
  return true;
}

/** Gives `from` the name `to` unless something has it. Throws what node:fs throws. */
export async function placeSynced(from: string, to: string, calls: DiskCalls): Promise<boolean> {
  const placed = (await calls.renameIfFree(from, to)) ?? (await placeInSteps(from, to, calls));
  if (placed) await syncFolder(calls, dirname(to));
  return placed;
}

async function placeInSteps(from: string, to: string, calls: DiskCalls): Promise<boolean> {
  try {
    await calls.link(from, to);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!unsupported.has(errorCode(error) ?? '')) throw error;
    // A disk without hard links: look first. Between the look and the rename a file could still appear.
    if (await exists(calls, to)) return false;
    await calls.rename(from, to);
    return true;
  }
  await calls.discard(from);
  return true;
}

async function exists(calls: DiskCalls, file: string): Promise<boolean> {
  return calls.lstat(file).then(
    (stats) => stats !== undefined,
    () => false,
  );
}

/** Makes one folder, down to the disk; no failure when something has the name. Throws what node:fs throws. */
export async function makeFolderSynced(folder: string, calls: DiskCalls): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    throw error;
  }
  await syncFolder(calls, dirname(folder));
}

/** Folders that wait to be synced: who comes until that begins is in it, too. */
const waitingByFolder = new Map<string, Promise<void>>();
/** The newest sync of each folder that has begun and not ended. */
const busyByFolder = new Map<string, Promise<void>>();

/** Resolves when the disk knows the names of the folder as they are now; many who ask at once wait for one sync. */
function syncFolder(calls: DiskCalls, folder: string): Promise<void> {
  // Windows cannot open a folder this way, and NTFS journals its names.
  if (process.platform === 'win32') return Promise.resolve();
  const waiting = waitingByFolder.get(folder);
  if (waiting !== undefined) return waiting;
  const turn = Promise.resolve(busyByFolder.get(folder)).catch(() => {});
  const sync = turn.then(() => {
    waitingByFolder.delete(folder);
    busyByFolder.set(folder, sync);
    return syncNow(calls, folder);
  });
  waitingByFolder.set(folder, sync);
  const forget = (): void => void (busyByFolder.get(folder) === sync && busyByFolder.delete(folder));
  sync.then(forget, forget);
  return sync;
}

const syncNow = (calls: DiskCalls, folder: string): Promise<void> =>
  tolerating(async () => {
    const handle = await calls.open(folder, constants.O_RDONLY);
    await handle.sync().finally(() => handle.close());
  });

async function discard(calls: DiskCalls, handle: DiskFile, file: string): Promise<void> {
  await handle.close().catch(() => {});
  await calls.discard(file).catch(() => {});
}

async function tolerating(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!unsupported.has(errorCode(error) ?? '')) throw error;
  }
}
