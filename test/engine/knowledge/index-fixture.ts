/** A knowledge index on a real database, over notes in memory. */
import { onTestFinished } from 'vitest';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import { openCodeIndex } from '../../../electron/adapters/code-index.ts';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import {
  type KnowledgeIndex,
  type OutsideWork,
  openKnowledgeIndex,
} from '../../../electron/engine/knowledge/knowledge-index.ts';
import type {
  Embedder,
  NoteChoice,
  NoteSource,
  SharedEmbeddings,
} from '../../../electron/engine/knowledge/knowledge-ports.ts';
import { everyNote } from '../../../electron/engine/knowledge/silent-embedder.ts';
import type { VectorStore } from '../../../electron/engine/knowledge/vector-store.ts';
import type { Clock, Log, Sql } from '../../../electron/engine/ports.ts';
import { type WantedWords, wantedWords } from '../../../shared/domain/knowledge/match-words.ts';
import { createMemoryLog } from '../../electron/host/support/memory-log.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { createFakeEmbedder, type FakeEmbedder } from '../../support/fake-embedder.ts';
import { createFakeNotes, type FakeNotes } from '../../support/fake-notes.ts';
import { createSeededRandom, type SeededRandom } from '../../support/seeded-random.ts';

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
    embeds = everyNote,
    store,
    shared,
    log = createMemoryLog(),
    shares = everyNote,
  }: {
    notes: NoteSource | OutsideWork;
    embedder: Embedder;
    clock: Clock;
    embeds?: NoteChoice;
    store?: VectorStore | undefined;
    shared?: SharedEmbeddings | undefined;
    log?: Log;
    shares?: NoteChoice;
  },
): KnowledgeIndex =>
  openKnowledgeIndex(sql, {
    source: notes,
    embedder,
    embeds,
    store,
    shared,
    shares,
    clock,
    codec: nodeCodec,
    openCodes: openCodeIndex,
    // Another one each time, as it is in life: two indexes must not take each other's names.
    random: random.fork(String(random.next())),
    log,
    progressed: () => {},
    pause: async () => {},
  });

/** Everything that a search could find, in an order that does not depend on how it came about. */
export function contentsOf(sql: Sql): unknown[] {
  const piecesById = piecesIn(sql);
  return sql
    .prepare<{ id: number }>(
      `SELECT c.id, n.note, c.ordinal, c.hash, c.line, c.last_line, w.headings, w.text, hex(k.codes) AS codes, k.scale, hex(e.vector) AS vector
       FROM chunks c JOIN notes n ON n.id = c.note JOIN words w ON w.rowid = c.id
       JOIN embeddings e ON e.hash = c.hash JOIN codes k ON k.embedding = e.id ORDER BY n.note, c.ordinal`,
    )
    .all()
    .map(({ id, ...row }) => ({ ...row, pieces: piecesById.get(id) }));
}

/** The table has no texts; each of its pieces with where it stands. */
function piecesIn(sql: Sql): Map<number, unknown[]> {
  sql.exec("CREATE VIRTUAL TABLE IF NOT EXISTS temp.all_pieces USING fts5vocab (main, pieces, 'instance')");
  const rows = sql.prepare<{ doc: number }>('SELECT doc, col, offset, term FROM all_pieces').all();
  sql.exec('DROP TABLE temp.all_pieces');
  const sorted = rows.map(({ doc, ...piece }) => ({ doc, piece: JSON.stringify(piece) }));
  return new Map(
    [...Map.groupBy(sorted, ({ doc }) => doc)].map(([doc, own]) => [
      doc,
      own.map((it) => it.piece).toSorted(),
    ]),
  );
}

/** Rows of the tables that belong to no passage: none, ever. */
export const strayRows = (sql: Sql): number =>
  sql
    .prepare<{ strays: number }>(
      `SELECT (SELECT count(*) FROM words WHERE rowid NOT IN (SELECT id FROM chunks))
         + (SELECT count(*) FROM pieces WHERE rowid NOT IN (SELECT id FROM chunks))
         + (SELECT count(*) FROM chunks WHERE note NOT IN (SELECT id FROM notes))
         + (SELECT count(*) FROM codes WHERE embedding NOT IN (SELECT id FROM embeddings)) AS strays`,
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

/** Words as somebody has typed them to their end. */
export function askedFor(text: string): WantedWords {
  const wanted = wantedWords(`${text} `);
  if (wanted === undefined) throw new Error(`There is no word in ${text}.`);
  return wanted;
}

export const section = (title: string, body: string): string => `# ${title}\n\n${body}\n\n`;
const words = ['anchor', 'birch', 'copper', 'delta', 'ember', 'fjord', 'garnet', 'harbour', '今日の会議'];
export const sentence = (random: SeededRandom): string =>
  Array.from({ length: 30 }, () => random.pick(words)).join(' ');

/** Some notes of several passages, changed, deleted and brought back. */
export function live(notes: FakeNotes, random: SeededRandom, steps: number): void {
  for (let step = 0; step < steps; step += 1) {
    const note = random.pick(['AGENTS.md', 'docs/a.md', 'docs/b.md']);
    if (random.chance(0.2)) notes.delete(note);
    else
      notes.write(
        note,
        Array.from({ length: 4 }, () => section(random.pick(words), sentence(random))).join(''),
      );
  }
}
