/**
 * What a store was not given yet. It is written in the transaction that changes the passages, and taken out once the
 * store has it: a store that is away for a while, or a crash on either side, loses nothing and repeats one batch at most.
 */
import { unpackVector } from '../../../shared/domain/knowledge/packed-vector.ts';
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Codec, Random, Sql } from '../ports.ts';
import { splitHeadings } from './headings.ts';
import type { NoteChoice } from './knowledge-ports.ts';
import { createKeyOf, hashOfKey, type PassageIdentity } from './passage-key.ts';
import { everyNote } from './silent-embedder.ts';
import type { StoredPassage, StoredVector } from './vector-store.ts';

export type StoreBatch = {
  added: StoredVector[];
  moved: StoredPassage[];
  removed: string[];
  /** Rows that are done with it. */
  rows: number[];
};

/**
 * Hears what happens to passages, inside of the transaction that does it. A store gets no passage without its vector,
 * which may come later than the passage.
 */
export type PassageNews = {
  added(id: number, identity: PassageIdentity): void;
  embedded(id: number): void;
  moved(id: number): void;
  removed(id: number, identity: PassageIdentity): void;
};

export type StoreOutbox = {
  news: PassageNews;
  next(atMost: number): StoreBatch;
  /** The marker that the store keeps with the next batch. */
  nextMarker(): string;
  /** Takes out a batch that the store has, but for what became news again meanwhile. */
  given(batch: StoreBatch): void;
  waiting(): number;
  /** Passages that a store holds which was given everything that it may have. */
  passages(): number;
  /** Notes with passages that it may not have. */
  kept(): number;
  /** Whether the store that keeps this marker was filled from here, up to the last batch. */
  isOurs(marker: string): boolean;
  /** Everything is to be given anew, and what the store holds besides is to go. */
  fill(held: Iterable<string>): void;
  isFilling(): boolean;
  filled(): void;
  /** Ids of the passages that a store named; what is gone here is left out. */
  idsOf(keys: readonly string[]): Map<string, number>;
};

const embeddedChunks = 'chunks c JOIN embeddings e ON e.hash = c.hash';

type Deps = {
  codec: Codec;
  random: Random;
  /** Which store this is about. Another one than before is filled from the beginning. */
  place: string;
  /** Whose passages it may have. Those that it may have no more are taken out of it. */
  shares: NoteChoice;
};

export function openStoreOutbox(sql: Sql, deps: Deps): StoreOutbox {
  const { shares } = deps;
  const keyOf = createKeyOf(deps.codec);
  const own = begin(sql, deps);
  const withheld = createWithheld(sql, shares);
  obey(sql, { shares, withheld, keyOf });
  const identities = 'SELECT c.id, n.note, c.hash, c.nth FROM chunks c JOIN notes n ON n.id = c.note';
  const all = sql.prepare<PassageIdentity>(allText);
  const named = sql.prepare<PassageIdentity & { id: number }>(
    `${identities} WHERE c.hash IN (SELECT value FROM json_each(?))`,
  );
  const waiting = sql.prepare<{ count: number }>(
    'SELECT (SELECT count(*) FROM to_place) + (SELECT count(*) FROM to_remove) AS count',
  );
  const passages = sql.prepare<{ count: number }>(
    `SELECT count(*) AS count FROM ${embeddedChunks} WHERE c.note NOT IN (SELECT value FROM json_each(?))`,
  );
  const placeAll = sql.prepare(placeAllText);
  const forgetAll = ['to_place', 'to_remove'].map((table) => sql.prepare(`DELETE FROM ${table}`));
  const remove = sql.prepare('INSERT OR IGNORE INTO to_remove (key) VALUES (?)');
  const mark = (): number => Number(readMeta(sql, 'store-mark') ?? 0);
  const batches = createBatches(sql, keyOf);

  function fill(held: Iterable<string>): void {
    const known = new Set(
      all
        .all()
        .filter(({ note }) => shares.has(note))
        .map(keyOf),
    );
    for (const forget of forgetAll) forget.run();
    placeAll.run(withheld());
    for (const key of held) if (!known.has(key)) remove.run(key);
    writeMeta(sql, 'store-filling', '1');
  }

  return {
    news: shares === everyNote ? createNews(sql, keyOf) : onlyOf(shares, sql, createNews(sql, keyOf)),
    next: batches.next,
    nextMarker: () => `${own}:${mark() + 1}`,
    given: (batch) =>
      sql.transaction(() => {
        batches.done(batch);
        writeMeta(sql, 'store-mark', String(mark() + 1));
      }),
    waiting: () => waiting.get()?.count ?? 0,
    passages: () => passages.get(withheld())?.count ?? 0,
    kept: () => (JSON.parse(withheld()) as number[]).length,
    // The answer to the last batch may have been lost.
    isOurs: (marker) => marker === `${own}:${mark() + 1}` || (mark() > 0 && marker === `${own}:${mark()}`),
    fill: (held) => sql.transaction(() => fill(held)),
    isFilling: () => readMeta(sql, 'store-filling') === '1',
    filled: () => writeMeta(sql, 'store-filling', '0'),
    idsOf(keys) {
      const wanted = new Set(keys);
      const rows = named.all(JSON.stringify([...new Set(keys.map(hashOfKey))]));
      return new Map(rows.map((row) => [keyOf(row), row.id] as const).filter(([key]) => wanted.has(key)));
    },
  };
}

const allText = `SELECT n.note, c.hash, c.nth FROM ${embeddedChunks} JOIN notes n ON n.id = c.note`;

const placeAllText = `INSERT OR REPLACE INTO to_place (chunk, is_new)
  SELECT c.id, 1 FROM ${embeddedChunks} WHERE c.note NOT IN (SELECT value FROM json_each(?))`;

/** Ids, as JSON, of the notes with passages that the store may not have. */
function createWithheld(sql: Sql, shares: NoteChoice): () => string {
  const notes = sql.prepare<{ id: number; note: string }>(
    'SELECT id, note FROM notes WHERE id IN (SELECT note FROM chunks)',
  );
  return () =>
    shares === everyNote
      ? '[]'
      : JSON.stringify(notes.all().flatMap(({ id, note }) => (shares.has(note) ? [] : id)));
}

type Obeying = { shares: NoteChoice; withheld(): string; keyOf: KeyOfPassage };

/**
 * When the store may have other notes than before: what it may have no more is taken out, and the rest is given, again
 * where it was there; until then this device is searched.
 */
function obey(sql: Sql, { shares, withheld, keyOf }: Obeying): void {
  if ((readMeta(sql, 'store-shares') ?? everyNote.name) === shares.name) return;
  const all = sql.prepare<PassageIdentity>(allText);
  const remove = sql.prepare('INSERT OR IGNORE INTO to_remove (key) VALUES (?)');
  const unremove = sql.prepare('DELETE FROM to_remove WHERE key = ?');
  sql.transaction(() => {
    for (const it of all.all()) (shares.has(it.note) ? unremove : remove).run(keyOf(it));
    sql.exec('DELETE FROM to_place');
    sql.prepare(placeAllText).run(withheld());
    writeMeta(sql, 'store-filling', '1');
    writeMeta(sql, 'store-shares', shares.name);
  });
}

/** From now on nobody notes what happens, so a store that is asked again later is filled anew. */
export function closeStoreOutbox(sql: Sql): void {
  if ((readMeta(sql, 'store') ?? '') === '') return;
  sql.transaction(() => {
    for (const table of ['to_place', 'to_remove']) sql.exec(`DELETE FROM ${table}`);
    writeMeta(sql, 'store', '');
  });
}

/** What no other index calls itself, so that a store which another one filled is told from ours. */
function begin(sql: Sql, { random, place, shares }: Deps): string {
  const known = readMeta(sql, 'store-own');
  if (known !== undefined && readMeta(sql, 'store') === place) return known;
  const own = Array.from(random.bytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const start = { store: place, 'store-own': own, 'store-mark': '0', 'store-filling': '1' };
  const unknown = { 'store-failure': '', 'store-held': '', 'store-answered': '' };
  sql.transaction(() => {
    for (const [key, value] of Object.entries({ ...start, ...unknown, 'store-shares': shares.name }))
      writeMeta(sql, key, value);
    for (const table of ['to_place', 'to_remove']) sql.exec(`DELETE FROM ${table}`);
    sql.prepare(placeAllText).run(createWithheld(sql, shares)());
  });
  return own;
}

type KeyOfPassage = (passage: PassageIdentity) => string;

function createNews(sql: Sql, keyOf: KeyOfPassage): PassageNews {
  const place = sql.prepare(
    `INSERT OR REPLACE INTO to_place (chunk, is_new) SELECT c.id, 1 FROM ${embeddedChunks} WHERE c.id = ?`,
  );
  const move = sql.prepare(
    `INSERT OR REPLACE INTO to_place (chunk, is_new)
     SELECT c.id, coalesce((SELECT is_new FROM to_place WHERE chunk = c.id), 0)
     FROM ${embeddedChunks} WHERE c.id = ?`,
  );
  const unplace = sql.prepare('DELETE FROM to_place WHERE chunk = ?');
  const remove = sql.prepare('INSERT OR IGNORE INTO to_remove (key) VALUES (?)');
  const unremove = sql.prepare('DELETE FROM to_remove WHERE key = ?');
  return {
    added(id, identity) {
      place.run(id);
      unremove.run(keyOf(identity));
    },
    embedded: (id) => void place.run(id),
    moved: (id) => void move.run(id),
    removed(id, identity) {
      unplace.run(id);
      remove.run(keyOf(identity));
    },
  };
}

/** Of what is kept from the store, nothing is news to it, not even that it is gone. */
function onlyOf(shares: NoteChoice, sql: Sql, news: PassageNews): PassageNews {
  const noteOf = sql.prepare<{ note: string }>(
    'SELECT n.note FROM chunks c JOIN notes n ON n.id = c.note WHERE c.id = ?',
  );
  const isShared = (id: number): boolean => shares.has(noteOf.get(id)?.note ?? '');
  return {
    added(id, identity) {
      if (shares.has(identity.note)) news.added(id, identity);
    },
    embedded(id) {
      if (isShared(id)) news.embedded(id);
    },
    moved(id) {
      if (isShared(id)) news.moved(id);
    },
    removed(id, identity) {
      if (shares.has(identity.note)) news.removed(id, identity);
    },
  };
}

type PlacedRow = PassageIdentity & {
  row: number;
  headings: string;
  line: number;
  last_line: number;
  is_new: number;
  vector: Uint8Array;
};

function createBatches(sql: Sql, keyOf: KeyOfPassage) {
  const placed = sql.prepare<PlacedRow>(
    `SELECT p.row, p.is_new, n.note, c.hash, c.nth, w.headings, c.line, c.last_line, e.vector
     FROM to_place p JOIN chunks c ON c.id = p.chunk JOIN notes n ON n.id = c.note
     JOIN words w ON w.rowid = c.id JOIN embeddings e ON e.hash = c.hash ORDER BY p.row LIMIT ?`,
  );
  const removed = sql.prepare<{ key: string }>('SELECT key FROM to_remove ORDER BY key LIMIT ?');
  const unplace = sql.prepare('DELETE FROM to_place WHERE row IN (SELECT value FROM json_each(?))');
  const unremove = sql.prepare('DELETE FROM to_remove WHERE key IN (SELECT value FROM json_each(?))');
  const toPassage = (row: PlacedRow): StoredPassage => ({
    key: keyOf(row),
    note: row.note,
    headings: splitHeadings(row.headings),
    line: row.line,
    lastLine: row.last_line,
  });
  return {
    next(atMost: number): StoreBatch {
      const rows = placed.all(atMost);
      const isNew = (row: PlacedRow): boolean => row.is_new === 1;
      return {
        added: rows.filter(isNew).map((row) => ({ ...toPassage(row), vector: unpackVector(row.vector) })),
        moved: rows.filter((row) => !isNew(row)).map(toPassage),
        removed: removed.all(atMost).map(({ key }) => key),
        rows: rows.map(({ row }) => row),
      };
    },
    done(batch: StoreBatch): void {
      unplace.run(JSON.stringify(batch.rows));
      unremove.run(JSON.stringify(batch.removed));
    },
  };
}
