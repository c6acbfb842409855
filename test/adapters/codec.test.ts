import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('hashes', () => {
  test('are the published ones', () => {
    expect(nodeCodec.sha256(bytes('abc'))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(nodeCodec.md5(bytes('abc'))).toBe('900150983cd24fb0d6963f7d28e17f72');
    expect(nodeCodec.md5(bytes(''))).toBe('d41d8cd98f00b204e9800998ecf8427e');
  });

  test('the blob id is what git gives to the same bytes', () => {
    expect(nodeCodec.gitBlobId(bytes(''))).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
    expect(nodeCodec.gitBlobId(bytes('test content\n'))).toBe('d670460b4b4aece5915caf5c68d12f560a9fe3e4');
    expect(nodeCodec.gitBlobId(bytes('é\n'))).toBe('c6003325155f475bd7c87731607525dce73be9cf');
  });
});

describe('base64', () => {
  test('gives back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (some) => {
        expect(new Uint8Array(nodeCodec.fromBase64(nodeCodec.toBase64(some)))).toEqual(some);
      }),
    );
  });

  test('is only what those bytes would be written as', () => {
    const characters = [...'AQgwz09+/=-_ \n\u0000é'];
    const text = fc.string({ unit: fc.constantFrom(...characters), maxLength: 12 });
    fc.assert(
      fc.property(text, (some) => {
        const isWritten = Buffer.from(some, 'base64').toString('base64') === some;
        if (isWritten) nodeCodec.fromBase64(some);
        else expect(() => nodeCodec.fromBase64(some)).toThrow(RangeError);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe('compression', () => {
  const journal = bytes('## 2026-03-01 hand-off\nThe parser is done, tests are green.\n'.repeat(500));

  test.each([
    ['an empty file', bytes('')],
    ['a journal', journal],
    ['bytes that are no text', Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)],
  ])('gives back %s', (_name, plain) => {
    const packed = nodeCodec.compress(plain);
    expect(new Uint8Array(nodeCodec.decompress(packed, plain.length))).toEqual(plain);
  });

  test('makes a journal at least ten times smaller', () => {
    expect(nodeCodec.compress(journal).length * 10).toBeLessThan(journal.length);
  });

  test('refuses a result over the bound, before it is made', () => {
    const packed = nodeCodec.compress(journal);
    expect(() => nodeCodec.decompress(packed, journal.length - 1)).toThrow();
    expect(() => nodeCodec.decompress(nodeCodec.compress(bytes('x')), 0)).toThrow();
  });

  test('refuses damaged input: cut, flipped, empty, or never compressed', () => {
    const noise = createSeededRandom('noise').bytes(3_000);
    const packed = nodeCodec.compress(noise);
    const flipped = Uint8Array.from(packed);
    flipped[1500]! ^= 1;
    for (const damaged of [packed.subarray(0, packed.length - 5), flipped, bytes(''), bytes('plain text')]) {
      expect(() => nodeCodec.decompress(damaged, 10_000)).toThrow();
    }
  });
});
