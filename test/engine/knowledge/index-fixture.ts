/** A knowledge index on a real database, over notes in memory. */
import { onTestFinished } from 'vitest';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import {
  type KnowledgeIndex,
  type OutsideWork,
  openKnowledgeIndex,
} from '../../../electron/engine/knowledge/knowledge-index.ts';
import type { Embedder, NoteSource } from '../../../electron/engine/knowledge/knowledge-ports.ts';
import type { VectorStore } from '../../../electron/engine/knowledge/vector-store.ts';
import type { Clock, Sql } from '../../../electron/engine/ports.ts';
import { createMemoryLog } from '../../electron/host/support/memory-log.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { createFakeEmbedder, type FakeEmbedder } from '../../support/fake-embedder.ts';
import { createFakeNotes, type FakeNotes } from '../../support/fake-notes.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

const random = createSeededRandom('indexes');

export const openIndexSql = (): Sql => openSql(':memory:');

export type IndexFixture = {
  sql: Sql;
  notes: FakeNotes;
  embedder: FakeEmbedder;
  clock: FakeClock;
  index: KnowledgeIndex;
};

export function makeIndex(): IndexFixture {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  const notes = createFakeNotes();
  const embedder = createFakeEmbedder();
  const clock = createFakeClock();
  return { sql, notes, embedder, clock, index: openOver(sql, { notes, embedder, clock }) };
}

/** The same database again, as a process that starts over would have it. */
export const openOver = (
  sql: Sql,
  {
    notes,
    embedder,
    clock,
    store,
  }: {
    notes: NoteSource | OutsideWork;
    embedder: Embedder;
    clock: Clock;
    store?: VectorStore | undefined;
  },
): KnowledgeIndex =>
  openKnowledgeIndex(sql, {
    source: notes,
    embedder,
    store,
    clock,
    codec: nodeCodec,
    // Another one each time, as it is in life: two indexes must not take each other's names.
    random: random.fork(String(random.next())),
    log: createMemoryLog(),
    progressed: () => {},
    pause: async () => {},
  });

/** Everything that a search could find, in an order that does not depend on how it came about. */
export function contentsOf(sql: Sql): unknown {
  return sql
    .prepare(
      `SELECT n.note, c.ordinal, c.hash, c.line, c.last_line, w.headings, w.text, hex(e.signs) AS signs, hex(e.vector) AS vector
       FROM chunks c JOIN notes n ON n.id = c.note JOIN words w ON w.rowid = c.id
       JOIN embeddings e ON e.hash = c.hash ORDER BY n.note, c.ordinal`,
    )
    .all();
}

/** Rows of the tables that belong to no passage: none, ever. */
export const strayRows = (sql: Sql): number =>
  sql
    .prepare<{ strays: number }>(
      `SELECT (SELECT count(*) FROM words WHERE rowid NOT IN (SELECT id FROM chunks))
         + (SELECT count(*) FROM chunks WHERE note NOT IN (SELECT id FROM notes)) AS strays`,
    )
    .get()?.strays ?? -1;

/** What an index that is made anew from the notes as they are now holds. */
export async function freshContents(notes: NoteSource, embedder: Embedder): Promise<unknown> {
  const sql = openIndexSql();
  try {
    await openOver(sql, { notes, embedder, clock: createFakeClock() }).indexer.catchUp();
    return contentsOf(sql);
  } finally {
    sql.close();
  }
}
