/**
 * A collection of a ChromaDB server as a store. Other programs can use it: its ids are our keys, and the metadata names
 * note, headings and lines. The marker stands in the metadata of the collection, and is written after the batch that it is
 * for; one that could not be written only makes the batch come again.
 */
import { z } from 'zod';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import type {
  StoredPassage,
  StoredVector,
  StoreHit,
  StoreHoldings,
  StoreQuestion,
  StoreSwap,
  VectorStore,
} from '../engine/knowledge/vector-store.ts';
import { type ChromaCalls, type ChromaPlace, createChromaCalls } from './chroma-calls.ts';

const anything = z.unknown();
const idsShape = z.object({ ids: z.array(z.string()) });
const databaseShape = z.object({ name: z.string() });
const namesShape = z.array(z.object({ name: z.string() }));
const nearShape = z.object({ ids: z.array(z.array(z.string())), distances: z.array(z.array(z.number())) });
const abilitiesShape = z.looseObject({ supports_base64_encoding: z.boolean().default(false) });

export function openChromaStore(place: ChromaPlace): VectorStore {
  const calls = createChromaCalls(place);
  return {
    place: calls.place,
    check: () => check(calls),
    look: () => look(calls),
    swap: createSwap(calls),
    find: (question) => find(calls, question),
    async keys(from, atMost) {
      const body = { limit: atMost, offset: from, include: [] };
      const page = await calls.within('POST', '/get', { shape: idsShape, body });
      return page.ok ? ok(page.value.ids) : page;
    },
    settle: () => tidy(calls, `${place.space.name}-`),
    close: async () => calls.close(),
  };
}

async function check(calls: ChromaCalls): Promise<Result<void>> {
  const timeoutMs = limits.storeQuestionMs;
  const found = await calls.ask('GET', calls.database, { shape: databaseShape, timeoutMs });
  return found.ok ? ok(undefined) : found;
}

async function look(calls: ChromaCalls): Promise<Result<StoreHoldings>> {
  const found = await calls.find();
  if (!found.ok) return found;
  const count = await calls.within('GET', '/count', { shape: z.number() });
  return count.ok ? ok({ count: count.value, marker: found.value.marker }) : count;
}

function createSwap(calls: ChromaCalls) {
  let encode: ((vector: Float32Array) => unknown) | undefined;

  /** Newer servers take the bytes of the numbers: a quarter of the text, and a fifth less time. */
  async function chooseEncoding(): Promise<Result<void>> {
    const abilities = await calls.ask('GET', '/pre-flight-checks', { shape: abilitiesShape });
    if (!abilities.ok) return abilities;
    encode = abilities.value.supports_base64_encoding ? packed : (vector) => Array.from(vector);
    return ok(undefined);
  }

  const post = (path: string, body: object): Promise<Result<unknown>> =>
    calls.within('POST', path, { shape: anything, body });

  async function put(added: readonly StoredVector[]): Promise<Result<unknown>> {
    const chosen = encode === undefined ? await chooseEncoding() : ok(undefined);
    if (!chosen.ok) return chosen;
    return post('/upsert', { ...described(added), embeddings: added.map(({ vector }) => encode?.(vector)) });
  }

  return async ({ added, moved, removed, marker }: StoreSwap): Promise<Result<void>> => {
    const mark = { new_metadata: { made_by: 'skein', marker } };
    const steps = [
      ...(removed.length === 0 ? [] : [() => post('/delete', { ids: removed })]),
      ...(added.length === 0 ? [] : [() => put(added)]),
      ...(moved.length === 0 ? [] : [() => post('/update', described(moved))]),
      () => calls.within('PUT', '', { shape: anything, body: mark }),
    ];
    for (const step of steps) {
      const done = await step();
      if (!done.ok) return done;
    }
    return ok(undefined);
  };
}

async function find(
  calls: ChromaCalls,
  { vector, notes, atMost }: StoreQuestion,
): Promise<Result<StoreHit[]>> {
  if (notes?.length === 0) return ok([]);
  const body = {
    query_embeddings: [Array.from(vector)],
    n_results: atMost,
    include: ['distances'],
    ...(notes === undefined ? {} : { where: { note: { $in: notes } } }),
  };
  const timeoutMs = limits.storeQuestionMs;
  const found = await calls.within('POST', '/query', { shape: nearShape, timeoutMs, body });
  if (!found.ok) return found;
  const [ids = []] = found.value.ids;
  const [distances = []] = found.value.distances;
  return ok(ids.map((key, nth) => ({ key, cosine: 1 - (distances[nth] ?? 1) })));
}

/** Those of this device and workspace, which all begin alike. */
async function tidy(calls: ChromaCalls, beginning: string): Promise<Result<void>> {
  const path = `${calls.collections}?limit=${limits.pageRows}`;
  const listed = await calls.ask('GET', path, { shape: namesShape });
  if (!listed.ok) return listed;
  const former = listed.value.filter(({ name }) => name.startsWith(beginning) && name !== calls.name);
  for (const { name } of former) {
    const gone = await calls.ask('DELETE', `${calls.collections}/${name}`, { shape: anything });
    if (!gone.ok) return gone;
  }
  return ok(undefined);
}

const packed = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');

const described = (passages: readonly StoredPassage[]) => ({
  ids: passages.map(({ key }) => key),
  metadatas: passages.map(({ note, headings, line, lastLine }) => ({
    note,
    headings: headings.join(' › '),
    line,
    last_line: lastLine,
  })),
});
