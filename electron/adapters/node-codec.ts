import { Buffer } from 'node:buffer';
import { createHash, hash } from 'node:crypto';
import { constants, type ZstdOptions, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { limits } from '../../shared/limits.ts';
import type { Codec } from '../engine/ports.ts';
import { frameRaw, readRaw } from './raw-frame.ts';

/** Level 3 is zstd's own default; the checksum finds damage that would otherwise decode to other bytes. */
export const compression = {
  params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
};

/** Hashes and zstd of Node's own crypto and zlib. */
export const nodeCodec: Codec = {
  sha256: (bytes) => hash('sha256', bytes, 'hex'),
  md5: (bytes) => hash('md5', bytes, 'hex'),
  gitBlobId: (bytes) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
  compress: (bytes) =>
    bytes.length <= limits.rawContentBytes ? frameRaw(bytes) : zstdCompressSync(bytes, compression),
  decompress,
  compressDelta: (bytes, base) => zstdCompressSync(bytes, deltaParameters(base)),
  decompressDelta: (bytes, base, atMost) =>
    decompress(bytes, atMost, { dictionary: base, params: largeWindow }),
  toBase64: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  fromBase64,
};

/** The decoder must accept what the encoder may choose for a base of any size that we track. */
const largeWindow = { [constants.ZSTD_d_windowLogMax]: 27 };

/** The window must reach over the whole base, or the far part of it goes unused. */
function deltaParameters(dictionary: Uint8Array) {
  const window = Math.min(27, Math.max(17, Math.ceil(Math.log2(dictionary.length + 1)) + 1));
  return {
    dictionary,
    params: {
      [constants.ZSTD_c_compressionLevel]: 3,
      [constants.ZSTD_c_checksumFlag]: 1,
      [constants.ZSTD_c_windowLog]: window,
    },
  };
}

/**
 * Node leaves out what is no base64, so that fewer bytes come than there should, and reads the characters of base64url
 * as well. Only the end, where bits may be left over, is written again to be compared.
 */
function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  const end = bytes.length % 3 === 0 ? 3 : bytes.length % 3;
  const isWhole =
    text.length === Math.ceil(bytes.length / 3) * 4 &&
    text.endsWith(bytes.subarray(Math.max(0, bytes.length - end)).toString('base64'));
  if (!isWhole || text.includes('-') || text.includes('_')) throw new RangeError('This is no base64.');
  return bytes;
}

/** A small content goes into one buffer of its size: Node would else make one of 16 KiB, and join several. */
function roomFor(atMost: number): ZstdOptions {
  // zlib refuses a bound of 0, which is right for an empty file: ask for one byte and look.
  const maxOutputLength = Math.max(1, atMost);
  const chunkSize = Math.max(smallestChunk, maxOutputLength);
  return chunkSize > limits.atOnceBytes ? { maxOutputLength } : { maxOutputLength, chunkSize };
}

/** Bytes that zlib asks for at least. */
const smallestChunk = 64;

function decompress(bytes: Uint8Array, atMost: number, options: ZstdOptions = {}): Uint8Array {
  const raw = readRaw(bytes);
  const plain = raw ?? zstdDecompressSync(bytes, { ...options, ...roomFor(atMost) });
  if (plain.length > atMost) throw new RangeError(`The content is larger than ${atMost} bytes.`);
  return plain;
}
