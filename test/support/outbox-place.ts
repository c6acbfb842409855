/** A database with notes and an outbox as `docs/outbox.sql` makes them, and the role of the workers. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { connectOutbox, type OutboxConnection } from '../../electron/adapters/outbox-connection.ts';
import { must } from './device.ts';
import type { PostgresServer } from './postgres-server.ts';

export type OutboxPlace = {
  server: PostgresServer;
  database: string;
  /** With the role of the workers, which may do what the documentation grants and no more. */
  url: string;
  connect(): OutboxConnection;
  /** A connection of its own, as the superuser, for who keeps a transaction open. */
  openSession(): Promise<pg.Client>;
  /** As the superuser. */
  run(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  write(note: string, text: string): Promise<void>;
  delete(note: string): Promise<void>;
};

const tables = readFileSync(new URL('../../docs/outbox.sql', import.meta.url), 'utf8');
export const workerRole = { name: 'skein_worker', password: 'a secret: 50%/@' };

/** Call inside a test. */
export async function makeOutbox(server: PostgresServer): Promise<OutboxPlace> {
  const database = await server.createDatabase();
  const run = (sql: string, values?: unknown[]) => server.run(database, sql, values);
  await run(`DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${workerRole.name}') THEN
      CREATE ROLE ${workerRole.name} LOGIN PASSWORD '${workerRole.password}';
    END IF;
  END $$`);
  await run(tables);
  const url = server.url(database, workerRole);
  return {
    server,
    database,
    url,
    connect() {
      const connection = must(connectOutbox(url));
      onTestFinished(() => connection.close());
      return connection;
    },
    async openSession() {
      const session = new pg.Client(server.url(database));
      session.on('error', () => {});
      await session.connect();
      onTestFinished(() => session.end());
      return session;
    },
    run,
    async write(note, text) {
      await run(
        `INSERT INTO notes VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET content = excluded.content, deleted = false`,
        [note, text],
      );
    },
    delete: async (note) => void (await run('UPDATE notes SET deleted = true WHERE id = $1', [note])),
  };
}
