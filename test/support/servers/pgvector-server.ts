/** A PostgreSQL with pgvector in a process of its own, which tests kill and start again. It asks for no password. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { installServers } from '../../../build/scripts/install-servers.ts';
import { freePort, until } from './chroma-server.ts';

export type PgvectorServer = {
  readonly url: string;
  /** Some statements; the rows of all. */
  query<Row>(text: string): Promise<Row[]>;
  start(): Promise<void>;
  /** At once, as a power failure would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

const program = fileURLToPath(new URL('pgvector-process.ts', import.meta.url));

export async function startPgvector(): Promise<PgvectorServer> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-pgvector-'));
  const packages = await installServers();
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let child: ChildProcess | undefined;

  async function query<Row>(text: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    try {
      return [await client.query(text)].flat().flatMap(({ rows }) => rows) as Row[];
    } finally {
      await client.end();
    }
  }

  async function start(): Promise<void> {
    const args = [program, packages, join(folder, 'data'), String(port)];
    child = spawn(process.execPath, args, { stdio: 'ignore' });
    await until(async () => (await query('SELECT 1')).length === 1, `PostgreSQL on ${url}`);
  }

  async function kill(): Promise<void> {
    const ended = child;
    child = undefined;
    if (ended === undefined) return;
    const gone = new Promise((resolve) => ended.once('exit', resolve));
    ended.kill('SIGKILL');
    await gone;
  }

  await start();
  return {
    url,
    query,
    start,
    kill,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
