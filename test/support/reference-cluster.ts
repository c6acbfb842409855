/**
 * A cluster as reference/000 describes it and no more: written from that page alone, with plain node:http, and it knows
 * nothing of our code. Its `removed` is what the page says: every known path that it lacks.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder.ts';

type Index = { path: string; md5: string; content: string };
type Entry = { path: string; md5: string };
type PullAnswer = { indexes: Index[]; removed: string[]; inventory: Entry[] };

export const md5Of = (bytes: Uint8Array | string): string => createHash('md5').update(bytes).digest('hex');

export type ReferenceCluster = {
  folder: string;
  address: string;
  put(path: string, text: string): void;
  text(path: string): string | undefined;
  remove(path: string): void;
  inventory(): Entry[];
  /** What the scheduled job does with one peer. */
  sync(peer: string, headers: Record<string, string>): Promise<void>;
  /** How often its API was asked for each action. */
  asked: { pull: number; push: number };
  authorization: (string | undefined)[];
  /** From then on nobody listens there. */
  stop(): Promise<void>;
};

/** Call inside a test. `answer` stands in for the service where a peer misbehaves. */
export async function startReferenceCluster(): Promise<ReferenceCluster> {
  const folder = temporaryFolder();
  const asked = { pull: 0, push: 0 };
  const authorization: (string | undefined)[] = [];
  const server = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', () => {
      authorization.push(incoming.headers.authorization);
      const body = JSON.parse(Buffer.concat(pieces).toString()) as { action: 'pull' | 'push' };
      asked[body.action] += 1;
      const answer = body.action === 'pull' ? pull(body as never) : push(body as never);
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());

  const inventory = (): Entry[] =>
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => ({ path, md5: md5Of(readFileSync(join(folder, path))) }));
  const pull = ({ known }: { known: Entry[] }): PullAnswer => {
    const theirs = new Map(known.map(({ path, md5 }) => [path, md5]));
    const ours = inventory();
    return {
      indexes: ours.filter(({ path, md5 }) => theirs.get(path) !== md5).map(read),
      removed: known.map(({ path }) => path).filter((path) => !existsSync(join(folder, path))),
      inventory: ours,
    };
  };
  const read = ({ path, md5 }: Entry): Index => ({
    path,
    md5,
    content: readFileSync(join(folder, path)).toString('base64'),
  });
  const push = ({ indexes, removed }: { indexes: Index[]; removed: string[] }) => {
    apply(indexes, removed);
    return { applied: indexes.length, inventory: inventory() };
  };
  const apply = (indexes: readonly Index[], removed: readonly string[]): void => {
    for (const { path, md5, content } of indexes) {
      const bytes = Buffer.from(content, 'base64');
      if (md5Of(bytes) === md5) put(path, bytes);
    }
    for (const path of removed) rmSync(join(folder, path), { force: true });
  };
  const put = (path: string, bytes: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  return {
    folder,
    asked,
    authorization,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put,
    remove: (path) => rmSync(join(folder, path)),
    text: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined),
    inventory,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    async sync(peer, headers) {
      const pulled = (await post(peer, { action: 'pull', known: inventory() }, headers)) as PullAnswer;
      apply(pulled.indexes, pulled.removed);
      const theirs = new Map(pulled.inventory.map(({ path, md5 }) => [path, md5]));
      const missing = inventory().filter(({ path }) => !theirs.has(path));
      if (missing.length > 0)
        await post(peer, { action: 'push', indexes: missing.map(read), removed: [] }, headers);
    },
  };
}

function post(peer: string, body: unknown, headers: Record<string, string>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asking = request(
      `${peer}/knowledge_sync`,
      { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('end', () => resolve(JSON.parse(Buffer.concat(pieces).toString())));
      },
    );
    asking.on('error', reject);
    asking.end(JSON.stringify(body));
  });
}
