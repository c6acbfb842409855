/**
 * Finds the passages whose vectors are nearest: the signs of all vectors are kept in memory and choose candidates, and
 * the whole vectors of these, from the database, put them in order (`sign-search.ts` says why).
 */
import { nearness } from '../../../shared/domain/knowledge/packed-vector.ts';
import { nearestBySigns, signTable } from '../../../shared/domain/knowledge/sign-search.ts';
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

type SignRow = { id: number; signs: Uint8Array };

export function createNearPassages(sql: Sql): NearPassages {
  const select = 'SELECT c.id, e.signs FROM chunks c JOIN embeddings e ON e.hash = c.hash';
  const all = sql.prepare<SignRow>(select);
  const some = sql.prepare<SignRow>(`${select} WHERE c.id IN (SELECT value FROM json_each(?))`);
  const ofNotes = sql.prepare<{ id: number }>(
    'SELECT id FROM chunks WHERE note IN (SELECT value FROM json_each(?))',
  );
  const vectors = sql.prepare<{ id: number; vector: Uint8Array }>(
    `SELECT c.id, e.vector FROM chunks c JOIN embeddings e ON e.hash = c.hash
     WHERE c.id IN (SELECT value FROM json_each(?))`,
  );
  /** Read by the first question. */
  let kept: KeptSigns | undefined;

  function candidates(vector: Float32Array, notes: readonly number[] | undefined, wanted: number): number[] {
    kept ??= readSigns(all.all());
    if (kept === undefined) return [];
    if (kept.width !== Math.ceil(vector.length / 8)) throw new ProblemError(otherDimensions(vector.length));
    if (notes === undefined) return kept.nearest(vector, wanted);
    return kept.nearestOf(
      vector,
      ofNotes.all(JSON.stringify(notes)).map(({ id }) => id),
      wanted,
    );
  }

  return {
    find(vector, notes, atMost) {
      if (vector.every((number) => number === 0)) return [];
      const chosen = candidates(vector, notes, Math.max(limits.vectorCandidates, 8 * atMost));
      return vectors
        .all(JSON.stringify(chosen))
        .map((row) => ({ id: row.id, cosine: nearness(vector, row.vector) }))
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
function readSigns(rows: readonly SignRow[]): KeptSigns | undefined {
  const [first] = rows;
  return first && createKeptSigns(rows, first.signs.length);
}

type KeptSigns = ReturnType<typeof createKeptSigns>;

/** One array of the signs of every passage, and whose they are; the last one takes the place of one that goes. */
function createKeptSigns(rows: readonly SignRow[], width: number) {
  let signs = new Uint8Array(Math.max(1, rows.length) * width);
  const ids: number[] = [];
  const placeById = new Map<number, number>();

  function add(row: SignRow): void {
    if (placeById.has(row.id)) return;
    if ((ids.length + 1) * width > signs.length) signs = grown(signs);
    signs.set(row.signs, ids.length * width);
    placeById.set(row.id, ids.length);
    ids.push(row.id);
  }

  function remove(id: number): void {
    const place = placeById.get(id);
    if (place === undefined) return;
    placeById.delete(id);
    const last = ids.pop();
    if (last === undefined || last === id) return;
    signs.copyWithin(place * width, ids.length * width, (ids.length + 1) * width);
    ids[place] = last;
    placeById.set(last, place);
  }

  for (const row of rows) add(row);
  return {
    width,
    add,
    remove,
    nearest(vector: Float32Array, wanted: number): number[] {
      const used = signs.subarray(0, ids.length * width);
      return nearestBySigns(signTable(vector), used, wanted).flatMap((place) => ids[place] ?? []);
    },
    nearestOf(vector: Float32Array, only: readonly number[], wanted: number): number[] {
      const places = only.flatMap((id) => placeById.get(id) ?? []);
      const part = new Uint8Array(places.length * width);
      for (const [at, place] of places.entries()) {
        part.set(signs.subarray(place * width, (place + 1) * width), at * width);
      }
      return nearestBySigns(signTable(vector), part, wanted).flatMap((at) => ids[places[at] ?? -1] ?? []);
    },
  };
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
}

const otherDimensions = (dimensions: number) =>
  problem(
    'bad-input',
    'the question',
    `The question has ${dimensions} dimensions and the passages of this index have others, so they cannot be compared.`,
    'They are of different models. Wait until the index for the new one is made.',
  );
