/** Each version's bytes once, by SHA-256, packed (DESIGN section 6). */

import { assert } from '../../../shared/assert.ts';
import { limits } from '../../../shared/limits.ts';
import type { Codec, Sql } from '../ports.ts';

export type ContentStore = {
  /** The row id of these bytes; stores them when they are new or were collected. Call inside a transaction. */
  put(hash: string, bytes: Uint8Array): number;
  /** Undefined when never seen or collected. Throws on damage: the hash is checked on every read. */
  get(hash: string): Uint8Array | undefined;
  facts(hash: string): { size: number; md5: string } | undefined;
  hashOf(id: number): string;
};

export function createContentStore(sql: Sql, codec: Codec): ContentStore {
  const find = sql.prepare<{ id: number; packed: Uint8Array | null }>(
    'SELECT id, packed FROM content WHERE hash = ?',
  );
  const known = sql.prepare<{ id: number; missing: number }>(
    'SELECT id, packed IS NULL AS missing FROM content WHERE hash = ?',
  );
  const insert = sql.prepare('INSERT INTO content (hash, md5, size, packed) VALUES (?, ?, ?, ?)');
  const refill = sql.prepare('UPDATE content SET packed = ? WHERE id = ?');
  const facts = sql.prepare<{ size: number; md5: string }>('SELECT size, md5 FROM content WHERE hash = ?');
  const byId = sql.prepare<{ hash: string }>('SELECT hash FROM content WHERE id = ?');
  return {
    put(hash, bytes) {
      const row = known.get(hash);
      if (row === undefined)
        return insert.run(hash, codec.md5(bytes), bytes.length, codec.compress(bytes)).lastPosition;
      if (row.missing === 1) refill.run(codec.compress(bytes), row.id);
      return row.id;
    },
    get(hash) {
      const packed = find.get(hash)?.packed;
      if (packed === null || packed === undefined) return undefined;
      const bytes = codec.decompress(packed, limits.trackedFileBytes);
      assert(codec.sha256(bytes) === hash, `content ${hash} reads back different bytes`);
      return bytes;
    },
    facts: (hash) => facts.get(hash),
    hashOf(id) {
      const row = byId.get(id);
      assert(row !== undefined, `content ${id} exists`);
      return row.hash;
    },
  };
}
