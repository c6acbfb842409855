/** Contents on their way: what comes out is what went in, and whatever else arrives is refused in bounded memory. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createBodyWriter, readBody } from '../../../electron/engine/replicate/bodies.ts';
import { type Body, contentsShape } from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import { carry } from '../../support/memory-network.ts';
import { toBytes } from '../core-fixture.ts';
import { createLogFixture } from './log-fixture.ts';

const hashOf = nodeCodec.sha256;
const here = new Map<string, Uint8Array>();
const keep = (bytes: Uint8Array): string => {
  here.set(hashOf(bytes), bytes);
  return hashOf(bytes);
};

const read = (body: Body, bytes: Uint8Array, size: number | 'unknown' = bytes.length) =>
  readBody({ codec: nodeCodec, find: (hash) => here.get(hash) }, body, {
    hash: hashOf(bytes),
    ...(size === 'unknown' ? {} : { size }),
  });

const packed = (bytes: Uint8Array): string => nodeCodec.toBase64(nodeCodec.compress(bytes));
const refused = { ok: false, error: { code: 'bad-input' } };

function asOnWire(body: Body | undefined): Body {
  const { contents } = contentsShape.parse(carry({ contents: [{ hash: hashOf(nothing), body }] }));
  return contents[0]?.body as Body;
}
const nothing = new Uint8Array();

describe('a body', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary', maxLength: 3_000 }),
    fc.uint8Array({ maxLength: 3_000 }),
  );

  test('brings the same bytes, small or large, text or not', () => {
    const log = createLogFixture(1);
    const bodies = createBodyWriter({ sql: log.sql, codec: nodeCodec, contents: log.contents });
    fc.assert(
      fc.property(texts, (it) => {
        const bytes = typeof it === 'string' ? toBytes(it) : it;
        log.contents.put({
          hash: hashOf(bytes),
          size: bytes.length,
          pack: () => ({ md5: nodeCodec.md5(bytes), packed: nodeCodec.compress(bytes) }),
        });
        const body = bodies.whole(hashOf(bytes));
        const arrived = read(asOnWire(body), bytes);
        expect(arrived).toMatchObject({ ok: true, value: { hash: hashOf(bytes), size: bytes.length } });
        if (arrived.ok)
          expect(nodeCodec.decompress(arrived.value.pack().packed, bytes.length)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 60 },
    );
  });

  test('as a delta brings the same bytes to whoever has the version before', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 4_000 }),
        fc.uint8Array({ maxLength: 200 }),
        (base, more) => {
          const bytes = new Uint8Array([...base, ...more]);
          const data = nodeCodec.toBase64(nodeCodec.compressDelta(bytes, base));
          expect(read({ packing: 'delta', base: keep(base), data }, bytes).ok).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a body that lies', () => {
  const bytes = toBytes('what it should be\n');

  test('about its bytes is refused', () => {
    expect(read({ packing: 'plain', data: 'what it should not\n' }, bytes)).toMatchObject(refused);
    expect(read({ packing: 'zstd', data: packed(toBytes('something else')) }, bytes)).toMatchObject(refused);
    expect(read({ packing: 'plain', data: bytes }, bytes)).toMatchObject(refused);
  });

  test('about its size is refused', () => {
    expect(read({ packing: 'plain', data: 'what it should be\n' }, bytes, 17)).toMatchObject(refused);
  });

  test('is taken without its size, where only the hash is known', () => {
    expect(read({ packing: 'zstd', data: packed(bytes) }, bytes, 'unknown')).toMatchObject({ ok: true });
  });

  test('and carries more than its bytes need is packed anew, so that nobody fills the log with what no file holds', () => {
    const whole = nodeCodec.compress(bytes);
    const skippable = new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 0x00, 0x10, 0, 0, ...new Uint8Array(4096)]);
    for (const more of [new Uint8Array(4096).fill(7), skippable]) {
      const data = nodeCodec.toBase64(new Uint8Array([...whole, ...more]));
      const arrived = read({ packing: 'zstd', data }, bytes);
      expect(arrived.ok && arrived.value.pack().packed).toEqual(whole);
    }
  });

  test('and would unpack to far more than it says, stops at what it says', () => {
    const bomb = packed(new Uint8Array(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(16 * 1024);
    expect(read({ packing: 'zstd', data: bomb }, bytes)).toMatchObject(refused);
    expect(read({ packing: 'zstd', data: bomb }, bytes, 'unknown')).toMatchObject(refused);
    expect(read({ packing: 'delta', data: bomb, base: keep(bytes) }, bytes)).toMatchObject(refused);
  });

  test('and is longer as text than anything that is tracked, is not even encoded', () => {
    const data = 'x'.repeat(limits.trackedFileBytes + 1);
    expect(read({ packing: 'plain', data }, toBytes(data), 'unknown')).toMatchObject(refused);
  });

  test('names another base than it was made with is refused; one that is not here is missing', () => {
    const base = toBytes('base '.repeat(400));
    const data = nodeCodec.toBase64(nodeCodec.compressDelta(new Uint8Array([...base, ...bytes]), base));
    const whole = new Uint8Array([...base, ...bytes]);
    expect(read({ packing: 'delta', data, base: keep(toBytes('other '.repeat(400))) }, whole)).toMatchObject(
      refused,
    );
    expect(read({ packing: 'delta', data, base: 'f'.repeat(64) }, whole)).toMatchObject({
      ok: false,
      error: { code: 'content-missing' },
    });
    expect(read({ packing: 'delta', data }, whole)).toMatchObject({
      ok: false,
      error: { code: 'content-missing' },
    });
  });

  test('in any way, damaged anywhere, is refused and never taken for what it is not', () => {
    const whole = toBytes('- a line of a journal\n'.repeat(60));
    const data = nodeCodec.compress(whole);
    fc.assert(
      fc.property(
        fc.nat({ max: data.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, by, cut) => {
          const broken = cut ? data.subarray(0, at) : data.with(at, (data[at] ?? 0) ^ by);
          for (const packing of ['zstd', 'delta'] as const) {
            const arrived = read({ packing, data: nodeCodec.toBase64(broken), base: keep(bytes) }, whole);
            expect(arrived.ok && arrived.value.hash).toBe(arrived.ok ? hashOf(whole) : false);
          }
        },
      ),
    );
  });

  test('however it looks, is refused without a fault', () => {
    const bodies = fc.record({
      packing: fc.constantFrom('plain' as const, 'zstd' as const, 'delta' as const),
      data: fc.oneof(
        fc.string(),
        fc.base64String(),
        fc.uint8Array({ maxLength: 300 }).map(nodeCodec.toBase64),
      ),
      base: fc.constantFrom(keep(bytes), 'f'.repeat(64)),
    });
    fc.assert(
      fc.property(
        bodies,
        (body) => void expect(read(body, bytes).ok).toBe(body.data === 'what it should be\n'),
      ),
    );
  });
});
