/**
 * Finds the passages whose vectors are nearest: the codes of all vectors are kept in memory and choose candidates, and
 * the whole vectors of these, from the database, put them in order (`coarse-vector.ts` says why).
 */
import { type Coarse, codeBytes } from '../../../shared/domain/knowledge/coarse-vector.ts';
import { nearness } from '../../../shared/domain/knowledge/packed-vector.ts';
import { limits } from '../../../shared/limits.ts';
import { ProblemError, problem } from '../../../shared/result.ts';
import type { Sql } from '../ports.ts';
import type { SwappedPassages } from './chunk-index.ts';
import type { CodeIndex, OpenCodeIndex } from './knowledge-ports.ts';

export type NearPassage = { id: number; cosine: number };

export type NearPassages = {
  /**
   * Nearest first, with the cosine; of those notes only, where some are given. Throws `ProblemError` with `bad-input`
   * when the vector has another number of dimensions than those of the passages.
   */
  find(vector: Float32Array, notes: readonly number[] | undefined, atMost: number): NearPassage[];
  /** Passages came and went. */
  swapped(passages: SwappedPassages): void;
};

type CodeRow = KeptPassage & Coarse;

export function createNearPassages(sql: Sql, openCodes: OpenCodeIndex): NearPassages {
  const select = `SELECT c.id, k.embedding, k.codes, k.scale FROM chunks c
    JOIN embeddings e ON e.hash = c.hash JOIN codes k ON k.embedding = e.id`;
  const all = sql.prepare<CodeRow>(select);
  const some = sql.prepare<CodeRow>(`${select} WHERE c.id IN (SELECT value FROM json_each(?))`);
  const ofNotes = sql.prepare<{ id: number }>(
    'SELECT id FROM chunks WHERE note IN (SELECT value FROM json_each(?))',
  );
  const vectors = sql.prepare<{ id: number; vector: Uint8Array }>(
    'SELECT id, vector FROM embeddings WHERE id IN (SELECT value FROM json_each(?))',
  );
  /** Read by the first question. */
  let kept: KeptCodes | undefined;

  function candidates(vector: Float32Array, notes: readonly number[] | undefined, atMost: number) {
    kept ??= readCodes(all.all(), openCodes);
    if (kept === undefined) return [];
    const wanted = Math.max(limits.vectorCandidates, 8 * atMost);
    if (kept.width !== codeBytes(vector.length)) throw new ProblemError(otherDimensions(vector.length));
    const among = notes && ofNotes.all(JSON.stringify(notes)).map(({ id }) => id);
    return kept.nearest(vector, wanted, among);
  }

  /** By the vectors of their texts. */
  function cosines(vector: Float32Array, chosen: readonly KeptPassage[]): Map<number, number> {
    const rows = vectors.all(JSON.stringify(chosen.map(({ embedding }) => embedding)));
    return new Map(rows.map((row) => [row.id, nearness(vector, row.vector)]));
  }

  return {
    find(vector, notes, atMost) {
      if (vector.every((number) => number === 0)) return [];
      const chosen = candidates(vector, notes, atMost);
      const cosineByEmbedding = cosines(vector, chosen);
      return chosen
        .map(({ id, embedding }) => ({ id, cosine: cosineByEmbedding.get(embedding) ?? 0 }))
        .toSorted((one, other) => other.cosine - one.cosine || one.id - other.id)
        .slice(0, atMost);
    },
    swapped({ added, removed, embedded }) {
      if (kept === undefined) return;
      for (const { id } of removed) kept.remove(id);
      const ids = [...added.map(({ id }) => id), ...embedded];
      for (const row of some.all(JSON.stringify(ids))) kept.add(row);
    },
  };
}

/** Undefined while there are none: nobody knows then how wide they are. */
function readCodes(rows: readonly CodeRow[], openCodes: OpenCodeIndex): KeptCodes | undefined {
  const [first] = rows;
  return first && createKeptCodes(rows, openCodes(first.codes.length, rows.length));
}

type KeptPassage = { id: number; embedding: number };
type KeptCodes = ReturnType<typeof createKeptCodes>;

/** The codes of every passage, and whose they are. */
function createKeptCodes(rows: readonly CodeRow[], index: CodeIndex) {
  const passages: KeptPassage[] = [];
  const placeById = new Map<number, number>();

  function add({ id, embedding, ...coarse }: CodeRow): void {
    if (placeById.has(id)) return;
    placeById.set(id, passages.length);
    passages.push({ id, embedding });
    index.add(coarse);
  }

  function remove(id: number): void {
    const place = placeById.get(id);
    if (place === undefined) return;
    placeById.delete(id);
    index.remove(place);
    const last = passages.pop();
    if (last === undefined || last.id === id) return;
    passages[place] = last;
    placeById.set(last.id, place);
  }

  for (const row of rows) add(row);
  return {
    width: index.width,
    add,
    remove,
    nearest(vector: Float32Array, wanted: number, among: readonly number[] | undefined): KeptPassage[] {
      const places = among?.flatMap((id) => placeById.get(id) ?? []);
      return index.nearest(vector, wanted, places).flatMap((place) => passages[place] ?? []);
    },
  };
}

const otherDimensions = (dimensions: number) =>
  problem(
    'bad-input',
    'the question',
    `The question has ${dimensions} dimensions and the passages of this index have others, so they cannot be compared.`,
    'They are of different models. Wait until the index for the new one is made.',
  );
