/** The way to a PostgreSQL with an outbox: a few connections for queries, and one that hears notifications. */
import pg from 'pg';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { describeOutboxError, type OutboxPlace } from './outbox-problems.ts';
import { decoded, isCutShort } from './pg-address.ts';
import { inTransaction } from './pg-transaction.ts';

/** The channel on which a trigger of the outbox notifies, and whoever wants failed notes tried again. */
export const outboxChannel = 'skein_outbox';

export type Query = <Row>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Every call fails with a `ProblemError` that names the server. */
export type OutboxConnection = {
  place: OutboxPlace;
  query: Query;
  /** Read committed: each statement sees what others committed before it. */
  transaction<Value>(work: (query: Query) => Promise<Value>): Promise<Value>;
  /**
   * Sees to it that notifications are heard. What was sent while nobody listened is lost, so `heard` is also called
   * when listening begins.
   */
  listen(channel: string, heard: () => void): Promise<void>;
  close(): Promise<void>;
};

/** Opens nothing yet. Fails with `bad-input` when the address is none. */
export function connectOutbox(address: string): Result<OutboxConnection> {
  const place = placeOf(address);
  if (!place.ok) return place;
  const options = { ...connectionOptions, connectionString: address };
  const pool = new pg.Pool({ ...options, max: 3 });
  // A connection that breaks while nobody uses it: the next query opens another one.
  pool.on('error', () => {});
  let listener: pg.Client | undefined;

  const guard = <Value>(work: () => Promise<Value>): Promise<Value> =>
    work().catch((cause: unknown) => {
      throw describeOutboxError(cause, place.value);
    });
  const queryOn =
    (client: pg.Pool | pg.PoolClient): Query =>
    async <Row>(text: string, values: readonly unknown[] = []) =>
      (await client.query(text, [...values])).rows as Row[];

  async function listen(channel: string, heard: () => void): Promise<void> {
    if (listener !== undefined) return;
    const client = new pg.Client(options);
    const lose = (): void => {
      if (listener !== client) return;
      listener = undefined;
      // Whoever waits for notifications is to know that none will come.
      heard();
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', heard);
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
    } catch (cause) {
      void client.end().catch(ignore);
      throw cause;
    }
    listener = client;
    heard();
  }

  return ok({
    place: place.value,
    query: (text, values) => guard(() => queryOn(pool)(text, values)),
    transaction: (work) => guard(() => inTransaction(pool, (client) => work(queryOn(client)))),
    listen: (channel, heard) => guard(() => listen(channel, heard)),
    async close() {
      const last = listener;
      listener = undefined;
      await Promise.all([last?.end().catch(ignore), pool.end().catch(ignore)]);
    },
  });
}

const ignore = (): void => {};

const connectionOptions = {
  application_name: 'skein knowledge worker',
  connectionTimeoutMillis: limits.outboxConnectMs,
  query_timeout: limits.outboxQueryMs,
  keepAlive: true,
};

/** What of an address may be shown. Fails with `bad-input`, which does not repeat it: there may be a password in it. */
export function placeOf(address: string): Result<OutboxPlace> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !['postgres:', 'postgresql:'].includes(url.protocol)) return err(noAddress);
  if (isCutShort(url)) return err(unclearAddress);
  const host = url.searchParams.get('host') ?? (url.hostname || 'localhost');
  const user = decoded(url.username) || url.searchParams.get('user') || ownName();
  return ok({
    server: host.startsWith('/') ? host : `${host}:${url.port || '5432'}`,
    database: decoded(url.pathname.slice(1)) || user,
    user,
  });
}

/** Whether an address holds a password, which everybody sees who may list processes. */
export const holdsPassword = (address: string): boolean => {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url !== undefined && (url.password !== '' || url.searchParams.has('password'));
};

const ownName = (): string => process.env['PGUSER'] ?? process.env['USER'] ?? 'postgres';

const noAddress: Problem = problem(
  'bad-input',
  'SKEIN_OUTBOX_URL',
  'The address of the outbox is not one of PostgreSQL.',
  'Give it as postgres://USER@HOST:5432/DATABASE; the password may stand in SKEIN_OUTBOX_URL or in PGPASSWORD.',
);

const unclearAddress: Problem = problem(
  'bad-input',
  'SKEIN_OUTBOX_URL',
  'The address of the outbox has an @ where none can be; there is a character before it that ends the name of the server.',
  'Write these in a password by their numbers: / as %2F, ? as %3F, # as %23, @ as %40. Or put it into PGPASSWORD.',
);
