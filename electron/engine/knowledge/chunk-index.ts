/** The passages of every indexed note, and the vectors of their texts. */
import type { Chunk } from '../../../shared/domain/knowledge/chunk-markdown.ts';
import { coarseOf } from '../../../shared/domain/knowledge/coarse-vector.ts';
import { packVector, unpackVector } from '../../../shared/domain/knowledge/packed-vector.ts';
import { limits } from '../../../shared/limits.ts';
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Sql } from '../ports.ts';
import { joinHeadings, splitHeadings } from './headings.ts';
import type { NoteChoice } from './knowledge-ports.ts';
import { createPieceWriter } from './piece-writer.ts';
import type { PassageNews } from './store-outbox.ts';

/** A passage and its identity: the hash of what is embedded of it. */
export type IdentifiedChunk = Chunk & { hash: string };

/** What a note comes to: its passages, or none because it is deleted or left out. */
export type IndexedNote = {
  note: string;
  /** Of the last event that this state includes. */
  position: number;
  content: string | null;
  chunks: readonly IdentifiedChunk[];
  leftOut?: string | undefined;
  /** False: vectors are still to come. Its words are found already, and it stays due. */
  isWhole: boolean;
};

export type ChunkIndex = {
  /** Those of these hashes that have no vector yet, each once. */
  missing(hashes: readonly string[]): string[];
  /**
   * Puts the note's passages in the place of those that it had, with the vectors that are new, and takes a note that is
   * whole off the queue; one transaction. Undefined when a newer state is there already: then nothing is changed.
   */
  swap(
    note: IndexedNote,
    vectors: ReadonlyMap<string, Float32Array>,
    nowMs: number,
  ): SwappedPassages | undefined;
  /** The content that a note's passages are of; undefined while none was indexed. */
  contentOf(note: string): { content: string | null; position: number } | undefined;
  /** Whether each passage of a note has a vector. */
  isEmbedded(note: string): boolean;
  /** Notes that lack vectors though they are chosen now; none while the choice is the one that was known before. */
  nowEmbedded(choice: NoteChoice): string[];
  /** Takes a note off the queue whose passages are right as they are. */
  confirm(note: string, position: number, nowMs: number): void;
  /** Lets go of vectors that no passage had for a long time. Returns how many. */
  prune(nowMs: number): number;
};

export type PassageText = { id: number; headings: readonly string[]; text: string };
/** Passages that were not there before, those that are there no longer, and ids of those that have a new vector. */
export type SwappedPassages = { added: PassageText[]; removed: PassageText[]; embedded: number[] };

type KeptChunk = { id: number; hash: string; nth: number; line: number; lastLine: number };

/**
 * `news` hears of every passage that comes, goes, gets its vector, or stands in other lines, inside of the transaction.
 */
export function createChunkIndex(sql: Sql, news?: PassageNews): ChunkIndex {
  const unknown = sql.prepare<{ hash: string }>(
    'SELECT DISTINCT value AS hash FROM json_each(?) WHERE value NOT IN (SELECT hash FROM embeddings)',
  );
  const noteRow = sql.prepare<{ id: number; content: string | null; position: number }>(
    'SELECT id, content, position FROM notes WHERE note = ?',
  );
  const put = sql.prepare('INSERT OR IGNORE INTO embeddings (hash, vector, used_ms) VALUES (?, ?, ?)');
  const putCodes = sql.prepare('INSERT INTO codes (embedding, codes, scale) VALUES (?, ?, ?)');
  const done = sql.prepare(
    `UPDATE notes SET position = ?, content = ?, indexed_ms = ?, left_out = ?,
       failures = 0, since_ms = NULL, next_ms = 0, problem = NULL WHERE note = ?`,
  );
  const begun = sql.prepare('UPDATE notes SET content = ?, left_out = NULL WHERE note = ?');
  const withHashes = sql.prepare<{ id: number }>(
    'SELECT id FROM chunks WHERE hash IN (SELECT value FROM json_each(?))',
  );
  const selectLacking = `SELECT n.note FROM notes n WHERE EXISTS (
     SELECT 1 FROM chunks c WHERE c.note = n.id AND c.hash NOT IN (SELECT hash FROM embeddings))`;
  const lacking = sql.prepare<{ note: string }>(selectLacking);
  const lackingOne = sql.prepare<{ note: string }>(`${selectLacking} AND n.note = ?`);
  const confirm = sql.prepare(
    `UPDATE notes SET position = max(position, ?), failures = 0, since_ms = NULL, next_ms = 0, problem = NULL,
       indexed_ms = coalesce(indexed_ms, ?) WHERE note = ?`,
  );
  const prune = sql.prepare(
    'DELETE FROM embeddings WHERE used_ms < ? AND hash NOT IN (SELECT hash FROM chunks)',
  );
  const passages = createPassageWriter(sql, news);

  const unlearn = sql.prepare('UPDATE learned SET is_true = 0');

  function keepVector(hash: string, vector: Float32Array, nowMs: number): void {
    const packed = packVector(vector);
    const { changes, lastPosition } = put.run(hash, packed, nowMs);
    // Of what is kept, so that a vector that came from another device, packed, has the same.
    const { codes, scale } = coarseOf(unpackVector(packed));
    if (changes > 0) putCodes.run(lastPosition, codes, scale);
  }

  function swap(
    note: IndexedNote,
    vectors: ReadonlyMap<string, Float32Array>,
    nowMs: number,
  ): SwappedPassages | undefined {
    const row = noteRow.get(note.note);
    if (row === undefined || row.position > note.position) return undefined;
    for (const [hash, vector] of vectors) keepVector(hash, vector, nowMs);
    const swapped = passages.replace({ id: row.id, note: note.note }, note.chunks, nowMs);
    unlearn.run();
    if (note.isWhole) done.run(note.position, note.content, nowMs, note.leftOut ?? null, note.note);
    else begun.run(note.content, note.note);
    const embedded = withHashes.all(JSON.stringify([...vectors.keys()])).map(({ id }) => id);
    for (const id of embedded) news?.embedded(id);
    return { ...swapped, embedded };
  }

  return {
    missing: (hashes) => unknown.all(JSON.stringify(hashes)).map(({ hash }) => hash),
    swap: (note, vectors, nowMs) => sql.transaction(() => swap(note, vectors, nowMs)),
    contentOf(note) {
      const row = noteRow.get(note);
      return row === undefined || row.position < 0 ? undefined : row;
    },
    isEmbedded: (note) => lackingOne.get(note) === undefined,
    nowEmbedded(choice) {
      if (readMeta(sql, 'embeds') === choice.name) return [];
      writeMeta(sql, 'embeds', choice.name);
      return lacking.all().flatMap(({ note }) => (choice.has(note) ? note : []));
    },
    confirm: (note, position, nowMs) => void confirm.run(position, nowMs, note),
    prune: (nowMs) => prune.run(nowMs - limits.unusedVectorMs).changes,
  };
}

/** Rows of passages that stay the same stay: an edit of one line costs what that line's passage costs. */
function createPassageWriter(sql: Sql, news: PassageNews | undefined) {
  const kept = sql.prepare<KeptChunk>(
    'SELECT id, hash, nth, line, last_line AS lastLine FROM chunks WHERE note = ? ORDER BY ordinal',
  );
  const move = sql.prepare('UPDATE chunks SET ordinal = ?, line = ?, last_line = ? WHERE id = ?');
  const insert = sql.prepare(
    'INSERT INTO chunks (note, ordinal, hash, nth, line, last_line) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const insertWords = sql.prepare('INSERT INTO words (rowid, headings, text) VALUES (?, ?, ?)');
  const addPieces = createPieceWriter(sql);
  const wordsOf = sql.prepare<{ headings: string; text: string }>(
    'SELECT headings, text FROM words WHERE rowid = ?',
  );
  const used = sql.prepare('UPDATE embeddings SET used_ms = ? WHERE hash = ?');
  const removals = ['chunks WHERE id', 'words WHERE rowid', 'pieces WHERE rowid'].map((where) =>
    sql.prepare(`DELETE FROM ${where} = ?`),
  );

  function add(owner: Owner, chunk: IdentifiedChunk, place: { ordinal: number; nth: number }): PassageText {
    const { hash, line, lastLine, headings, text } = chunk;
    const { ordinal, nth } = place;
    const id = insert.run(owner.id, ordinal, hash, nth, line, lastLine).lastPosition;
    const title = joinHeadings(headings);
    insertWords.run(id, title, text);
    addPieces(id, title, text);
    news?.added(id, { note: owner.note, hash, nth });
    return { id, headings, text };
  }

  function keep(same: KeptChunk, { line, lastLine }: IdentifiedChunk, ordinal: number): void {
    move.run(ordinal, line, lastLine, same.id);
    if (same.line !== line || same.lastLine !== lastLine) news?.moved(same.id);
  }

  function remove(owner: Owner, { id, hash, nth }: KeptChunk, nowMs: number): PassageText {
    const { headings = '', text = '' } = wordsOf.get(id) ?? {};
    for (const removal of removals) removal.run(BigInt(id));
    used.run(nowMs, hash);
    news?.removed(id, { note: owner.note, hash, nth });
    return { id, headings: splitHeadings(headings), text };
  }

  return {
    replace(
      owner: Owner,
      chunks: readonly IdentifiedChunk[],
      nowMs: number,
    ): Omit<SwappedPassages, 'embedded'> {
      const added: PassageText[] = [];
      const keptByHash = Map.groupBy(kept.all(owner.id), ({ hash }) => hash);
      const countByHash = new Map<string, number>();
      for (const [ordinal, chunk] of chunks.entries()) {
        const nth = countByHash.get(chunk.hash) ?? 0;
        countByHash.set(chunk.hash, nth + 1);
        const same = keptByHash.get(chunk.hash)?.shift();
        if (same === undefined) added.push(add(owner, chunk, { ordinal, nth }));
        else keep(same, chunk, ordinal);
      }
      const removed = [...keptByHash.values()].flat().map((gone) => remove(owner, gone, nowMs));
      return { added, removed };
    },
  };
}

type Owner = { id: number; note: string };
