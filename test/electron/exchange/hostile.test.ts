/** What a peer sends that means harm or is broken: refused, said, and nothing else is touched. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownFormType } from '../../../electron/host/knowledge/exchange/own-form.ts';
import { limits } from '../../../shared/limits.ts';
import { type Cluster, ownToken, startCluster } from '../../support/exchanging-cluster.ts';
import { md5Of, startReferenceCluster } from '../../support/reference-cluster.ts';

const index = (path: string, text: string, md5 = md5Of(text)) => ({
  path,
  md5,
  content: Buffer.from(text).toString('base64'),
});

async function push(
  cluster: Cluster,
  body: unknown,
): Promise<{ status: number; answer: Record<string, never> }> {
  const response = await cluster.post(typeof body === 'string' ? body : JSON.stringify(body));
  return { status: response.status, answer: (await response.json()) as Record<string, never> };
}

const filesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder, { recursive: true }) : []);

/** A peer that answers every question as it likes. */
async function startLiar(answer: RequestListener): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    incoming.resume().on('end', () => answer(incoming, outgoing));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answerJson =
  (body: unknown): RequestListener =>
  (_, outgoing) =>
    void outgoing.end(JSON.stringify(body));

const hostilePaths = [
  '../escape',
  '/tmp/skein-escape',
  'a/../../escape',
  'C:\\escape',
  'a\\..\\escape',
  'nul\0.index',
  'CON',
  'a/aux.txt',
  '.git/hooks/post-checkout',
  '.skein-0.tmp',
  'a//b',
  '',
  'x'.repeat(5_000),
];

test('pushed: hostile paths and a wrong MD5 are refused one by one, and the good file beside them is taken', async () => {
  const cluster = await startCluster();
  const { status, answer } = await push(cluster, {
    action: 'push',
    indexes: [
      ...hostilePaths.map((path) => index(path, 'evil')),
      index('good.index', 'good'),
      index('bad.index', 'x', md5Of('y')),
    ],
    removed: ['../escape', '/etc/hosts'],
  });
  expect(status).toBe(200);
  expect(answer).toMatchObject({
    statistics: { applied: 1, refused: hostilePaths.length + 3 },
    inventory: [{ path: 'good.index', md5: md5Of('good') }],
  });
  expect(filesIn(cluster.folder)).toEqual(['good.index']);
});

test('pulled: the same from a peer that we ask', async () => {
  const indexes = [
    ...hostilePaths.map((path) => index(path, 'evil')),
    index('good.index', 'good'),
    index('bad.index', 'x', md5Of('y')),
  ];
  const address = await startLiar(
    answerJson({ indexes, removed: ['../escape'], inventory: [{ path: 'good.index', md5: md5Of('good') }] }),
  );
  const cluster = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: address });
  const outcome = await cluster.sync();
  expect(outcome.taken).toBe(1);
  const refused = new Set(
    [...hostilePaths, 'bad.index'].map((path) => path.slice(0, limits.refusedPathCharacters)),
  );
  expect(new Set(outcome.refused.map(({ path }) => path))).toEqual(refused);
  expect(filesIn(cluster.folder)).toEqual(['good.index']);
});

test('one path twice, and names that differ only in case: the first is taken, the others are refused', async () => {
  const cluster = await startCluster();
  const indexes = [
    index('a.index', 'first'),
    index('a.index', 'second'),
    index('A.index', 'third'),
    index('cafe\u0301', 'x'),
    index('caf\u00e9', 'y'),
  ];
  const { answer } = await push(cluster, { action: 'push', indexes, removed: [] });
  expect(answer).toMatchObject({ statistics: { applied: 2, refused: 3 } });
  expect(cluster.text('a.index')).toBe('first');
  expect(cluster.text('caf\u00e9')).toBe('x');
});

test('links inside the folder lead nobody out', async () => {
  const cluster = await startCluster();
  await push(cluster, { action: 'pull', known: [] });
  const outside = join(cluster.dataFolder, '../outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'secret'), 'secret');
  symlinkSync(outside, join(cluster.folder, 'out'));
  const { answer } = await push(cluster, {
    action: 'push',
    indexes: [index('out/new', 'x'), index('out', 'x')],
    removed: ['out/secret', 'out'],
  });
  expect(answer).toMatchObject({ statistics: { applied: 0, removed: 0, refused: 2 }, inventory: [] });
  expect(readdirSync(outside)).toEqual(['secret']);
});

test('a body that is no message is a clear refusal, and leaves nothing', async () => {
  const cluster = await startCluster();
  const bodies = [
    '',
    'null',
    '[]',
    '{',
    '{"action":"pull"',
    '{"action":"destroy"}',
    '{}',
    '{"action":["pull"]}',
    '{"action":"pull","known":[1]}',
    '{"action":"pull","known":"all"}',
    '{"action":"push","indexes":[{"path":"a","md5":"zz","content":""}]}',
    `{"action":"push","indexes":[{"path":5,"md5":"${md5Of('')}","content":""}]}`,
    '{"action":"push","indexes":[{"path":"a","content":"%%%%"}]}',
    '{"action":"push","removed":[{"path":"a"}]}',
    JSON.stringify({ action: 'push', indexes: [index('a', 'x')] }).slice(0, -4),
  ];
  for (const body of bodies) {
    const { status, answer } = await push(cluster, body);
    expect(status, body).toBe(400);
    expect(answer['error'], body).toMatchObject({
      code: 'bad-input',
      message: expect.any(String),
      advice: expect.any(String),
    });
  }
  expect((await push(cluster, `{"action":"${'x'.repeat(100_000)}"}`)).status).toBe(413);
  expect(filesIn(cluster.folder)).toEqual([]);
});

test('nothing of a push that breaks off is taken', async () => {
  const cluster = await startCluster();
  const { port } = new URL(cluster.address);
  const whole = JSON.stringify({
    action: 'push',
    indexes: [index('a.index', 'whole'), index('b.index', 'x'.repeat(1_000))],
    removed: [],
  });
  const head = `POST /knowledge_sync HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${ownToken}\r\nContent-Length: ${whole.length}\r\n\r\n`;
  const socket = connect(Number(port), '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.write(head + whole.slice(0, -500), resolve));
  socket.destroy();
  // The next answer comes after the folder was opened for the first one; both take turns in it.
  while (filesIn(cluster.folder).some((name) => String(name).endsWith('.tmp')))
    await push(cluster, { action: 'pull', known: [] });
  const { answer } = await push(cluster, { action: 'pull', known: [] });
  expect(answer).toMatchObject({ inventory: [] });
});

const broken: [string, RequestListener, RegExp][] = [
  ['no JSON', (_, outgoing) => void outgoing.end('<html>'), /is no message/],
  ['no inventory', answerJson({ indexes: [], removed: [] }), /no inventory/],
  [
    'a truncated answer',
    (_, outgoing) => void outgoing.end('{"indexes":[{"path":"a.index","md5":"'),
    /breaks off/,
  ],
  [
    'a length that lies',
    (_, outgoing) => {
      outgoing.writeHead(200, { 'content-length': 1_000 });
      outgoing.write('{"indexes":[');
      setImmediate(() => outgoing.destroy());
    },
    /broke the connection off|could not be asked/,
  ],
  [
    'a length that lies in our own form',
    (_, outgoing) => {
      outgoing.writeHead(200, { 'content-type': ownFormType });
      outgoing.end(`{"index":{"path":"a","md5":"${md5Of('')}"},"bytes":99999999999}\nshort`);
    },
    /is no message/,
  ],
  [
    'a redirect',
    (_, outgoing) => void outgoing.writeHead(307, { location: 'http://169.254.169.254/' }).end(),
    /sends us elsewhere/,
  ],
  ['no such route', (_, outgoing) => void outgoing.writeHead(404).end('not here'), /has no \/knowledge_sync/],
  [
    'a refusal',
    (_, outgoing) => void outgoing.writeHead(500).end('out of\u0007 order'),
    /answered 500: out of order/,
  ],
  ['silence', () => {}, /silent for 0.2 s/],
  ['silence in the middle', (_, outgoing) => void outgoing.write('{"indexes":['), /silent for 0.2 s/],
];

test.each(broken)('a peer that answers with %s fails alone, with its reason', async (_, answer, reason) => {
  const address = await startLiar(answer);
  const good = await startReferenceCluster();
  good.put('good.index', 'good');
  const cluster = await startCluster({
    GLOBAL_KNOWLEDGE_SYNC_PEERS: `${address},${good.address}`,
    GLOBAL_KNOWLEDGE_SYNC_TIMEOUT: '0.2',
  });
  const [failed, done] = (await cluster.host.indexExchange?.syncNow()) ?? [];
  expect(failed).toMatchObject({ failures: 1, outcome: null, lastSuccessMs: null });
  expect(failed?.problem?.message).toMatch(reason);
  expect(done).toMatchObject({ failures: 0, problem: null, outcome: { taken: 1 } });
  expect(cluster.log.lines.map(({ message }) => message).join('\n')).toMatch(reason);
  expect(filesIn(cluster.folder)).toEqual(['good.index']);
});

test('what arrived whole before the answer broke off stays', async () => {
  const whole = JSON.stringify({
    indexes: [index('a.index', 'whole'), index('b.index', 'half')],
    removed: [],
    inventory: [],
  });
  const address = await startLiar(
    (_, outgoing) => void outgoing.end(whole.slice(0, whole.indexOf('b.index') + 60)),
  );
  const cluster = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: address });
  await expect(cluster.sync()).rejects.toThrow(/breaks off|no message/);
  expect(filesIn(cluster.folder)).toEqual(['a.index']);
});
