/** Two Skeins over HTTP, and what only Skein does. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownFormType } from '../../../electron/host/knowledge/exchange/own-form.ts';
import { createKnowledgeSyncApp } from '../../../electron/http/knowledge-sync.ts';
import { startServer } from '../../../electron/http/server.ts';
import { must } from '../../support/device.ts';
import { ownToken, sharedToken, startCluster } from '../../support/exchanging-cluster.ts';
import { createTinyApp } from '../../support/tiny-app.ts';
import { makePlace, startHost } from '../host/support/hosts.ts';

/** Stands between two, counts bytes, and remembers in which form they spoke. */
async function startCounter(target: string) {
  const seen = { up: 0, down: 0, types: new Set<string>() };
  const { hostname, port } = new URL(target);
  const server = createServer((incoming, outgoing) => {
    seen.types.add(String(incoming.headers['content-type']));
    const { method, url: path, headers } = incoming;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      seen.types.add(String(answer.headers['content-type']));
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.on('data', (piece: Buffer) => (seen.down += piece.length)).pipe(outgoing);
    });
    incoming.on('data', (piece: Buffer) => (seen.up += piece.length)).pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { seen, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** A file with some bytes at its end and nothing before. */
function putLarge(folder: string, path: string, size: number): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, 'w');
  ftruncateSync(handle, size);
  writeSync(handle, 'the end', size - 7);
  closeSync(handle);
}

async function md5OfFile(file: string): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

const mib = 1024 * 1024;

test('a large file goes both ways, raw', async () => {
  const theirs = await startCluster();
  const between = await startCounter(theirs.address);
  const ours = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: between.address });
  putLarge(theirs.folder, 'theirs/faiss.index', 32 * mib);
  putLarge(ours.folder, 'ours/faiss.index', 33 * mib);
  expect(await ours.sync()).toMatchObject({ taken: 1, given: 1, drift: 0, refused: [] });
  for (const path of ['theirs/faiss.index', 'ours/faiss.index'])
    expect(await md5OfFile(join(ours.folder, path))).toBe(await md5OfFile(join(theirs.folder, path)));
  expect([...between.seen.types].toSorted()).toEqual(['application/json', ownFormType].toSorted());
  // Base64 would be a third more.
  expect(between.seen.down).toBeLessThan(32.1 * mib);
  expect(between.seen.up).toBeLessThan(33.1 * mib);
});

test('a deletion reaches who never asked for it before, and what is made again afterwards stays', async () => {
  const theirs = await startCluster();
  const ours = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: theirs.address });
  theirs.put('a.index', 'vectors');
  await (await theirs.post('{"action":"pull","known":[]}')).text();
  theirs.remove('a.index');
  ours.put('a.index', 'vectors');
  expect(await ours.sync()).toMatchObject({ removedHere: 1, given: 0 });
  ours.put('a.index', 'vectors');
  expect(await ours.sync()).toMatchObject({ removedHere: 0, given: 1, drift: 0 });
  expect(theirs.text('a.index')).toBe('vectors');
});

test('three clusters in a row end with the same files', async () => {
  const [a, b] = [await startCluster(), await startCluster()];
  const c = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: `${a.address},${b.address}` });
  a.put('a.index', 'a');
  b.put('b.index', 'b');
  c.put('c.index', 'c');
  await c.host.indexExchange?.syncNow();
  const states = (await c.host.indexExchange?.syncNow()) ?? [];
  expect(states.map(({ outcome }) => outcome?.drift)).toEqual([0, 0]);
  for (const { folder } of [a, b, c])
    expect(readdirSync(folder).toSorted()).toEqual(['a.index', 'b.index', 'c.index']);
});

test('only who has a token is answered, and no page of a browser', async () => {
  const { address, post } = await startCluster();
  const ask = (headers: Record<string, string>) =>
    fetch(`${address}/knowledge_sync`, { method: 'POST', headers, body: '{"action":"pull"}' });
  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: 'Bearer wrong' })).status).toBe(401);
  expect((await ask({ authorization: `Bearer ${sharedToken}` })).status).toBe(200);
  expect((await ask({ authorization: `Bearer ${sharedToken}`, origin: 'https://evil.example' })).status).toBe(
    403,
  );
  expect((await post('{"action":"pull"}')).status).toBe(200);
  // Of the rest the shared token opens nothing.
  const other = await fetch(`${address}/api/workspaces`, {
    headers: { authorization: `Bearer ${sharedToken}` },
  });
  expect(other.status).toBe(401);
});

test('at the address for other machines only the exchange is answered, with the shared token only', async () => {
  const { host, put } = await startCluster();
  put('a.index', 'vectors');
  const exchange = host.indexExchange!;
  const server = must(await startServer(createKnowledgeSyncApp(exchange), { port: 0, host: '127.0.0.1' }));
  onTestFinished(() => server.close());
  const ask = (path: string, token: string, method = 'POST') =>
    fetch(`http://localhost:${server.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, host: 'anything.example' },
      ...(method === 'POST' ? { body: '{"action":"pull"}' } : {}),
    });
  expect(await (await ask('/knowledge_sync', sharedToken)).json()).toMatchObject({
    inventory: [{ path: 'a.index' }],
  });
  expect((await ask('/knowledge_sync', ownToken)).status).toBe(401);
  expect((await ask('/api/workspaces', sharedToken, 'GET')).status).toBe(404);
  expect((await ask('/', sharedToken, 'GET')).status).toBe(404);
  expect((await ask('/knowledge_sync', sharedToken, 'GET')).status).toBe(404);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('two clusters as the guide connects them; an address that cannot be had is said, and the rest works', async () => {
  const listen = `127.0.0.1:${await freePort()}`;
  const theirs = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_LISTEN: listen });
  theirs.put('a.index', 'vectors');
  const ours = await startCluster({
    GLOBAL_KNOWLEDGE_SYNC_LISTEN: listen,
    GLOBAL_KNOWLEDGE_SYNC_PEERS: `http://${listen}`,
  });
  expect(ours.log.lines.map(({ message }) => message)).toEqual([
    expect.stringContaining('Other clusters cannot ask for index files: '),
  ]);
  expect(await ours.sync()).toMatchObject({ taken: 1, drift: 0 });
  const stranger = await startCluster({
    GLOBAL_KNOWLEDGE_SYNC_TOKEN: 'another-token-that-is-long-enough-012',
    GLOBAL_KNOWLEDGE_SYNC_PEERS: `http://${listen}`,
  });
  await expect(stranger.sync()).rejects.toThrow(/answered 401: This request does not show the token/);
});

test('off means off: no route, no folder, no exchange', async () => {
  const place = makePlace();
  const { host } = await startHost(place, {
    env: { HOME: place.home, GLOBAL_KNOWLEDGE_SYNC_PEERS: 'http://127.0.0.1:9' },
  });
  expect(host.indexExchange).toBeUndefined();
  expect(readdirSync(place.dataFolder)).not.toContain('storage');
  const app = createTinyApp();
  const ask = (path: string) => app.ask(path, { method: 'POST', body: '{"action":"pull"}' });
  const [answer, unknown] = [await ask('/knowledge_sync'), await ask('/knowledge_sink')];
  expect(answer.status).toBe(unknown.status);
  expect(await answer.text()).toBe((await unknown.text()).replaceAll('sink', 'sync'));
  expect((await app.send('POST', '/api/knowledge/sync', {})).status).toBe(404);
});
