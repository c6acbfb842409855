/** What lies in a folder of index files, with the MD5 of each: read anew only where the facts of a file changed. */
import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkIndexPath, unfinishedPattern } from '../../shared/domain/knowledge/index-exchange.ts';
import { joinPath } from '../../shared/domain/paths.ts';
import { limits } from '../../shared/limits.ts';
import { ProblemError, problem } from '../../shared/result.ts';
import type { SeenFile } from '../engine/knowledge/exchange/index-ledger.ts';
import { meansAbsent } from './file-problems.ts';

/** A text that is another whenever the file was written or replaced. */
export const factsOf = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  `${dev}:${ino} ${size} ${mtimeNs} ${ctimeNs}`;

/**
 * All files by path but links, unfinished ones, and names that cannot stand on every system. `busy` are those that
 * somebody writes at this moment: they are there, and nobody knows yet as what. Throws what node:fs throws, and
 * `ProblemError` too-large.
 */
export async function findIndexes(
  folder: string,
  known: ReadonlyMap<string, SeenFile>,
): Promise<{ files: Map<string, SeenFile>; busy: Set<string> }> {
  const files = new Map<string, SeenFile>();
  const busy = new Set<string>();
  for await (const path of walk(folder, '')) {
    if (files.size >= limits.indexFiles) throw new ProblemError(tooMany(folder));
    const seen = await lookAt(join(folder, path), path, known.get(path));
    if (seen === 'busy') busy.add(path);
    else if (seen !== undefined) files.set(path, seen);
  }
  return { files, busy };
}

/** Removes what a crash left unfinished before `beforeMs` (Unix milliseconds). */
export async function removeLeftovers(folder: string, beforeMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!unfinishedPattern.test(name)) continue;
    const file = join(folder, name);
    const stats = await lstat(file).catch(() => undefined);
    if (stats?.isFile() && stats.mtimeMs < beforeMs) await rm(file, { force: true });
  }
}

async function* walk(root: string, folder: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries) {
    const path = joinPath(folder, entry.name);
    const checked = checkIndexPath(path);
    // A name in another Unicode form would be another file wherever it is sent.
    if (!checked.ok || checked.value !== path) continue;
    if (entry.isDirectory()) yield* walk(root, path);
    else if (entry.isFile()) yield path;
  }
}

/** Undefined when it is gone meanwhile. */
async function lookAt(
  file: string,
  path: string,
  known: SeenFile | undefined,
): Promise<SeenFile | 'busy' | undefined> {
  const stats = await lstat(file, { bigint: true }).catch(undefinedIfAbsent);
  if (stats === undefined || !stats.isFile()) return undefined;
  if (known?.facts === factsOf(stats)) return known;
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(undefinedIfAbsent);
  if (handle === undefined) return undefined;
  try {
    return await readWhole(handle, path);
  } finally {
    await handle.close();
  }
}

async function readWhole(handle: FileHandle, path: string): Promise<SeenFile | 'busy'> {
  const before = await handle.stat({ bigint: true });
  const hash = createHash('md5');
  const buffer = Buffer.allocUnsafe(limits.indexPieceBytes);
  let size = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, size);
    if (bytesRead === 0) break;
    hash.update(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  const after = await handle.stat({ bigint: true });
  if (factsOf(before) !== factsOf(after) || BigInt(size) !== after.size) return 'busy';
  // Whoever wrote a moment ago may write again within one tick of the disk's clock: such facts prove nothing.
  const isRacy = Number(after.mtimeNs / 1_000_000n) > Date.now() - limits.racyStatMs;
  return { path, md5: hash.digest('hex'), size, facts: isRacy ? `${factsOf(after)} racy` : factsOf(after) };
}

function undefinedIfAbsent(error: unknown): undefined {
  if (!meansAbsent(error)) throw error;
}

export const beingWritten = (path: string) =>
  problem(
    'changed-meanwhile',
    path,
    `${path} is being written while it is exchanged.`,
    'Put finished files there, by a rename; it is tried again.',
  );

const tooMany = (folder: string) =>
  problem(
    'too-large',
    folder,
    `${folder} holds more than ${limits.indexFiles} index files, the most that are exchanged.`,
    'Join small files, or keep what nobody searches elsewhere.',
  );
