/** A real ChromaDB server in a process of its own, which tests kill and start again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installServers } from '../../../build/scripts/install-servers.ts';

export type ChromaServer = {
  readonly url: string;
  readonly folder: string;
  pid(): number;
  start(): Promise<void>;
  /** At once, as a power failure would. */
  kill(): Promise<void>;
  stop(): Promise<void>;
};

export async function startChroma(): Promise<ChromaServer> {
  const folder = mkdtempSync(join(tmpdir(), 'skein-chroma-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = join(await installServers(), 'node_modules/chromadb/dist/cli.mjs');
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const args = [program, 'run', '--path', folder, '--host', '127.0.0.1', '--port', String(port)];
    child = spawn(process.execPath, args, { stdio: 'ignore' });
    await until(async () => (await fetch(`${url}/api/v2/heartbeat`)).ok, `ChromaDB on ${url}`);
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
    folder,
    pid: () => child?.pid ?? 0,
    start,
    kill,
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

/** Asks until it holds; who starts takes some seconds on a busy machine. */
export async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const endMs = performance.now() + 60_000;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`${what} did not come up.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
