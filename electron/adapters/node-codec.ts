import { createHash, hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Codec } from '../engine/ports.ts';

/** Level 3 is zstd's own default; the checksum finds damage that would otherwise decode to other bytes. */
export const compression = {
  params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
};

/** Hashes and zstd of Node's own crypto and zlib. */
export const nodeCodec: Codec = {
  sha256: (bytes) => hash('sha256', bytes, 'hex'),
  md5: (bytes) => hash('md5', bytes, 'hex'),
  gitBlobId: (bytes) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
  compress: (bytes) => zstdCompressSync(bytes, compression),
  decompress,
};

function decompress(bytes: Uint8Array, atMost: number): Uint8Array {
  // zlib refuses a bound of 0, which is right for an empty file: ask for one byte and look.
  const plain = zstdDecompressSync(bytes, { maxOutputLength: Math.max(1, atMost) });
  if (plain.length > atMost) throw new RangeError(`The content is larger than ${atMost} bytes.`);
  return plain;
}
