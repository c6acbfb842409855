/**
 * Finds the passages whose vectors are nearest: the signs of all vectors are kept in memory and choose candidates, and
 * the whole vectors of these, from the database, put them in order (`sign-search.ts` says why).
 */
import { nearness } from '../../../shared/domain/knowledge/packed-vector.ts';
import { createSignIndex } from '../../../shared/domain/knowledge/sign-search.ts';
import { limits } from '../../../shared/limits.ts';
import { ProblemError, problem } from '../../../shared/result.ts';
import type { Sql } from '../ports.ts';
import type { SwappedPassages } from './chunk-index.ts';

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

type SignRow = { id: number; embedding: number; signs: Uint8Array };

export function createNearPassages(sql: Sql): NearPassages {
  const select = `SELECT c.id, s.embedding, s.signs FROM chunks c
    JOIN embeddings e ON e.hash = c.hash JOIN signs s ON s.embedding = e.id`;
  const all = sql.prepare<SignRow>(select);
  const some = sql.prepare<SignRow>(`${select} WHERE c.id IN (SELECT value FROM json_each(?))`);
  const ofNotes = sql.prepare<{ id: number }>(
    'SELECT id FROM chunks WHERE note IN (SELECT value FROM json_each(?))',
  );
  const vectors = sql.prepare<{ id: number; vector: Uint8Array }>(
    'SELECT id, vector FROM embeddings WHERE id IN (SELECT value FROM json_each(?))',
  );
  /** Read by the first question. */
  let kept: KeptSigns | undefined;

  function candidates(vector: Float32Array, notes: readonly number[] | undefined, atMost: number) {
    kept ??= readSigns(all.all());
    if (kept === undefined) return [];
    const wanted = Math.max(candidatesOf(kept.count()), 8 * atMost);
    if (kept.width !== Math.ceil(vector.length / 8)) throw new ProblemError(otherDimensions(vector.length));
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

/** Fewer where there are few: to look closely would take longer than to choose. */
const candidatesOf = (passages: number): number => {
  const share = Math.ceil(passages / limits.vectorCandidateEach);
  return Math.min(limits.vectorCandidates, Math.max(limits.vectorCandidatesAtLeast, share));
};

/** Undefined while there are none: nobody knows then how wide they are. */
function readSigns(rows: readonly SignRow[]): KeptSigns | undefined {
  const [first] = rows;
  return first && createKeptSigns(rows, first.signs.length);
}

type KeptPassage = Omit<SignRow, 'signs'>;
type KeptSigns = ReturnType<typeof createKeptSigns>;

/** The signs of every passage, and whose they are. */
function createKeptSigns(rows: readonly SignRow[], width: number) {
  const signs = createSignIndex(width, rows.length);
  const passages: KeptPassage[] = [];
  const placeById = new Map<number, number>();

  function add({ id, embedding, signs: own }: SignRow): void {
    if (placeById.has(id)) return;
    placeById.set(id, passages.length);
    passages.push({ id, embedding });
    signs.add(own);
  }

  function remove(id: number): void {
    const place = placeById.get(id);
    if (place === undefined) return;
    placeById.delete(id);
    signs.remove(place);
    const last = passages.pop();
    if (last === undefined || last.id === id) return;
    passages[place] = last;
    placeById.set(last.id, place);
  }

  for (const row of rows) add(row);
  return {
    width,
    count: () => passages.length,
    add,
    remove,
    nearest(vector: Float32Array, wanted: number, among: readonly number[] | undefined): KeptPassage[] {
      const places = among?.flatMap((id) => placeById.get(id) ?? []);
      return signs.nearest(vector, wanted, places).flatMap((place) => passages[place] ?? []);
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
