/**
 * A table of a PostgreSQL with pgvector as a store, in a schema of its own: `key`, `note`, `headings`, `line`, `last_line`
 * and `vector`, with an HNSW index. The marker stands in `skein_vectors.places` and moves in the transaction of its batch.
 * Vectors are half-precision: half the memory, and lengths of up to 4,000 can be indexed.
 */
import { limits } from '../../shared/limits.ts';
import { ok, ProblemError, type Result } from '../../shared/result.ts';
import type {
  StoredPassage,
  StoredVector,
  StoreHit,
  StoreHoldings,
  StoreQuestion,
  StoreSwap,
  VectorStore,
} from '../engine/knowledge/vector-store.ts';
import { pgJson } from './pg-json.ts';
import { connectPg, type PgConnection, type PgQuery } from './pgvector-connection.ts';
import { mayNot, noExtension, oldExtension } from './pgvector-problems.ts';

export type PgvectorPlace = {
  /** With or without a password. */
  url: string;
  /** With what the names of all tables of this device and workspace begin, and with what this one's ends. */
  space: { name: string; making: string };
};

type Place = PgConnection & { table: string; name: string; beginning: string };

const oldestExtension = [0, 7] as const;

export function openPgvectorStore({ url, space }: PgvectorPlace): VectorStore {
  const connection = connectPg(url);
  const name = `${space.name}-${space.making}`;
  const at: Place = {
    ...connection,
    name,
    beginning: `${space.name}-`,
    table: `skein_vectors.${quoted(name)}`,
  };
  const { server, database } = connection.place;
  return {
    place: `postgres://${server}/${database}, table ${at.table}`,
    check: () => at.run((query) => check(at, query), limits.storeQuestionMs),
    look: () => look(at),
    swap: (swap) => at.transaction((query) => take(at, query, swap)),
    find: (question) => find(at, question),
    keys: (from, atMost) => at.run((query) => listKeys(at, query, { from, atMost })),
    async settle() {
      const made = await at.run((query) => makeIndex(at, query), limits.storeSettleMs);
      return made.ok ? at.transaction((query) => tidy(at, query)) : made;
    },
    close: connection.close,
  };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What is not there yet is made by the first `look`, if the role may. */
async function check(at: Place, query: PgQuery): Promise<void> {
  const installed = await readExtension(at, query);
  const [it] = await query<{ has_schema: boolean; may_create: boolean }>(
    `SELECT to_regnamespace('skein_vectors') IS NOT NULL AS has_schema,
       has_database_privilege(current_database(), 'CREATE') AS may_create`,
  );
  const isMade = installed !== null && it?.has_schema === true;
  if (!isMade && it?.may_create !== true)
    throw new ProblemError(mayNot(at.place, 'it may make nothing in the database'));
}

/** What the role may not make has been made by somebody who may, or it is said. */
async function look(at: Place): Promise<Result<StoreHoldings>> {
  return at.run(async (query) => {
    await ensureExtension(at, query);
    await ensureSchema(query);
    const [kept] = await query<{ marker: string }>(
      'SELECT marker FROM skein_vectors.places WHERE place = $1',
      [at.name],
    );
    return { count: await count(at, query), marker: kept?.marker ?? '' };
  });
}

async function ensureExtension(at: Place, query: PgQuery): Promise<void> {
  if ((await readExtension(at, query)) === null) await query('CREATE EXTENSION IF NOT EXISTS vector');
}

/** The version that the database has, null where it could have one; throws where it cannot be used. */
async function readExtension(at: Place, query: PgQuery): Promise<string | null> {
  const [there] = await query<{ installed: string | null }>(
    "SELECT installed_version AS installed FROM pg_available_extensions WHERE name = 'vector'",
  );
  if (there === undefined) throw new ProblemError(noExtension(at.place));
  const [major = 0, minor = 0] = (there.installed ?? '').split('.').map(Number);
  if (there.installed !== null && major === 0 && minor < oldestExtension[1])
    throw new ProblemError(oldExtension(at.place, there.installed));
  return there.installed;
}

async function ensureSchema(query: PgQuery): Promise<void> {
  const [it] = await query<{ schema: string | null; places: string | null }>(
    "SELECT to_regnamespace('skein_vectors')::text AS schema, to_regclass('skein_vectors.places')::text AS places",
  );
  if (it?.schema === null) await query('CREATE SCHEMA IF NOT EXISTS skein_vectors');
  if (it?.places === null)
    await query(
      'CREATE TABLE IF NOT EXISTS skein_vectors.places (place text PRIMARY KEY, marker text NOT NULL)',
    );
}

/** The table is made with the first vector, which says how long they are. */
async function isThere({ table }: Place, query: PgQuery): Promise<boolean> {
  const [it] = await query<{ name: string | null }>('SELECT to_regclass($1)::text AS name', [table]);
  return it !== undefined && it.name !== null;
}

async function count(at: Place, query: PgQuery): Promise<number> {
  if (!(await isThere(at, query))) return 0;
  const [it] = await query<{ count: number }>(`SELECT count(*)::int AS count FROM ${at.table}`);
  return it?.count ?? 0;
}

async function makeTable({ table, name }: Place, query: PgQuery, dimensions: number): Promise<void> {
  await query(`
    CREATE TABLE IF NOT EXISTS ${table} (
      key text PRIMARY KEY, note text NOT NULL, headings jsonb NOT NULL,
      line integer NOT NULL, last_line integer NOT NULL, vector halfvec(${dimensions}) NOT NULL
    )`);
  await query(`CREATE INDEX IF NOT EXISTS ${quoted(`${name}_note`)} ON ${table} (note)`);
}

/** Of a table that is full already it takes a fraction of the time. */
async function makeIndex(at: Place, query: PgQuery): Promise<void> {
  if (!(await isThere(at, query))) return;
  await query(
    `CREATE INDEX IF NOT EXISTS ${quoted(`${at.name}_near`)} ON ${at.table}
     USING hnsw (vector halfvec_cosine_ops)`,
  );
}

async function take(at: Place, query: PgQuery, { added, moved, removed, marker }: StoreSwap): Promise<void> {
  const [first] = added;
  if (first !== undefined && !(await isThere(at, query))) await makeTable(at, query, first.vector.length);
  if (removed.length > 0 && (await isThere(at, query)))
    await query(`DELETE FROM ${at.table} WHERE key = ANY($1)`, [removed]);
  if (added.length > 0) await put(at, query, added);
  if (moved.length > 0 && (await isThere(at, query))) await move(at, query, moved);
  await query(
    `INSERT INTO skein_vectors.places (place, marker) VALUES ($1, $2)
     ON CONFLICT (place) DO UPDATE SET marker = excluded.marker`,
    [at.name, marker],
  );
}

async function put({ table }: Place, query: PgQuery, added: readonly StoredVector[]): Promise<void> {
  await query(
    `INSERT INTO ${table} (key, note, headings, line, last_line, vector)
     SELECT key, note, headings::jsonb, line, last_line, vector::halfvec
     FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::text[])
       AS given (key, note, headings, line, last_line, vector)
     ON CONFLICT (key) DO UPDATE SET note = excluded.note, headings = excluded.headings, line = excluded.line,
       last_line = excluded.last_line, vector = excluded.vector`,
    [...columnsOf(added), added.map(({ vector }) => vectorText(vector))],
  );
}

/** The index of vectors does not hear of it. */
async function move({ table }: Place, query: PgQuery, moved: readonly StoredPassage[]): Promise<void> {
  await query(
    `UPDATE ${table} AS held SET note = given.note, headings = given.headings::jsonb, line = given.line,
       last_line = given.last_line
     FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[])
       AS given (key, note, headings, line, last_line)
     WHERE held.key = given.key`,
    columnsOf(moved),
  );
}

const columnsOf = (passages: readonly StoredPassage[]): unknown[] => [
  passages.map(({ key }) => key),
  passages.map(({ note }) => note),
  passages.map(({ headings }) => pgJson(headings)),
  passages.map(({ line }) => line),
  passages.map(({ lastLine }) => lastLine),
];

/** More digits than half-precision keeps. */
const vectorText = (vector: Float32Array): string =>
  `[${Array.from(vector, (number) => number.toFixed(6)).join(',')}]`;

type HitRow = { key: string; distance: number };

async function find(at: Place, { vector, notes, atMost }: StoreQuestion): Promise<Result<StoreHit[]>> {
  if (notes?.length === 0) return ok([]);
  const found = await at.run(async (query) => {
    if (!(await isThere(at, query))) return [];
    const within = notes === undefined ? '' : 'WHERE note = ANY($3)';
    return query<HitRow>(
      `SELECT key, vector <=> $1::halfvec AS distance FROM ${at.table} ${within} ORDER BY distance LIMIT $2`,
      [vectorText(vector), atMost, ...(notes === undefined ? [] : [notes])],
    );
  }, limits.storeQuestionMs);
  // A vector without a direction has no distance, and is near to nothing.
  const cosineOf = (distance: number): number => (Number.isNaN(distance) ? 0 : 1 - distance);
  return found.ok ? ok(found.value.map(({ key, distance }) => ({ key, cosine: cosineOf(distance) }))) : found;
}

async function listKeys(
  at: Place,
  query: PgQuery,
  { from, atMost }: { from: number; atMost: number },
): Promise<string[]> {
  if (!(await isThere(at, query))) return [];
  const rows = await query<{ key: string }>(`SELECT key FROM ${at.table} ORDER BY key OFFSET $1 LIMIT $2`, [
    from,
    atMost,
  ]);
  return rows.map(({ key }) => key);
}

/** Those of this device and workspace, which all begin alike. */
async function tidy(at: Place, query: PgQuery): Promise<void> {
  const former = await query<{ place: string }>(
    'SELECT place FROM skein_vectors.places WHERE starts_with(place, $1) AND place <> $2',
    [at.beginning, at.name],
  );
  for (const { place } of former) {
    await query(`DROP TABLE IF EXISTS skein_vectors.${quoted(place)}`);
    await query('DELETE FROM skein_vectors.places WHERE place = $1', [place]);
  }
}
