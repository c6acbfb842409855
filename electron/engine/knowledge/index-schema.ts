/**
 * The tables of one knowledge index. It is derived from the log and can be made anew at any time, but its vectors may
 * have been paid for: the version before ours is brought up to ours where it lies. Any other one is simply not used
 * (`generations.ts` makes another).
 *
 * `notes` is the queue and its outcome: a note is due while `news`, the last event that was heard of it, is newer than
 * `position`, the one that its chunks are of.
 *
 * `chunks` are the passages; their texts stand in `words`, the full-text table, under the same id. What holds signs of
 * scripts without spaces stands in `pieces` besides, as `sign-pairs.ts` cuts it; the table keeps no text.
 *
 * `learned` is what the embedder learned of the passages; not true from the first change to them until it is written again.
 *
 * `embeddings` holds a vector once for each text, whoever has that text; `used_ms` is when a note last had it. `codes` are
 * its numbers in two bits each, apart: the first question reads all of them and hardly a vector.
 *
 * `to_place` and `to_remove` are what a store on a server was not given yet (`store-outbox.ts`). A passage gets a higher
 * `row` each time that it becomes news, so that what was given meanwhile is not taken for it; `is_new` is 0 where its
 * lines alone are others. What is gone is known by its key alone.
 */
import { coarseOf } from '../../../shared/domain/knowledge/coarse-vector.ts';
import { unpackVector } from '../../../shared/domain/knowledge/packed-vector.ts';
import type { Sql, Statement } from '../ports.ts';
import { createPieceWriter } from './piece-writer.ts';

const indexVersion = 5;
/** Had no `pieces`. */
const versionOfWords = 4;
/** Had the signs of the vectors where there are `codes` now, too. */
const versionWithSigns = 3;

const codesTable = `
CREATE TABLE codes (
  embedding INTEGER PRIMARY KEY REFERENCES embeddings (id) ON DELETE CASCADE, codes BLOB NOT NULL, scale REAL NOT NULL
);`;

/** Its words are cut and folded by us; its tokenizer parts them at spaces and keeps every sign. */
const piecesTable = `
CREATE VIRTUAL TABLE pieces USING fts5 (
  headings, text, content = '', contentless_delete = 1, tokenize = 'ascii'
);`;

const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  note TEXT NOT NULL UNIQUE,
  news INTEGER NOT NULL,
  position INTEGER NOT NULL DEFAULT -1,
  content TEXT,
  indexed_ms INTEGER,
  -- Why the note has no passages though it is there.
  left_out TEXT,
  failures INTEGER NOT NULL DEFAULT 0,
  since_ms INTEGER,
  next_ms INTEGER NOT NULL DEFAULT 0,
  problem TEXT
);
CREATE INDEX notes_due ON notes (next_ms, news) WHERE news > position;

CREATE TABLE chunks (
  id INTEGER PRIMARY KEY,
  note INTEGER NOT NULL REFERENCES notes (id),
  ordinal INTEGER NOT NULL,
  hash TEXT NOT NULL,
  -- Which of the equal passages of its note it is, from 0.
  nth INTEGER NOT NULL,
  line INTEGER NOT NULL,
  last_line INTEGER NOT NULL
);
CREATE INDEX chunks_by_note ON chunks (note, ordinal);
CREATE INDEX chunks_by_hash ON chunks (hash);

CREATE VIRTUAL TABLE words USING fts5 (headings, text, tokenize = 'unicode61 remove_diacritics 2');
${piecesTable}

CREATE TABLE embeddings (
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, used_ms INTEGER NOT NULL, vector BLOB NOT NULL
);
${codesTable}

CREATE TABLE learned (known BLOB NOT NULL, is_true INTEGER NOT NULL);
INSERT INTO learned VALUES (x'', 0);

CREATE TABLE to_place (
  row INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL UNIQUE, is_new INTEGER NOT NULL
);
CREATE TABLE to_remove (key TEXT PRIMARY KEY) WITHOUT ROWID;
PRAGMA user_version = ${indexVersion};
`;

/** Makes the tables where there are none, and brings up those of the versions before. Several processes may open one at once. */
export function openIndex(sql: Sql): void {
  atVersion(sql, 0, () => sql.exec(tables));
  atVersion(sql, versionWithSigns, () => replaceSigns(sql));
  atVersion(sql, versionOfWords, () => addPieces(sql));
}

/** The first process does it, the others find it done. */
function atVersion(sql: Sql, version: number, work: () => void): void {
  if (versionOf(sql) === version) sql.transaction(() => versionOf(sql) === version && work());
}

/** Some at a time: together they may be more than fits into memory. */
const rowsAtOnce = 1_000;

function replaceSigns(sql: Sql): void {
  sql.exec(`DROP TABLE signs; ${codesTable}`);
  const put = sql.prepare('INSERT INTO codes (embedding, codes, scale) VALUES (?, ?, ?)');
  const some = sql.prepare<{ id: number; vector: Uint8Array }>(
    'SELECT id, vector FROM embeddings WHERE id > ? ORDER BY id LIMIT ?',
  );
  inTurn(some, ({ id, vector }) => {
    const { codes, scale } = coarseOf(unpackVector(vector));
    put.run(id, codes, scale);
  });
  sql.exec(`PRAGMA user_version = ${versionOfWords}`);
}

function addPieces(sql: Sql): void {
  sql.exec(piecesTable);
  const add = createPieceWriter(sql);
  const some = sql.prepare<{ id: number; headings: string; text: string }>(
    'SELECT rowid AS id, headings, text FROM words WHERE rowid > ? ORDER BY rowid LIMIT ?',
  );
  inTurn(some, ({ id, headings, text }) => add(id, headings, text));
  sql.exec(`PRAGMA user_version = ${indexVersion}`);
}

/** Every row of a statement that gives those after an id. */
function inTurn<Row extends { id: number }>(some: Statement<Row>, take: (row: Row) => void): void {
  let last = 0;
  for (let rows = some.all(last, rowsAtOnce); rows.length > 0; rows = some.all(last, rowsAtOnce)) {
    for (const row of rows) take(row);
    last = rows.at(-1)?.id ?? last;
  }
}

const versionOf = (sql: Sql): number | undefined =>
  sql.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version;

export const isIndexOfOurs = (sql: Sql): boolean => versionOf(sql) === indexVersion;

/** Whether its passages can be read: it is ours, or one that `openIndex` brings up to ours. */
export const isReadable = (sql: Sql): boolean =>
  [versionWithSigns, versionOfWords, indexVersion].includes(versionOf(sql) ?? 0);

/** Whether the vectors of one that can be read can be searched as they are. */
export const hasCodes = (sql: Sql): boolean => versionOf(sql) !== versionWithSigns;

/** Whether scripts without spaces can be searched by pairs of signs. */
export const hasPieces = isIndexOfOurs;
