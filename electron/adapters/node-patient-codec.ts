import { createHash, type Hash } from 'node:crypto';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { limits } from '../../shared/limits.ts';
import type { PatientCodec } from '../engine/ports.ts';
import { compression } from './node-codec.ts';
import { createUnpackThread } from './unpack-thread.ts';

const pack = promisify(zstdCompress);
const unpack = promisify(zstdDecompress);

const thread = createUnpackThread();

/**
 * Hashes in steps of a millisecond, and zstd in the threads that Node has anyway: nothing to start, to ship or to keep
 * in memory, as a worker thread would be (docs/decisions/0015-large-contents.md).
 */
export const nodePatientCodec: PatientCodec = {
  atOnceBytes: limits.atOnceBytes,
  sha256: (bytes) => digest(createHash('sha256'), bytes),
  md5: (bytes) => digest(createHash('md5'), bytes),
  gitBlobId: (bytes) => digest(createHash('sha1').update(`blob ${bytes.length}\0`), bytes),
  compress: (bytes) => pack(bytes, { ...compression, chunkSize: chunkFor(bytes.length) }),
  decompress,
  unpackAll: thread.unpackAll,
  isUnpackingReady: thread.isReady,
};

/** Room for the whole output: Node would else come back for each 16 KiB of it, and join them at the end. */
const chunkFor = (size: number): number => size + 1024;

async function digest(hash: Hash, bytes: Uint8Array): Promise<string> {
  for (let from = 0; from < bytes.length; from += limits.workStepBytes) {
    hash.update(bytes.subarray(from, from + limits.workStepBytes));
    await othersTurn();
  }
  return hash.digest('hex');
}

const othersTurn = () => new Promise<void>((resolve) => void setImmediate(resolve));

async function decompress(bytes: Uint8Array, atMost: number): Promise<Uint8Array> {
  // As in Codec: zlib refuses a bound of 0.
  const plain = await unpack(bytes, {
    maxOutputLength: Math.max(1, atMost),
    chunkSize: limits.workStepBytes,
  });
  if (plain.length > atMost) throw new RangeError(`The content is larger than ${atMost} bytes.`);
  return plain;
}
