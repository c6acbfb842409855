/** Messages between peers come out as they went in, small, and bounded. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { packMessage, readMessage } from '../../../electron/host/peers/wire.ts';
import {
  apartCoding,
  peerCoding,
  peerCodings,
  peerDictionary,
} from '../../../shared/contracts/peer-dictionary.ts';
import { type Contents, contentsShape } from '../../../shared/contracts/peer-protocol.ts';
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

describe('contents of a large message', () => {
  const hash = 'a'.repeat(64);
  const packed = (fill: number, length = limits.packedApartBytes): Contents['contents'][number] => ({
    hash,
    body: { packing: 'zstd', data: new Uint8Array(length).fill(fill) },
  });
  const said: Contents = {
    contents: [
      packed(1),
      { hash, body: { packing: 'plain', data: 'a text' } },
      { hash, body: null },
      packed(2, 0),
      { hash, body: { packing: 'delta', base: hash, data: new Uint8Array([7]) } },
    ],
  };
  const readContents = (bytes: Uint8Array, encoding: string, atMost = 100_000) =>
    readMessage({ bytes, encoding }, { shape: contentsShape, atMost, from: 'Ada' });
  /** A head that says what it likes, and what follows it. */
  function apart(head: unknown, pieces: Uint8Array, length?: number): Buffer {
    const text = zstdCompressSync(Buffer.from(JSON.stringify(head)));
    const start = Buffer.alloc(4);
    start.writeUInt32LE(length ?? text.length);
    return Buffer.concat([start, text, pieces]);
  }
  const item = (data: unknown) => ({ hash, body: { packing: 'zstd', data } });

  test('follow it as they are, and come out as they went in', async () => {
    const { bytes, encoding = '' } = await packMessage(said, peerCodings);
    expect(encoding).toBe(apartCoding);
    expect(bytes.length).toBeLessThan(limits.packedApartBytes + 400);
    const read = await readContents(bytes, encoding);
    expect(
      read.ok && read.value.contents.map(({ body }) => body && { ...body, data: plain(body.data) }),
    ).toEqual(said.contents.map(({ body }) => body && { ...body, data: plain(body.data) }));
  });

  const plain = (data: string | Uint8Array) => (typeof data === 'string' ? data : [...data]);

  test.each(['zstd', peerCoding, ''])('are base64 for who takes %j only', async (accepted) => {
    const { bytes, encoding = '' } = await packMessage(said, accepted);
    expect(encoding).not.toBe(apartCoding);
    const read = await readContents(bytes, encoding);
    expect(read).toMatchObject({
      ok: true,
      value: { contents: [{ body: { packing: 'zstd' } }, {}, {}, {}, {}] },
    });
    const data = read.ok ? read.value.contents.map(({ body }) => body?.data) : [];
    expect(Buffer.from(String(data[0]), 'base64')).toEqual(Buffer.alloc(limits.packedApartBytes, 1));
    expect(data.slice(3)).toEqual(['', 'Bw==']);
  });

  test('are not worth it when they are few: with the dictionary those are smaller', async () => {
    const { encoding } = await packMessage({ contents: [packed(1, 100)] }, peerCodings);
    expect(encoding).toBe(peerCoding);
  });

  test('count for the bound of the message', async () => {
    const { bytes, encoding = '' } = await packMessage(said, peerCodings);
    const refused = { ok: false, error: { code: 'too-large' } };
    expect(await readContents(bytes, encoding, limits.packedApartBytes)).toMatchObject(refused);
    expect(await readContents(bytes, encoding, limits.packedApartBytes + 100)).toMatchObject(refused);
    const bomb = apart({ contents: [], more: 'a'.repeat(10_000_000) }, new Uint8Array(50));
    expect(await readContents(bomb, apartCoding)).toMatchObject(refused);
  });

  const two = new Uint8Array(2);
  test.each<[string, Buffer]>([
    ['nothing at all', Buffer.alloc(0)],
    ['less than a length', Buffer.alloc(3)],
    ['only a length', Buffer.alloc(4)],
    ['a head longer than the message', apart({ contents: [] }, two, 2 ** 32 - 1)],
    ['a content longer than what follows', apart({ contents: [item(3)] }, two)],
    ['two that are longer together', apart({ contents: [item(1), item(2)] }, two)],
    ['a negative length', apart({ contents: [item(-1), item(3)] }, two)],
    ['half a length', apart({ contents: [item(0.5), item(1.5)] }, two)],
    ['more than the contents', apart({ contents: [item(1)] }, two)],
    ['pieces, and nothing that could hold them', apart([[1, 2]], two)],
    ['a list that is none', apart({ contents: { 0: item(2) } }, two)],
    ['items that are none', apart({ contents: [null, 2, 'x', { body: null }, { body: 2 }] }, two)],
    [
      'a length where none belongs',
      apart({ contents: [{ hash: 2, body: { packing: 'zstd', data: 2 } }] }, two),
    ],
  ])('that are %s are refused', async (_, bytes) => {
    expect(await readContents(bytes, apartCoding, limits.peerMessageBytes)).toMatchObject({
      ok: false,
      error: { code: 'bad-input' },
    });
  });

  test('are refused before any is looked at when no message may hold so many', async () => {
    const many = apart({ contents: Array(2 * limits.pageRowsSent + 1).fill(item(0)) }, new Uint8Array());
    const read = await readContents(many, apartCoding, limits.peerMessageBytes);
    expect(!read.ok && read.error.message).toContain('too many contents');
  });

  test('are refused as lengths where none follow', async () => {
    const bytes = Buffer.from(JSON.stringify({ contents: [item(2)] }));
    expect(await readContents(bytes, '')).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  });

  test('whatever claims to be such a message is read or refused', async () => {
    const messages = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.jsonValue(), fc.uint8Array({ maxLength: 50 }), fc.option(fc.nat(400)))
        .map(([head, pieces, length]) => apart(head, pieces, length ?? undefined)),
      fc
        .tuple(fc.array(fc.integer({ min: -2, max: 9 }), { maxLength: 5 }), fc.uint8Array({ maxLength: 30 }))
        .map(([lengths, pieces]) => apart({ contents: lengths.map(item) }, pieces)),
    );
    await fc.assert(
      fc.asyncProperty(messages, async (bytes) => {
        const read = await readContents(Buffer.from(bytes), apartCoding);
        if (read.ok)
          for (const { body } of read.value.contents)
            if (body?.data instanceof Uint8Array) expect(body.data.length).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
