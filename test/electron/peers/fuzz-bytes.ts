/** Messages as bytes, and bytes that lie about what they are. */
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { takeApart, withPacked } from '../../../electron/host/peers/bodies-apart.ts';
import { apartCoding, peerCoding, peerDictionary } from '../../../shared/contracts/peer-dictionary.ts';
import { contentsShape, pushShape } from '../../../shared/contracts/peer-protocol.ts';
import { validOf } from '../../support/shape-arbitraries.ts';

export const toBytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(withPacked(value, nodeCodec.toBase64)) ?? '');

/** With contents beside it, of which the head says something else by `more`; `length` is that of the packed head. */
function apart(value: unknown, more: number, length?: number): Uint8Array {
  const { head, pieces } = takeApart(value);
  const packed = zstdCompressSync(
    Buffer.from(
      Buffer.from(head)
        .toString()
        .replace(/("data":\d+)/, `$1${more || ''}`),
    ),
  );
  const start = Buffer.alloc(4);
  start.writeUInt32LE(length ?? packed.length);
  return Buffer.concat([start, packed, ...pieces]);
}

export const packings = fc.constantFrom(
  '',
  'identity',
  'zstd',
  peerCoding,
  apartCoding,
  'gzip',
  'zstd, zstd',
  'ZSTD',
  'x'.repeat(9_000),
);
export const rawBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map((text) => new TextEncoder().encode(text)),
  fc.tuple(validOf(pushShape), fc.nat()).map(([value, end]) => toBytes(value).subarray(0, end % 2_000)),
  validOf(pushShape).map((value) => zstdCompressSync(toBytes(value))),
  validOf(pushShape).map((value) =>
    zstdCompressSync(toBytes(value), { dictionary: Buffer.from(peerDictionary) }),
  ),
  validOf(pushShape).map((value) => Buffer.concat([zstdCompressSync(toBytes(value)), Buffer.from('more')])),
  fc
    .tuple(validOf(pushShape), fc.constantFrom(0, 0, 1, 9_999_999))
    .map(([value, more]) => apart(value, more)),
  fc.tuple(validOf(contentsShape), fc.nat(2 ** 32 - 1)).map(([value, length]) => apart(value, 0, length)),
  fc.constant(new TextEncoder().encode(`${'['.repeat(200_000)}`)),
  fc.constant(new TextEncoder().encode(`{"changes":${'[{"a":'.repeat(100_000)}`)),
  fc.constant(zstdCompressSync(Buffer.alloc(60 * 1024 * 1024, 32))),
);
