/** Bytes go in once and come out the same, or not at all. */
import { describe, expect, test } from 'vitest';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { contentOf, createContentStore } from '../../../electron/engine/log/content-store.ts';
import { openLog } from '../../../electron/engine/log/open-log.ts';
import { limits } from '../../../shared/limits.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { toBytes } from '../core-fixture.ts';

function setUp() {
  const sql = openSql(':memory:');
  openLog(sql, createSeededRandom(1));
  const store = createContentStore(sql, nodeCodec);
  const put = (bytes: Uint8Array) => {
    const content = contentOf(nodeCodec, bytes);
    return { hash: content.hash, id: sql.transaction(() => store.put(content)) };
  };
  return { sql, store, put };
}

test('random bytes of every size come back', () => {
  const { store, put } = setUp();
  const random = createSeededRandom('contents');
  for (const size of [0, 1, 2, 100, 4_096, 70_000]) {
    const bytes = random.bytes(size);
    const { hash, id } = put(bytes);
    expect(Buffer.from(store.get(hash) ?? [9]).equals(Buffer.from(bytes))).toBe(true);
    expect(store.facts(hash)).toEqual({ size, md5: nodeCodec.md5(bytes) });
    expect(store.hashOf(id)).toBe(hash);
  }
});

test('the same bytes are one row; other bytes are another', () => {
  const { put } = setUp();
  expect(put(toBytes('a')).id).toBe(put(toBytes('a')).id);
  expect(put(toBytes('a')).id).not.toBe(put(toBytes('b')).id);
});

test('text is packed', () => {
  const { sql, put } = setUp();
  const { id } = put(toBytes('- [ ] the same line again\n'.repeat(1_000)));
  const packed = sql
    .prepare<{ size: number }>('SELECT length(packed) AS size FROM content WHERE id = ?')
    .get(id);
  expect(packed?.size).toBeLessThan(1_000);
});

describe('a collected content', () => {
  test('is gone but its facts stay', () => {
    const { sql, store, put } = setUp();
    const { hash } = put(toBytes('old'));
    sql.exec('UPDATE content SET packed = NULL');
    expect(store.get(hash)).toBeUndefined();
    expect(store.facts(hash)).toEqual({ size: 3, md5: nodeCodec.md5(toBytes('old')) });
  });

  test('comes back in its old row when somebody writes these bytes again', () => {
    const { sql, store, put } = setUp();
    const { hash, id } = put(toBytes('old'));
    sql.exec('UPDATE content SET packed = NULL');
    expect(put(toBytes('old')).id).toBe(id);
    expect(Buffer.from(store.get(hash) ?? []).toString()).toBe('old');
  });
});

test('a collected content that a change of another replica names, or a merge needs, keeps its checksum', () => {
  const { sql, store, put } = setUp();
  const { hash, id } = put(toBytes('old'));
  sql.exec('UPDATE content SET packed = NULL');
  expect(store.expect(hash, 3)).toBe(id);
  store.want(hash);
  expect(store.facts(hash)).toEqual({ size: 3, md5: nodeCodec.md5(toBytes('old')) });
  expect(sql.prepare<{ md5: string }>('SELECT md5 FROM content').get()?.md5).toMatch(/^\*[0-9a-f]{32}$/);
});

test('what was never seen is undefined', () => {
  const { store } = setUp();
  expect(store.get('0'.repeat(64))).toBeUndefined();
  expect(store.facts('0'.repeat(64))).toBeUndefined();
  expect(() => store.hashOf(99)).toThrow('content 99');
});

test('damage is said, never handed out as the version', () => {
  const { sql, put } = setUp();
  const { hash } = put(toBytes('true'));
  const later = createContentStore(sql, nodeCodec);
  sql.prepare('UPDATE content SET packed = ?').run(nodeCodec.compress(toBytes('false')));
  expect(() => later.get(hash)).toThrow('reads back different bytes');
  sql.prepare('UPDATE content SET packed = ?').run(toBytes('no zstd at all'));
  expect(() => later.get(hash)).toThrow();
});

test('of what was read lately the bytes are at hand, but not once the retention let them go', () => {
  const { sql, store, put } = setUp();
  const { hash } = put(toBytes('at hand'));
  sql.prepare('UPDATE content SET packed = ?').run(toBytes('no zstd at all'));
  expect(store.get(hash)).toEqual(toBytes('at hand'));
  sql.prepare('UPDATE content SET packed = NULL').run();
  expect(store.get(hash)).toBeUndefined();
});

test('only so many bytes are at hand', () => {
  const { sql, store, put } = setUp();
  const many = Array.from({ length: limits.recentContentsBytes / limits.atOnceBytes + 1 }, (_, index) =>
    put(new Uint8Array(limits.atOnceBytes).fill(index)),
  );
  const large = put(new Uint8Array(limits.atOnceBytes + 1));
  sql.prepare('UPDATE content SET packed = ?').run(toBytes('no zstd at all'));
  const isAtHand = ({ hash }: { hash: string }): boolean => {
    try {
      return store.get(hash) !== undefined;
    } catch {
      return false;
    }
  };
  expect(many.filter(isAtHand)).toEqual(many.slice(1));
  expect(isAtHand(large)).toBe(false);
  store.forgetRecent();
  expect(many.filter(isAtHand)).toEqual([]);
});
