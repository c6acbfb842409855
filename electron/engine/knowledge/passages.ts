/** Finds passages in the index by their words, and what stands where. */
import { unpackVector } from '../../../shared/domain/knowledge/packed-vector.ts';
import type { Sql } from '../ports.ts';
import { splitHeadings } from './headings.ts';
import { createWordSearch, type WordSearch } from './word-search.ts';

/** Ids of notes that a search is about; undefined means all. */
export type Within = readonly number[] | undefined;

export type Passage = {
  id: number;
  note: string;
  headings: readonly string[];
  text: string;
  line: number;
  lastLine: number;
};

export type Passages = {
  /** Ids of passages that hold some of the words, best first (BM25). */
  byWords: WordSearch;
  get(ids: readonly number[]): Map<number, Passage>;
  /** Ids of those notes that the index has. */
  idsOf(notes: readonly string[]): number[];
  /** The passage that a line of a note stands in, with its vector. */
  at(
    note: string,
    line: number,
  ): { id: number; noteId: number; vector: Float32Array | undefined } | undefined;
};

type PassageRow = {
  id: number;
  note: string;
  headings: string;
  text: string;
  line: number;
  last_line: number;
};

export function createPassages(sql: Sql): Passages {
  const rows = sql.prepare<PassageRow>(
    `SELECT c.id, n.note, w.headings, w.text, c.line, c.last_line FROM chunks c
     JOIN notes n ON n.id = c.note JOIN words w ON w.rowid = c.id
     WHERE c.id IN (SELECT value FROM json_each(?))`,
  );
  const ids = sql.prepare<{ id: number }>(
    'SELECT id FROM notes WHERE note IN (SELECT value FROM json_each(?))',
  );
  const at = sql.prepare<{ id: number; noteId: number; vector: Uint8Array | null }>(
    `SELECT c.id, c.note AS noteId, e.vector FROM chunks c JOIN notes n ON n.id = c.note
     LEFT JOIN embeddings e ON e.hash = c.hash
     WHERE n.note = ? AND c.line <= ? ORDER BY c.line DESC, c.ordinal DESC LIMIT 1`,
  );
  return {
    byWords: createWordSearch(sql),
    get: (wanted) => new Map(rows.all(JSON.stringify(wanted)).map((row) => [row.id, toPassage(row)])),
    idsOf: (notes) => ids.all(JSON.stringify(notes)).map(({ id }) => id),
    at(note, line) {
      const row = at.get(note, line);
      return row && { ...row, vector: row.vector === null ? undefined : unpackVector(row.vector) };
    },
  };
}

const toPassage = ({ headings, last_line, ...row }: PassageRow): Passage => ({
  ...row,
  headings: splitHeadings(headings),
  lastLine: last_line,
});
