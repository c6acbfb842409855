/** The way to a PostgreSQL with pgvector. Nothing of it is loaded before the first question. */
import type { ClientBase, Pool, PoolClient } from 'pg';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { decoded } from './pg-address.ts';
import { inTransaction } from './pg-transaction.ts';
import { describePgError, type PgPlace } from './pgvector-problems.ts';

/** Throws what `pg` throws. */
export type PgQuery = <Row = unknown>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

export type PgConnection = {
  place: PgPlace;
  /** Fails with what the server, or the way to it, said. */
  run<Value>(work: (query: PgQuery) => Promise<Value>, timeoutMs?: number): Promise<Result<Value>>;
  /** All or nothing. */
  transaction<Value>(work: (query: PgQuery) => Promise<Value>): Promise<Result<Value>>;
  close(): Promise<void>;
};

/** More places are looked through than an answer has, and more than that where a filter leaves few. */
const sessionSettings = { 'hnsw.ef_search': '200', 'hnsw.iterative_scan': 'strict_order' };

/** `url` may hold a password; where it does not, PGPASSWORD does. */
export function connectPg(url: string): PgConnection {
  const place = placeOf(url);
  let pool: Pool | undefined;

  async function open(): Promise<Pool> {
    const { default: pg } = await import('pg');
    if (pool === undefined) {
      pool = new pg.Pool({
        connectionString: url,
        application_name: 'skein',
        max: 2,
        connectionTimeoutMillis: limits.storeQuestionMs,
        idleTimeoutMillis: limits.knowledgeIdleMs,
        onConnect: prepare,
      });
      // A connection that breaks while nobody uses it: the next question opens another one.
      pool.on('error', ignore);
    }
    return pool;
  }

  async function guard<Value>(work: (pool: Pool) => Promise<Value>): Promise<Result<Value>> {
    try {
      return ok(await work(await open()));
    } catch (cause) {
      return err(describePgError(cause, place));
    }
  }

  return {
    place,
    run: (work, timeoutMs = limits.storeAnswerMs) => guard((it) => work(queryOn(it, timeoutMs))),
    transaction: (work) => guard((it) => within(it, work)),
    async close() {
      const open = pool;
      pool = undefined;
      await open?.end().catch(ignore);
    },
  };
}

async function prepare(client: ClientBase): Promise<void> {
  for (const [name, value] of Object.entries(sessionSettings)) {
    // An older pgvector does not know all of them.
    await client.query('SELECT set_config($1, $2, false)', [name, value]).catch(ignore);
  }
}

const within = <Value>(pool: Pool, work: (query: PgQuery) => Promise<Value>): Promise<Value> =>
  inTransaction(pool, (client) => work(queryOn(client, limits.storeAnswerMs)));

const queryOn =
  (client: Pool | PoolClient, timeoutMs: number): PgQuery =>
  async <Row>(text: string, values: readonly unknown[] = []) => {
    const question = { text, values: [...values], query_timeout: timeoutMs };
    return (await client.query(question)).rows as Row[];
  };

const ignore = (): void => {};

function placeOf(address: string): PgPlace {
  const url = new URL(address);
  const user = decoded(url.username) || process.env['PGUSER'] || process.env['USER'] || 'postgres';
  return {
    server: `${url.hostname || 'localhost'}:${url.port || '5432'}`,
    database: decoded(url.pathname.slice(1)) || user,
    user,
  };
}
