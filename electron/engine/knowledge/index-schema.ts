/**
 * The tables of one knowledge index. It is derived from the log and can be made anew at any time, so a version that is
 * not ours is simply not used (`generations.ts` makes another).
 *
 * `notes` is the queue and its outcome: a note is due while `news`, the last event that was heard of it, is newer than
 * `position`, the one that its chunks are of.
 *
 * `chunks` are the passages; their texts stand in `words`, the full-text table, under the same id.
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
import type { Sql } from '../ports.ts';

export const indexVersion = 4;

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

CREATE TABLE embeddings (
  id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, used_ms INTEGER NOT NULL, vector BLOB NOT NULL
);
CREATE TABLE codes (
  embedding INTEGER PRIMARY KEY REFERENCES embeddings (id) ON DELETE CASCADE, codes BLOB NOT NULL, scale REAL NOT NULL
);

CREATE TABLE learned (known BLOB NOT NULL, is_true INTEGER NOT NULL);
INSERT INTO learned VALUES (x'', 0);

CREATE TABLE to_place (
  row INTEGER PRIMARY KEY AUTOINCREMENT, chunk INTEGER NOT NULL UNIQUE, is_new INTEGER NOT NULL
);
CREATE TABLE to_remove (key TEXT PRIMARY KEY) WITHOUT ROWID;
PRAGMA user_version = ${indexVersion};
`;

/** Several processes may open a new one at once: the first makes the tables. */
export function openIndex(sql: Sql): void {
  const isNew = () => sql.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version === 0;
  if (isNew()) sql.transaction(() => isNew() && sql.exec(tables));
}

export const isIndexOfOurs = (sql: Sql): boolean =>
  sql.prepare<{ user_version: number }>('PRAGMA user_version').get()?.user_version === indexVersion;
