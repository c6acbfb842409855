/** What strangers and faulty peers may try at the port of peers: each gets a clear no, and nobody else suffers. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { zstdCompressSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createDialer, readCertificate } from '../../../electron/adapters/peer-dialer.ts';
import type { Caller, PeerGate } from '../../../electron/host/peers/peers-contract.ts';
import { createPeerApp } from '../../../electron/http/peer/peer-app.ts';
import { listenForPeers } from '../../../electron/http/peer/peer-server.ts';
import { startTlsServer } from '../../../electron/http/server.ts';
import { limits } from '../../../shared/limits.ts';
import { ok } from '../../../shared/result.ts';
import { type Device, makeRepository, must, pairDevices, startDevice } from '../../support/device.ts';
import { askWithoutCertificate, makeStranger, type Stranger } from '../../support/stranger.ts';

const portOf = (device: Device): number => device.host.peers.network().listening?.port ?? 0;

let desk: Device;
let port: number;
let workspace: string;
/** Speaks with the key of a paired device. */
let peer: Stranger;

/** A desk that is paired with a device whose key the test holds. */
beforeEach(async () => {
  const repository = makeRepository();
  desk = await startDevice({ name: 'desk', repository });
  const lap = await startDevice({ name: 'lap', repository });
  await pairDevices(desk, lap, { ownDevice: true });
  await lap.stop();
  peer = makeStranger(JSON.parse(readFileSync(`${lap.dataFolder}/device.json`, 'utf8')));
  port = portOf(desk);
  workspace = desk.host.workspaces()[0]?.workspace ?? '';
});

const at = (path: string, query = ''): string => `${path}?workspace=${workspace}${query}`;
const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
  peer.ask(port, at('/sync/changes'), { method: 'POST', body, headers });

test('every request of a stranger, and of nobody, gets no and nothing of the log', async () => {
  const stranger = makeStranger();
  for (const path of [
    '/sync/hello',
    at('/sync/watermark'),
    at('/sync/changes', '&since=0'),
    at('/sync/news'),
    '/',
  ]) {
    const said = await stranger.ask(port, path);
    expect([path, said.status]).toEqual([path, 403]);
    expect(said.text).not.toContain(workspace);
    expect((await askWithoutCertificate(port, path)).status).toBe(401);
  }
  expect((await stranger.ask(port, '/pair/begin', { method: 'POST', body: '{}' })).status).toBe(400);
});

test('plain HTTP gets no answer, and TLS before 1.3 none either', async () => {
  const plain = connect(port, '127.0.0.1');
  plain.write('GET /sync/hello HTTP/1.1\r\nHost: x\r\n\r\n');
  const chunks: Buffer[] = [];
  plain.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
  await once(plain, 'close');
  expect(Buffer.concat(chunks).toString()).not.toContain('HTTP');
  const old = connectTls({ host: '127.0.0.1', port, maxVersion: 'TLSv1.2', rejectUnauthorized: false });
  const [cause] = (await once(old, 'error')) as [Error];
  expect(cause.message).toMatch(/version|handshake|reset|disconnected/i);
  expect((await peer.ask(port, '/sync/hello')).status).toBe(200);
});

test('a paired device is asked for its workspace, and gets none that is not shared or not open', async () => {
  const hello = (await peer.ask(port, '/sync/hello')).json() as unknown as { workspaces: unknown[] };
  expect(hello.workspaces).toMatchObject([{ workspace, write: true }]);
  expect((await peer.ask(port, '/sync/watermark?workspace=')).status).toBe(409);
  must(await desk.host.peers.share({ id: peer.id, workspace_id: workspace, shared: false }));
  expect((await peer.ask(port, at('/sync/watermark'))).status).toBe(403);
  must(await desk.host.peers.share({ id: peer.id, workspace_id: workspace, shared: true }));
  await desk.host.close(desk.host.workspaces()[0]?.id ?? '');
  const said = await peer.ask(port, at('/sync/watermark'));
  expect([said.status, said.json().error?.message]).toEqual([409, 'The workspace is not open on desk now.']);
});

describe('a body', () => {
  test('that is too large, packed or not, is refused before it is read whole', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(limits.peerMessageBytes + 1));
    expect(bomb.length).toBeLessThan(100_000);
    const said = await post(bomb, { 'content-encoding': 'zstd' });
    expect([said.status, said.json().error?.code]).toEqual([413, 'too-large']);
    const plain = Buffer.alloc(limits.strangerMessageBytes + 1, 32);
    expect((await makeStranger().ask(port, '/pair/begin', { method: 'POST', body: plain })).status).toBe(413);
  });

  test.each([
    ['no JSON', '{"changes":', {}],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), {}],
    ['another shape', '{"changes":[{"kind":"created","path":"../x"}]}', {}],
    ['packed otherwise', 'x', { 'content-encoding': 'gzip' }],
    ['damaged', new Uint8Array([1, 2, 3]), { 'content-encoding': 'zstd' }],
  ])('that is %s is refused with a sentence', async (_, body, headers: Record<string, string>) => {
    const said = await post(body, headers);
    expect([said.status, said.json().error?.code]).toEqual([400, 'bad-input']);
    expect(said.json().error?.message).toMatch(/^lap sent something that Skein cannot read: /);
  });
});

test('a question that takes its time gets what its asker may have at its end', async () => {
  const body = JSON.stringify({ hashes: [nodeCodec.sha256(Buffer.from('# Agents\n'))] });
  const head = [
    `POST ${at('/sync/contents')} HTTP/1.1`,
    'Host: x',
    'x-skein-protocol: 1',
    `Content-Length: ${body.length}`,
    'Expect: 100-continue',
  ];
  const answers: string[] = [];
  for (const patterns of [[], ['docs/**']]) {
    const socket = await peer.connect(port);
    socket.on('error', () => {}).write(`${head.join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    must(await desk.host.peers.share({ id: peer.id, workspace_id: workspace, patterns }));
    socket.write(body);
    answers.push(String(await once(socket, 'data')));
    socket.destroy();
  }
  expect(answers[0]).toContain('# Agents');
  expect(answers[1]).toContain('"body":null');
});

test('an answer quotes only a little of what was sent, however long that is', async () => {
  const long = 'x'.repeat(9_000);
  const answers = [await post('x', { 'content-encoding': long }), await peer.ask(port, `/sync/${long}`)];
  expect(answers.map(({ status }) => status)).toEqual([400, 404]);
  for (const { text } of answers) expect(text.length).toBeLessThan(2_000);
});

test('who asks for the head of the news alone is followed by nothing that would never end', async () => {
  let followers = 0;
  const gate = {
    isPeer: () => true,
    admit: () => undefined,
    workspace: () => ok({}),
    followNews: () => {
      followers += 1;
      return () => {
        followers -= 1;
      };
    },
  } as unknown as PeerGate;
  const ask = createPeerApp(gate);
  const about = async (method: string) => {
    const request = new Request('https://desk/sync/news', { method });
    return (await ask(request, { id: peer.id } as Caller)).body;
  };
  expect(await about('HEAD')).toBeNull();
  expect(followers).toBe(0);
  await (await about('GET'))?.cancel();
  expect(followers).toBe(0);
});

test('a wrong `since` is said as documented, a wrong limit, and a path that does not exist, too', async () => {
  const said = await peer.ask(port, at('/sync/changes', '&since=xyz'));
  expect([said.status, said.text]).toEqual([400, 'Invalid HLC format']);
  expect((await peer.ask(port, at('/sync/changes', '&since=0&limit=none'))).status).toBe(400);
  expect((await peer.ask(port, '/sync/elsewhere')).status).toBe(404);
});

test('a peer of another version is told so, and so is the user here', async () => {
  const said = await peer.ask(port, '/sync/hello', { headers: { 'x-skein-protocol': '0' } });
  expect([said.status, said.json().error?.code]).toEqual([426, 'protocol-too-old']);
  expect(desk.peer('lap')).toMatchObject({
    state: 'refused',
    problem: { code: 'protocol-too-old', advice: 'Update Skein on lap.' },
  });
});

test('two machines that pass for one device are noticed when they take turns', async () => {
  const as = (instance: string) =>
    peer.ask(port, '/sync/hello', { headers: { 'x-skein-instance': instance } });
  expect((await as('first')).status).toBe(200);
  expect((await as('second')).status).toBe(200);
  expect((await as('second')).status).toBe(200);
  expect((await as('first')).json().error?.code).toBe('device-twice');
  expect(desk.peer('lap')).toMatchObject({ state: 'refused', problem: { code: 'device-twice' } });
});

test('what a peer may not do is refused, and what it may no longer do, at once', async () => {
  must(await desk.host.peers.share({ id: peer.id, workspace_id: workspace, write: false }));
  expect((await post('{}')).json().error?.message).toContain('desk takes no changes');
  const socket = await peer.connect(port);
  socket.write(`GET ${at('/sync/news')} HTTP/1.1\r\nHost: x\r\nx-skein-protocol: 1\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString()).toContain('200 OK');
  const gone = once(socket, 'close');
  socket.on('error', () => {});
  expect(must(await desk.host.peers.revoke(peer.id))).toBe(true);
  await gone;
  await expect(peer.ask(port, '/sync/hello')).rejects.toThrow();
  expect(must(await desk.host.peers.revoke(peer.id))).toBe(false);
});

test.each([
  [
    'is shared no longer',
    () => desk.host.peers.share({ id: peer.id, workspace_id: workspace, shared: false }),
  ],
  ['came with all others', () => desk.host.peers.change({ id: peer.id, share_all: false })],
])('news of a workspace that %s end at once', async (_, takeAway) => {
  const socket = await peer.connect(port);
  socket.write(`GET ${at('/sync/news')} HTTP/1.1\r\nHost: x\r\nx-skein-protocol: 1\r\n\r\n`);
  await once(socket, 'data');
  const gone = once(
    socket.on('error', () => {}),
    'close',
  );
  must(await takeAway());
  await gone;
});

test('a revoked device loses the connections, too, that it opened before it was paired', async () => {
  const [own, guest] = [makeStranger(), makeStranger()];
  const paired = new Set<string>();
  const gate = { isPeer: (id: string) => paired.has(id), name: () => 'desk' } as PeerGate;
  const server = must(
    await listenForPeers(gate, { port: 0, bind: 'loopback', key: own.key, certificate: own.certificate }),
  );
  const early = await guest.connect(server.port);
  early.on('error', () => {}).write('GET /sync/hello HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(early, 'data');
  const gone = once(early, 'close');
  paired.add(guest.id);
  server.cut(guest.id);
  await gone;
  await server.close();
});

test('another device at the address of a peer gets nothing, however it was found', async () => {
  const [real, impostor] = [makeStranger(), makeStranger()];
  const asked: string[] = [];
  const server = must(
    await startTlsServer(async (request) => Response.json(asked.push(request.url)), {
      port: 0,
      bind: 'loopback',
      key: impostor.key,
      certificate: impostor.certificate,
      connected: () => {},
    }),
  );
  const dialer = createDialer({
    own: makeStranger(),
    name: 'lap',
    certificate: real.certificate,
    addresses: () => [{ host: '127.0.0.1', port: server.port }],
  });
  const answer = await dialer.ask({ method: 'GET', path: '/sync/hello', answerBytes: 1_000 });
  expect(answer).toMatchObject({ error: { code: 'peer-refused' } });
  expect(asked).toEqual([]);
  expect(must(await readCertificate(real, { host: '127.0.0.1', port: server.port }))).toBe(
    impostor.certificate,
  );
  dialer.close();
  await server.close();
});

test('who connects and says nothing, or half of it, is cut off', async () => {
  const own = makeStranger();
  const server = must(
    await startTlsServer(async () => new Response('late'), {
      port: 0,
      bind: 'loopback',
      key: own.key,
      certificate: own.certificate,
      connected: () => {},
      headersMs: 100,
    }),
  );
  const silent = connect(server.port, '127.0.0.1');
  const slow = await makeStranger().connect(server.port);
  for (const socket of [silent, slow]) socket.on('error', () => {}).resume();
  slow.write('GET / HTTP/1.1\r\nHost: x\r\n');
  await Promise.all([once(silent, 'close'), once(slow, 'close')]);
  await server.close();
});

test('strangers share a few connections among them, and take none from peers', async () => {
  const known = makeStranger();
  const gate = { isPeer: (id: string) => id === known.id, name: () => 'desk' } as PeerGate;
  const own = makeStranger();
  const server = must(
    await listenForPeers(gate, { port: 0, bind: 'loopback', key: own.key, certificate: own.certificate }),
  );
  const strangers = await Promise.all(
    Array.from({ length: limits.strangerConnections + 1 }, () => makeStranger().connect(server.port)),
  );
  await Promise.race(
    strangers.map((socket) =>
      once(
        socket.on('error', () => {}),
        'close',
      ),
    ),
  );
  const socket = await known.connect(server.port);
  expect(socket.readyState).toBe('open');
  for (const it of [...strangers, socket]) it.destroy();
  await server.close();
});
