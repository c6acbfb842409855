import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { frameRaw, readRaw } from '../../electron/adapters/raw-frame.ts';
import { limits } from '../../shared/limits.ts';

const bytesOf = (size: number) => Uint8Array.from({ length: size }, (_, index) => (index * 7) % 256);

test.each([0, 1, 255, 256, 257, 511, 512, 513, 65_791])(
  '%d bytes make a frame that zstd itself reads',
  (size) => {
    const bytes = bytesOf(size);
    const frame = frameRaw(bytes);
    expect(zstdDecompressSync(frame).equals(bytes)).toBe(true);
    expect(Buffer.from(readRaw(frame) ?? 'other').equals(bytes)).toBe(true);
  },
);

test('what zstd packed, or what is cut or damaged, is no such frame', () => {
  const text = Buffer.from('line\n'.repeat(80));
  expect(readRaw(zstdCompressSync(text))).toBeUndefined();
  const frame = frameRaw(bytesOf(300));
  expect(readRaw(frame.subarray(0, 200))).toBeUndefined();
  expect(readRaw(frame.subarray(0, 3))).toBeUndefined();
  expect(readRaw(new Uint8Array())).toBeUndefined();
  for (const at of [0, 4, 5, 6, 7, 8, 9]) {
    const damaged = frame.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0b100_0001;
    expect(readRaw(damaged), `byte ${at}`).toBeUndefined();
  }
});

test('a small content is stored as it is, a larger one packed; the bound holds for both', () => {
  const small = bytesOf(limits.rawContentBytes);
  const large = Buffer.from('line\n'.repeat(limits.rawContentBytes));
  expect(nodeCodec.compress(small)).toEqual(frameRaw(small));
  expect(nodeCodec.compress(large).length).toBeLessThan(large.length / 10);
  for (const bytes of [small, large]) {
    const packed = nodeCodec.compress(bytes);
    expect(Buffer.from(nodeCodec.decompress(packed, bytes.length)).equals(bytes)).toBe(true);
    expect(() => nodeCodec.decompress(packed, bytes.length - 1)).toThrow(RangeError);
  }
});
