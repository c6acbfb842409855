/** Each version's bytes once, by SHA-256, packed (DESIGN section 6). */

import { assert } from '../../../shared/assert.ts';
import { limits } from '../../../shared/limits.ts';
import type { Codec, Sql } from '../ports.ts';

export type Packed = { md5: string; packed: Uint8Array };

/** A version's bytes on their way into the store; they are packed only when it does not hold them yet. */
export type Content = {
  hash: string;
  size: number;
  pack(): Packed;
  /** The bytes themselves, where whoever reads them next need not unpack them. */
  bytes?: Uint8Array;
};

/** Packs at once when asked: for small contents. */
export function contentOf(codec: Codec, bytes: Uint8Array, hash = codec.sha256(bytes)): Content {
  const pack = (): Packed => ({ md5: codec.md5(bytes), packed: codec.compress(bytes) });
  return { hash, size: bytes.length, pack, bytes };
}

/** A content that the log holds already. */
export const storedContent = (hash: string, size: number): Content => ({
  hash,
  size,
  pack() {
    assert(false, `the log holds the content ${hash}`);
  },
});

/** The row of a content that was ever named, and whether its bytes are here. */
export type FoundContent = { id: number; isHere: boolean };

export type ContentStore = {
  /** The row id of these bytes; stores them when they are new or were collected. Call inside a transaction. */
  put(content: Content): number;
  /** As `put`, of a content of which it is known what was found here. */
  putFound(content: Content, found: FoundContent | undefined): number;
  /** Undefined when never seen or collected. Throws on damage: the hash is checked on every read. */
  get(hash: string): Uint8Array | undefined;
  /** The bytes of what `packed` gave. Throws on damage. */
  unpack(hash: string, packed: Uint8Array): Uint8Array;
  /** As they are stored, and how many they are unpacked; nothing is checked. */
  packed(hash: string): { packed: Uint8Array; size: number } | undefined;
  find(hash: string): FoundContent | undefined;
  /** Those of these hashes that were ever named. */
  findAll(hashes: readonly string[]): Map<string, FoundContent>;
  /** Whether the bytes are here. */
  has(hash: string): boolean;
  /** The row id of a content whose bytes may still be on their way. Call inside a transaction. */
  expect(hash: string, size: number): number;
  /** Asks for bytes that the retention let go: somebody else may have them still. */
  want(hash: string): void;
  facts(hash: string): { size: number; md5: string } | undefined;
  hashOf(id: number): string;
  /** Of what was put or read lately no bytes are kept at hand any more. */
  forgetRecent(): void;
};

export function createContentStore(sql: Sql, codec: Codec): ContentStore {
  const stored = sql.prepare<{ packed: Uint8Array; size: number }>(
    'SELECT packed, size FROM content WHERE hash = ? AND packed IS NOT NULL',
  );
  const known = sql.prepare<{ id: number; missing: number }>(
    'SELECT id, packed IS NULL AS missing FROM content WHERE hash = ?',
  );
  const knownOf = sql.prepare<{ hash: string; id: number; missing: number }>(
    'SELECT hash, id, packed IS NULL AS missing FROM content WHERE hash IN (SELECT value FROM json_each(?))',
  );
  const insert = sql.prepare('INSERT INTO content (hash, md5, size, packed) VALUES (?, ?, ?, ?)');
  const refill = sql.prepare('UPDATE content SET packed = ?, md5 = ?, size = ? WHERE id = ?');
  const awaited = sql.prepare("INSERT INTO content (hash, md5, size) VALUES (?, '', ?)");
  // What was never here has no checksum yet; before that of what was let go and is asked for again stands a mark.
  const want = sql.prepare(
    "UPDATE content SET md5 = '*' || md5 WHERE hash = ? AND packed IS NULL AND md5 NOT LIKE '*%' AND md5 <> ''",
  );
  const facts = sql.prepare<{ size: number; md5: string }>(
    "SELECT size, ltrim(md5, '*') AS md5 FROM content WHERE hash = ?",
  );
  const byId = sql.prepare<{ hash: string }>('SELECT hash FROM content WHERE id = ?');
  const recent = createRecentBytes();
  const has = (hash: string): boolean => known.get(hash)?.missing === 0;

  function unpack(hash: string, packed: Uint8Array): Uint8Array {
    const bytes = codec.decompress(packed, limits.trackedFileBytes);
    assert(codec.sha256(bytes) === hash, `content ${hash} reads back different bytes`);
    return bytes;
  }

  function find(hash: string): FoundContent | undefined {
    const row = known.get(hash);
    return row && { id: row.id, isHere: row.missing === 0 };
  }

  function putFound(content: Content, found: FoundContent | undefined): number {
    if (content.bytes !== undefined) recent.keep(content.hash, content.bytes);
    if (found?.isHere === true) return found.id;
    const { md5, packed } = content.pack();
    if (found === undefined) return insert.run(content.hash, md5, content.size, packed).lastPosition;
    // Whoever named the content first may have been wrong about its size.
    refill.run(packed, md5, content.size, found.id);
    return found.id;
  }

  return {
    put: (content) => putFound(content, find(content.hash)),
    putFound,
    get(hash) {
      if (!has(hash)) return undefined;
      const kept = recent.find(hash);
      const packed = kept === undefined ? stored.get(hash)?.packed : undefined;
      if (packed === undefined) return kept;
      const bytes = unpack(hash, packed);
      recent.keep(hash, bytes);
      return bytes;
    },
    unpack,
    packed: (hash) => stored.get(hash),
    find,
    findAll(hashes) {
      const rows = hashes.length === 0 ? [] : knownOf.all(JSON.stringify(hashes));
      return new Map(rows.map(({ hash, id, missing }) => [hash, { id, isHere: missing === 0 }]));
    },
    has,
    expect(hash, size) {
      const row = known.get(hash);
      if (row === undefined) return awaited.run(hash, size).lastPosition;
      if (row.missing === 1) want.run(hash);
      return row.id;
    },
    want: (hash) => {
      want.run(hash);
    },
    facts: (hash) => facts.get(hash),
    hashOf(id) {
      const row = byId.get(id);
      assert(row !== undefined, `content ${id} exists`);
      return row.hash;
    },
    forgetRecent: recent.forget,
  };
}

/**
 * The bytes that were put or read last, as they are: a version that came is written, compared with the next, and told
 * to others within a moment, and unpacking takes longer than each of these.
 */
function createRecentBytes() {
  const bytesByHash = new Map<string, Uint8Array>();
  let size = 0;

  function drop(hash: string): void {
    size -= bytesByHash.get(hash)?.length ?? 0;
    bytesByHash.delete(hash);
  }

  function makeRoom(): void {
    for (const hash of bytesByHash.keys()) {
      if (size <= limits.recentContentsBytes) return;
      drop(hash);
    }
  }

  function keep(hash: string, bytes: Uint8Array): void {
    if (bytes.length > limits.atOnceBytes) return;
    drop(hash);
    bytesByHash.set(hash, bytes);
    size += bytes.length;
    makeRoom();
  }

  return {
    keep,
    forget() {
      bytesByHash.clear();
      size = 0;
    },
    find(hash: string): Uint8Array | undefined {
      const bytes = bytesByHash.get(hash);
      // The newest goes last.
      if (bytes !== undefined) keep(hash, bytes);
      return bytes;
    },
  };
}
