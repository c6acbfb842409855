/** Messages between peers come out as they went in, small, and bounded. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { packMessage, readMessage } from '../../../electron/host/peers/wire.ts';
import { peerCoding, peerDictionary } from '../../../shared/contracts/peer-dictionary.ts';
import { limits } from '../../../shared/limits.ts';

const read = (bytes: Uint8Array, encoding = '', atMost = 100_000) =>
  readMessage({ bytes, encoding }, { shape: z.json(), atMost, from: 'Ada' });

const large = { text: Array.from({ length: 5_000 }, (_, index) => `line ${index}`).join('\n') };

const edit = {
  changes: [
    {
      node: 'b9ed508264d046b1',
      sequence: 2206,
      hlc: '01a2165e0fba0000b9ed508264d046b1',
      kind: 'modified',
      path: 'docs/passation_web.md',
      class: 'journal',
      content: 'd6e8e92bc69d6e9705e501bd49fbfa83cb621f15069c33f9617f16b1b014b71b',
      size: 204875,
      previous: '32b10d8bfa837c5337db206342d88e3d6a4dfa4f358f2786c2b15a2134cd6d29',
      parents: ['01a2165e0c6c0000b9ed508264d046b1'],
      evidence: [
        { agent: 'unknown', source: 'none', detail: 'Nothing told who wrote this.', at: 1795671592889 },
      ],
    },
  ],
  source_watermark: '01a2165e0fba0000b9ed508264d046b1',
  node_id: 'b9ed508264d046b1',
  vector: 'b9ed508264d046b1:2206',
  now_ms: 1795671592903,
};

test('whatever was said comes out as it went in, packed as the other side takes it', async () => {
  // What would replace a prototype is dropped from every message.
  const values = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('__proto__'));
  const accepted = fc.constantFrom('', 'gzip', 'zstd', `${peerCoding}, zstd`);
  await fc.assert(
    fc.asyncProperty(values, accepted, async (value, codings) => {
      const { bytes, encoding = '' } = await packMessage(value, codings);
      expect(codings).toContain(encoding);
      expect(await read(bytes, encoding)).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) });
    }),
  );
});

test('between Skeins an edit takes half of what plain zstd makes of it', async () => {
  const ours = await packMessage(edit, peerCoding);
  const plain = await packMessage(edit, 'zstd');
  expect([ours.encoding, plain.encoding]).toEqual([peerCoding, 'zstd']);
  expect(ours.bytes.length).toBeLessThan(0.6 * plain.bytes.length);
  expect(await read(ours.bytes, peerCoding)).toEqual({ ok: true, value: edit });
});

test('a large message is packed without the dictionary, and a tiny one for strangers not at all', async () => {
  expect((await packMessage(large, peerCoding)).encoding).toBe('zstd');
  expect((await packMessage({ a: 1 }, 'zstd')).encoding).toBeUndefined();
});

test('the dictionary is a plain one, which any zstd can be given', () => {
  const dictionary = Buffer.from(peerDictionary);
  const text = Buffer.from(JSON.stringify(edit));
  expect(zstdDecompressSync(zstdCompressSync(text, { dictionary }), { dictionary })).toEqual(text);
});

describe.each(['zstd', peerCoding])('what claims to be %s', (encoding) => {
  const dictionary = Buffer.from(peerDictionary);
  const pack = (text: string) => zstdCompressSync(text, encoding === peerCoding ? { dictionary } : {});

  test('is unpacked up to the bound only', async () => {
    const bomb = pack(JSON.stringify('a'.repeat(10_000_000)));
    expect(bomb.length).toBeLessThan(2_000);
    expect(await read(bomb, encoding, limits.strangerMessageBytes)).toMatchObject({
      ok: false,
      error: { code: 'too-large', subject: 'Ada' },
    });
  });

  test.each(['', '{', '\u0000\u0001'])('and is %j is refused', async (text) => {
    const broken = await read(Buffer.from(text), encoding);
    const packed = await read(pack(text), encoding);
    expect([broken.ok, packed.ok]).toEqual([false, false]);
    expect(!packed.ok && packed.error.code).toBe('bad-input');
  });
});

test('a coding that nobody knows is named', async () => {
  const answer = await read(Buffer.from('{}'), 'br');
  expect(!answer.ok && answer.error.message).toContain('packed with br');
});
