/**
 * Contents on their way to a peer and from one. Each travels once: small ones as text, others packed with zstd, and
 * an edit of a long file as a delta, packed with the version before it as the dictionary (RFC 8878, section 6),
 * which the receiver has.
 */
import type { Body } from '../../../shared/contracts/peer-protocol.ts';
import { decodeUtf8, encodeUtf8 } from '../../../shared/domain/utf8.ts';
import { covers, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Content, ContentStore } from '../log/content-store.ts';
import { contentOf } from '../log/content-store.ts';
import type { Codec, Sql, UnpackedContent } from '../ports.ts';
import type { UnpackedAhead } from './read-ahead.ts';

type BodyDeps = { sql: Sql; codec: Codec; contents: ContentStore };

export type BodyWriter = {
  /** The body of a content for a holder of `since`; undefined when it has it, or it was in this page, or nobody has it. */
  forPage(since: Vector): (content: PageContent) => Body | undefined;
  /** The body of a content whole; undefined when it was collected. */
  whole(hash: string): Body | undefined;
};

/** `previous` is the content of the version before it. */
export type PageContent = { hash: string; size: number; previous: string | null };

/** Rows that are looked at to find whether a peer holds a content: reverting to and fro makes many. */
const rowsOfContent = 20;

export function createBodyWriter({ sql, codec, contents }: BodyDeps): BodyWriter {
  const users = sql.prepare<{ node: string; sequence: number }>(
    `SELECT node, sequence FROM log WHERE content = (SELECT id FROM content WHERE hash = ?) AND local = 0 LIMIT ${rowsOfContent}`,
  );

  function whole(hash: string): Body | undefined {
    const stored = contents.packed(hash);
    if (stored === undefined) return undefined;
    const packed: Body = { packing: 'zstd', data: stored.packed };
    if (stored.size > limits.plainBodyBytes) return packed;
    const { text, valid } = decodeUtf8(contents.unpack(hash, stored.packed));
    return valid ? { packing: 'plain', data: text } : packed;
  }

  function delta(
    { hash, size, previous: base }: PageContent,
    has: (hash: string) => boolean,
  ): Body | undefined {
    if (size < limits.deltaBodyBytes || base === null || !has(base)) return undefined;
    const [bytes, before] = [contents.get(hash), contents.get(base)];
    if (bytes === undefined || before === undefined || before.length === 0) return undefined;
    return { packing: 'delta', base, data: codec.compressDelta(bytes, before) };
  }

  return {
    whole,
    forPage(since) {
      const sent = new Set<string>();
      const has = (hash: string): boolean =>
        sent.has(hash) || users.all(hash).some(({ node, sequence }) => covers(since, node, sequence));
      return (content) => {
        const { hash } = content;
        if (has(hash)) return undefined;
        const body = delta(content, has) ?? whole(hash);
        sent.add(hash);
        return body;
      };
    },
  };
}

/** What zstd needs at most (its ZSTD_COMPRESSBOUND); what is longer carries something that no file holds. */
const packedAtMost = (size: number): number => size + Math.ceil(size / 256) + 128;

/**
 * Unpacks a body and checks that it is what its hash says, and its size where that is known for sure. Fails with `bad-input`, or with `content-missing` when
 * the version that a delta stands on is not here.
 */
export function readBody(
  deps: Pick<BodyDeps, 'codec'> & { find(hash: string): Uint8Array | undefined },
  body: Body,
  expected: { hash: string; size?: number },
): Result<Content> {
  const { hash } = expected;
  const unpacked = unpack(deps, body, expected.size ?? limits.trackedFileBytes);
  if (!unpacked.ok) return unpacked;
  const { bytes, packed } = unpacked.value;
  const { size = bytes.length } = expected;
  if (bytes.length !== size || deps.codec.sha256(bytes) !== hash) return err(damaged(hash));
  if (packed === undefined || packed.length > packedAtMost(size))
    return ok(contentOf(deps.codec, bytes, hash));
  return ok({ hash, size, bytes, pack: () => ({ md5: deps.codec.md5(bytes), packed }) });
}

/** As `readBody`, of what was unpacked before its row was taken. */
function readUnpacked(
  codec: Codec,
  { bytes, packed, sha256: hash, md5 }: UnpackedContent,
  size = bytes.length,
): Result<Content> {
  if (bytes.length !== size) return err(damaged(hash));
  if (packed.length > packedAtMost(size)) return ok(contentOf(codec, bytes, hash));
  return ok({ hash, size, bytes, pack: () => ({ md5, packed }) });
}

export type BodyReader = {
  /** As `readBody`. */
  read(body: Body, expected: { hash: string; size?: number }): Result<Content>;
  /** Whether the bodies so far took so much to unpack that the rest of the message has to wait. */
  isSpent(): boolean;
};

/** Reads the bodies of one message. A few hundred bytes may unpack to the largest file, and one message holds thousands. */
export function createBodyReader(
  { codec, contents }: Pick<BodyDeps, 'codec' | 'contents'>,
  ahead: UnpackedAhead = new Map(),
): BodyReader {
  let unpackedBytes = 0;
  return {
    isSpent: () => unpackedBytes >= limits.messageUnpackedBytes,
    read(body, expected) {
      const unpacked = ahead.get(expected.hash);
      const read =
        unpacked === undefined
          ? readBody({ codec, find: contents.get }, body, expected)
          : readUnpacked(codec, unpacked, expected.size);
      const base = body.base === undefined ? 0 : (contents.facts(body.base)?.size ?? 0);
      unpackedBytes += base + (read.ok ? read.value.size : (expected.size ?? limits.trackedFileBytes));
      return read;
    },
  };
}

/** The bytes, and as they came where they may be stored so. */
function unpack(
  { codec, find }: Pick<BodyDeps, 'codec'> & { find(hash: string): Uint8Array | undefined },
  body: Body,
  size: number,
): Result<{ bytes: Uint8Array; packed?: Uint8Array }> {
  const { packing, data } = body;
  if (packing === 'plain')
    return typeof data !== 'string' || data.length > size
      ? err(damaged('a body'))
      : ok({ bytes: encodeUtf8(data) });
  try {
    const packed = typeof data === 'string' ? codec.fromBase64(data) : data;
    if (packing === 'zstd') return ok({ bytes: codec.decompress(packed, size), packed });
    const base = body.base === undefined ? undefined : find(body.base);
    if (base === undefined) return err(missing(body.base ?? ''));
    return ok({ bytes: codec.decompressDelta(packed, base, size) });
  } catch {
    return err(damaged('a body'));
  }
}

const damaged = (hash: string): Problem =>
  problem(
    'bad-input',
    hash,
    `The content ${hash.slice(0, 12)} arrived damaged, or is not what it claims to be.`,
    'Nothing of it was taken; the change is asked for again.',
  );

const missing = (hash: string): Problem =>
  problem(
    'content-missing',
    hash,
    `The content ${hash.slice(0, 12)} is not here.`,
    'It is asked for from the peer that sent the change.',
  );
