/**
 * Messages between peers as bytes: JSON in UTF-8, packed with zstd when that is worth it, bounded both ways. Between
 * Skeins small ones are packed with a dictionary that both know, and contents of large ones follow their JSON; anybody
 * else may ask for plain zstd.
 */
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { z } from 'zod';
import { apartCoding, peerCoding, peerDictionary } from '../../../shared/contracts/peer-dictionary.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { countPacked, putTogether, takeApart, withPacked } from './bodies-apart.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
/** Level 3 is zstd's own default. */
const packing = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };
const dictionary = Buffer.from(peerDictionary);

type Coding = 'zstd' | typeof peerCoding | typeof apartCoding;
export type Message = { bytes: Uint8Array; encoding: Coding | undefined };

/** `accepted` is what the receiver said it takes, as the value of `accept-encoding`; the dictionary goes with zstd. */
export async function packMessage(value: unknown, accepted: string): Promise<Message> {
  const codings = accepted.split(/[,;\s]+/);
  if (codings.includes(apartCoding) && countPacked(value) >= limits.packedApartBytes) return packApart(value);
  const bytes = Buffer.from(JSON.stringify(withPacked(value, toBase64)));
  const coding = codingFor(codings, bytes.length);
  if (coding === undefined) return { bytes, encoding: undefined };
  const options = coding === peerCoding ? { dictionary } : {};
  return { bytes: await pack(bytes, options), encoding: coding };
}

const pack = (bytes: Uint8Array, options: { dictionary?: Buffer } = {}): Promise<Buffer> =>
  compress(bytes, { ...packing, ...options, chunkSize: pieceFor(bytes.length) });

const toBase64 = (data: Uint8Array): string =>
  Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64');

/** The length of the packed head in four bytes, the head, and the contents. */
async function packApart(value: unknown): Promise<Message> {
  const { head, pieces } = takeApart(value);
  const packed = await pack(head);
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(packed.length);
  return { bytes: Buffer.concat([length, packed, ...pieces]), encoding: apartCoding };
}

const lengthBytes = 4;

/**
 * Bytes that come back from the thread at once, of a message that has about so many: zlib comes back for each 16 KiB
 * unless told otherwise, and each time it waits for all else that there is to do.
 */
const pieceFor = (size: number): number => Math.min(Math.max(size, smallPiece), limits.messagePieceBytes);

/** What zlib takes by itself. */
const smallPiece = 16 * 1024;

/** In a large message the dictionary is lost. */
function codingFor(codings: readonly string[], size: number): Coding | undefined {
  const isSkein = codings.includes(peerCoding);
  if (isSkein && size < limits.dictionaryMessageBytes) return peerCoding;
  return (isSkein || codings.includes('zstd')) && size >= limits.packedMessageBytes ? 'zstd' : undefined;
}

/**
 * Reads what a peer sent and holds it against its shape; `from` names the sender. Fails with `too-large`, before
 * it unpacks more than `atMost` bytes, or with `bad-input`.
 */
export async function readMessage<Value>(
  { bytes, encoding }: { bytes: Uint8Array; encoding: string },
  { shape, atMost, from }: { shape: z.ZodType<Value>; atMost: number; from: string },
): Promise<Result<Value>> {
  const isApart = encoding === apartCoding;
  const apart = isApart ? splitApart(bytes) : { head: bytes, pieces: nothing };
  if (apart === undefined) return err(malformed(from, 'it is shorter than it says'));
  if (apart.pieces.length >= atMost) return err(tooLarge(from, atMost));
  const room = atMost - apart.pieces.length;
  const plain = await unpack(apart.head, { encoding: isApart ? 'zstd' : encoding, room, atMost, from });
  if (!plain.ok) return plain;
  try {
    const said: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain.value));
    const parsed = shape.safeParse(isApart ? putTogether(said, apart.pieces) : said);
    if (parsed.success) return ok(parsed.data);
    const [issue] = parsed.error.issues;
    return err(malformed(from, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`));
  } catch (cause) {
    return err(malformed(from, cause instanceof Error ? cause.message : String(cause)));
  }
}

function splitApart(bytes: Uint8Array): { head: Uint8Array; pieces: Uint8Array } | undefined {
  if (bytes.length < lengthBytes) return undefined;
  const end = lengthBytes + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return end > bytes.length
    ? undefined
    : { head: bytes.subarray(lengthBytes, end), pieces: bytes.subarray(end) };
}

const nothing = new Uint8Array();

type Unpacking = { encoding: string; room: number; atMost: number; from: string };

async function unpack(
  bytes: Uint8Array,
  { encoding, room, atMost, from }: Unpacking,
): Promise<Result<Uint8Array>> {
  if (encoding === '' || encoding === 'identity') {
    return bytes.length > room ? err(tooLarge(from, atMost)) : ok(bytes);
  }
  if (encoding !== 'zstd' && encoding !== peerCoding)
    return err(malformed(from, `it is packed with ${encoding}, not with zstd`));
  try {
    const options = encoding === peerCoding ? { dictionary } : {};
    const chunkSize = pieceFor(2 * bytes.length);
    return ok(await decompress(bytes, { ...options, chunkSize, maxOutputLength: room }));
  } catch (cause) {
    const isBound = (cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    return err(isBound ? tooLarge(from, atMost) : malformed(from, 'it cannot be unpacked'));
  }
}

/** Characters of a reason, which may quote what was sent. */
const reasonCharacters = 200;

const malformed = (from: string, reason: string): Problem =>
  problem(
    'bad-input',
    from,
    `${from} sent something that Skein cannot read: ${reason.slice(0, reasonCharacters)}.`,
    'Nothing of it was taken. Update Skein on both devices; if it stays, report it.',
  );

const tooLarge = (from: string, atMost: number): Problem =>
  problem(
    'too-large',
    from,
    `${from} sent more than ${Math.floor(atMost / 1024)} KiB in one message.`,
    'Nothing of it was taken. Update Skein on both devices; if it stays, report it.',
  );
