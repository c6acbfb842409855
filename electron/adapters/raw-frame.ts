/**
 * A zstd frame that holds bytes as they are (RFC 8878, section 3.1.1): one raw block, no checksum. For a small content
 * packing gains little, and setting up a coder for it takes thirty times as long as everything else about it.
 */
import { Buffer } from 'node:buffer';

const magic = [0x28, 0xb5, 0x2f, 0xfd] as const;
/** One segment with its size in one byte, or in two bytes that count from 256. */
const shortSize = 0x20;
const longSize = 0x60;
const longFrom = 256;
const blockHeaderBytes = 3;

/** `bytes` may be 65,791 at most. */
export function frameRaw(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const size =
    length < longFrom
      ? [shortSize, length]
      : [longSize, (length - longFrom) & 0xff, (length - longFrom) >> 8];
  // The last block, raw, and its length.
  const block = 1 | (length << 3);
  const head = [...magic, ...size, block & 0xff, (block >> 8) & 0xff, block >> 16];
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** The bytes of such a frame; undefined for any other. */
export function readRaw(frame: Uint8Array): Uint8Array | undefined {
  if (magic.some((byte, index) => frame[index] !== byte)) return undefined;
  const descriptor = frame[magic.length];
  if (descriptor !== shortSize && descriptor !== longSize) return undefined;
  const blockAt = magic.length + (descriptor === shortSize ? 2 : 3);
  const [low = 0, middle = 0, high = 0] = frame.subarray(blockAt, blockAt + blockHeaderBytes);
  const block = low | (middle << 8) | (high << 16);
  const start = blockAt + blockHeaderBytes;
  const bytes = Buffer.from(frame.buffer, frame.byteOffset + start, Math.max(0, frame.length - start));
  const size = descriptor === shortSize ? frame[5] : longFrom + (frame[5] ?? 0) + ((frame[6] ?? 0) << 8);
  const isRaw = (block & 0b111) === 1 && block >> 3 === bytes.length && size === bytes.length;
  return isRaw ? bytes : undefined;
}
