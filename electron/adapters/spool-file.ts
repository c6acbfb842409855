/** Bytes that arrive, on their way to the disk: never more than a piece of them is in memory. */
import { createHash, randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { byteCount } from '../../shared/domain/byte-count.ts';
import { limits } from '../../shared/limits.ts';
import { ProblemError, problem } from '../../shared/result.ts';
import type { Spooled } from '../engine/knowledge/exchange/exchange-ports.ts';
import { describeFileError } from './file-problems.ts';

/** The one call of node:fs that a full disk fails. */
export type OpenNew = (file: string) => Promise<NewFile>;
export type NewFile = {
  writeFile(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
};

export type SpoolOptions = { openNew?: OpenNew; fileBytes?: number };

/** Exclusive: whatever has this name already, a link even, is not ours. */
export const openNew: OpenNew = (file) => open(file, 'wx', 0o600);

/**
 * Writes the pieces to a new file in the folder, which is not synced yet. Leaves nothing behind when it fails: throws
 * what the pieces throw, or `ProblemError` with too-large or what the disk says.
 */
export async function spoolFile(
  folder: string,
  pieces: AsyncIterable<Uint8Array>,
  options: SpoolOptions = {},
): Promise<Spooled> {
  const { openNew: openFile = openNew, fileBytes = limits.indexFileBytes } = options;
  const file = join(folder, `.skein-${randomBytes(8).toString('hex')}.tmp`);
  const handle = await openFile(file).catch(failed);
  const hash = createHash('md5');
  let size = 0;
  try {
    for await (const piece of pieces) {
      size += piece.length;
      if (size > fileBytes) throw new ProblemError(tooLarge(fileBytes));
      hash.update(piece);
      await handle.writeFile(piece).catch(failed);
    }
    await handle.close().catch(failed);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(file, { force: true }).catch(() => {});
    throw error;
  }
  return { file, md5: hash.digest('hex'), size };
}

function failed(error: unknown): never {
  throw new ProblemError(describeFileError(error, 'The folder of index files', 'written'));
}

const tooLarge = (fileBytes: number) =>
  problem(
    'too-large',
    'index file',
    `An index file is larger than ${byteCount(fileBytes)}, the most that is exchanged.`,
    'Cut the index into several files.',
  );
