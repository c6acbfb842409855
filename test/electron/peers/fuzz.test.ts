/**
 * Whatever a peer or a stranger sends gets a documented answer, and harms neither the log nor the disk nor what others
 * do next. SKEIN_FUZZ_RUNS asks for more than the few hundred requests of an ordinary run, SKEIN_FUZZ_SEED for the
 * ones that failed before; a failure prints its seed.
 */
import { zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../../electron/http/app.ts';
import { statusByCode } from '../../../electron/http/problem-response.ts';
import { endpoints } from '../../../shared/contracts/app-api.ts';
import {
  contentsShape,
  embeddingsShape,
  helloShape,
  pageShape,
  pairBegunShape,
  pairFinishedShape,
  pairRevealedShape,
  pushAnswerShape,
  watermarkShape,
} from '../../../shared/contracts/peer-protocol.ts';
import { formatVector } from '../../../shared/domain/vector.ts';
import { createLogFixture } from '../../engine/replicate/log-fixture.ts';
import { must } from '../../support/device.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { type LyingPeer, startLyingPeer } from '../../support/lying-peer.ts';
import { makeStranger } from '../../support/stranger.ts';
import { bearer, ownHost, token } from '../../support/tiny-app.ts';
import { type AnswerPlan, answerPlans } from './fuzz-answers.ts';
import { type Plan, pairPlans, peerPlans, rawRequests, type Sent } from './fuzz-requests.ts';
import { type FuzzedDesk, startFuzzedDesk } from './fuzzed-desk.ts';

const runs = Number(process.env['SKEIN_FUZZ_RUNS'] ?? 120);
const seed = process.env['SKEIN_FUZZ_SEED'];
/** The log grows with the requests, so that what failed is not tried again in a smaller form. */
const parameters = (numRuns: number) => ({
  numRuns: Math.ceil(numRuns),
  endOnFailure: true,
  ...(seed === undefined ? {} : { seed: Number(seed) }),
});
/** Requests between two looks at the whole log and the whole disk. */
const looksEvery = 25;

const shapeByRoute = {
  'GET /sync/hello': helloShape,
  'GET /sync/watermark': watermarkShape,
  'GET /sync/changes': pageShape,
  'POST /sync/changes': pushAnswerShape,
  'POST /sync/contents': contentsShape,
  'POST /sync/embeddings': embeddingsShape,
  'POST /sync/hidden': pageShape,
  'POST /pair/begin': pairBegunShape,
  'POST /pair/reveal': pairRevealedShape,
  'POST /pair/finish': pairFinishedShape,
};

let fuzzed: FuzzedDesk;
const stray: unknown[] = [];
const noteStray = (cause: unknown): void => void stray.push(cause);

beforeEach(async () => {
  process.on('unhandledRejection', noteStray);
  fuzzed = await startFuzzedDesk();
});
afterEach(() => void process.off('unhandledRejection', noteStray));

const routeOf = ({ method, path }: Sent): string => `${method} ${new URL(path, 'https://x').pathname}`;

function requestOf({ method, path, query, headers, body }: Sent): Request {
  const url = new URL('https://desk:7421');
  // As it would stand in the request line: `URL` alone would tidy some of it away.
  const text = `${url.origin}${path}?${new URLSearchParams(query as [string, string][])}`;
  return new Request(text, { method, headers, ...(body === undefined ? {} : { body: body as BodyInit }) });
}

async function textOf(response: Response): Promise<string> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  const isPacked = response.headers.get('content-encoding') === 'zstd';
  return new TextDecoder().decode(isPacked ? zstdDecompressSync(bytes) : bytes);
}

/** What is wrong with an answer; nothing when it is as documented. */
async function answerFaults(sent: Sent, response: Response): Promise<string[]> {
  if (sent.method === 'HEAD') return response.status < 500 ? [] : [`${response.status} without a word`];
  const text = await textOf(response);
  if (response.status === 400 && text === 'Invalid HLC format') return [];
  if (response.status === 200) {
    const shape = shapeByRoute[routeOf(sent) as keyof typeof shapeByRoute];
    const parsed = shape?.safeParse(JSON.parse(text));
    return parsed?.success === true
      ? []
      : [`an answer of another shape: ${text.slice(0, 300)} ${parsed?.error}`];
  }
  return problemFaults(response.status, text);
}

function problemFaults(status: number, text: string): string[] {
  const { error } = JSON.parse(text) as { error: Record<string, string> };
  const faults: string[] = [];
  if (status >= 500) faults.push(`${status}: ${text}`);
  if (statusByCode[error['code'] as keyof typeof statusByCode] !== status)
    faults.push(`${error['code']} with ${status}`);
  for (const field of ['message', 'subject', 'advice'])
    if ((error[field] ?? '') === '') faults.push(`no ${field}: ${text.slice(0, 300)}`);
  if (text.length > 4_000) faults.push(`a problem of ${text.length} characters`);
  return faults;
}

/** Sends one after another and looks after each, and now and then at everything. */
function sendAll(
  plans: fc.Arbitrary<Plan>,
  send: (sent: Sent) => Promise<Response>,
  numRuns = runs,
): Promise<void> {
  let count = 0;
  return fc.assert(
    fc.asyncProperty(plans, async (plan) => {
      const sent = plan.build(fuzzed.sql, fuzzed.workspace);
      const faults = await answerFaults(sent, await send(sent));
      count += 1;
      if (count % looksEvery === 0) faults.push(...fuzzed.faults());
      const errors = fuzzed.logged
        .filter(({ level }) => level === 'error')
        .map((line) => JSON.stringify(line));
      expect([...faults, ...errors, ...stray]).toEqual([]);
    }),
    parameters(numRuns),
  );
}

/** Every question of the screen and the command line that needs no more than the workspace. */
async function readFaults(): Promise<string[]> {
  const app = createApp({
    host: fuzzed.desk.host,
    token,
    allowedHosts: () => [ownHost],
    dev: true,
    staticFolder: '/nowhere',
    runDoctor: async () => [],
    nowMs: Date.now,
  });
  const faults: string[] = [];
  for (const { method, path } of Object.values(endpoints)) {
    if (method !== 'GET' || path.includes(':')) continue;
    const answer = await app.fetch(new Request(`http://${ownHost}${path}`, { headers: bearer }));
    if (answer.status >= 500) faults.push(`GET ${path}: ${answer.status} ${await answer.text()}`);
  }
  app.close();
  return faults;
}

/** What came from the hostile peer goes on to another replica, page by page, and is taken there without a word. */
async function passOn(): Promise<string[]> {
  const other = createLogFixture('other', createFakeClock(Date.now()));
  for (;;) {
    const query = new URLSearchParams({ workspace: fuzzed.workspace, since: formatVector(other.vector()) });
    const answer = await fuzzed.ask(new Request(`https://desk/sync/changes?${query}`));
    const page = pageShape.parse(await answer.json());
    const taken = other.take(page.changes);
    if (taken.problems.length > 0) return taken.problems.map(({ message }) => message);
    if (!page.has_more) return page.vector === formatVector(other.vector()) ? [] : ['not all was passed on'];
  }
}

/** What the desk's own people do goes on as before. */
async function expectLife(): Promise<void> {
  const { desk, faults } = fuzzed;
  expect([...faults(), ...(await readFaults()), ...(await passOn())]).toEqual([]);
  desk.write('docs/passation_mine.md', 'still here\n');
  const newest = () => desk.engine.log.changes({ limit: 1, path: 'docs/passation_mine.md' })[0];
  await desk.until(() => newest() !== undefined);
  expect(Buffer.from(desk.engine.log.content(newest()?.content ?? '') ?? '').toString()).toBe('still here\n');
  expect((Object.prototype as Record<string, unknown>)['polluted']).toBeUndefined();
}

test('whatever a paired device sends', { timeout: 600_000 }, async () => {
  await sendAll(peerPlans, (sent) =>
    fuzzed.ask(requestOf(sent), { protocol: Number(sent.headers['x-skein-protocol'] ?? 1) || 0 }),
  );
  await expectLife();
  const kinds = fuzzed.sql
    .prepare<{ kind: string }>('SELECT DISTINCT kind FROM log WHERE via IS NOT NULL')
    .all();
  // Else none of it got far enough to do harm.
  expect(fuzzed.desk.host.knowledges.given(fuzzed.desk.engine.id)).toBeGreaterThan(0);
  expect(kinds.map(({ kind }) => kind).toSorted()).toEqual(
    'conflict consolidated created deleted hidden modified resolved withdrawn'.split(' '),
  );
});

test('whatever a stranger says of a pairing, before one, during one, and after', {
  timeout: 600_000,
}, async () => {
  const stranger = makeStranger();
  const send = (sent: Sent) =>
    fuzzed.ask(requestOf(sent), { id: stranger.id, certificate: stranger.certificate });
  await sendAll(pairPlans, send, runs / 3);
  must(await fuzzed.desk.host.peers.invite());
  await sendAll(pairPlans, send, runs / 3);
  fuzzed.desk.host.peers.cancelPairing();
  await sendAll(pairPlans, send, runs / 3);
  expect(fuzzed.desk.host.peers.list().map(({ name }) => name)).toEqual(['lap']);
  await expectLife();
});

/** A peer with the right key that answers as the plan of the moment says, and cuts the connection without one. */
async function startLiar(planNow: () => AnswerPlan | undefined): Promise<LyingPeer> {
  const { peer, workspace, sql } = fuzzed;
  const shared = { workspace, name: 'lies', theirs: workspace, write: true };
  const honest = {
    protocol: 1,
    minimum: 1,
    device: peer.id,
    name: 'lap',
    version: '1',
    workspaces: [shared],
  };
  return startLyingPeer((socket, head) => {
    const [, method, path = ''] = /^(\w+) ([^? ]*)/.exec(head) ?? [];
    const isPush = method === 'POST' && path === '/sync/changes';
    const answer = planNow()?.answer(isPush ? 'push' : path, sql, honest);
    if (answer?.ends === false) socket.write(answer.bytes);
    else socket.end(answer?.bytes ?? '');
  }, peer);
}

test('whatever a paired device answers', { timeout: 600_000 }, async () => {
  const { desk, peer } = fuzzed;
  let now: AnswerPlan | undefined;
  const liar = await startLiar(() => now);
  must(await desk.host.peers.change({ id: peer.id, addresses: [`127.0.0.1:${liar.port}`] }));
  const told = new Set<string | undefined>();
  let count = 0;
  await fc.assert(
    fc.asyncProperty(answerPlans, async (plan) => {
      now = plan;
      const [exchanged] = must(await desk.host.peers.sync({ peer: peer.id, direction: 'both' }));
      const reason = exchanged?.problem ?? undefined;
      told.add(reason?.code);
      expect((reason?.message ?? '').length).toBeLessThan(4_000);
      expect(reason?.advice).not.toBe('');
      const faults = ++count % looksEvery === 0 ? fuzzed.faults() : [];
      const errors = fuzzed.logged
        .filter(({ level }) => level === 'error')
        .map((line) => JSON.stringify(line));
      expect([...faults, ...errors, ...stray]).toEqual([]);
    }),
    parameters(runs / 2),
  );
  await liar.close();
  await expectLife();
  // Else none of it got far enough to do harm.
  const taken = fuzzed.sql.prepare<{ rows: number }>(
    'SELECT count(*) AS rows FROM log WHERE via IS NOT NULL',
  );
  expect(taken.get()?.rows).toBeGreaterThan(0);
  expect([...told]).toEqual(expect.arrayContaining(['bad-input', 'peer-unreachable']));
});

/** Says it on a connection of its own, and returns what had come back when another question was answered. */
async function sayRaw(port: number, bytes: Uint8Array): Promise<string> {
  const socket = await fuzzed.peer.connect(port);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => {});
  await new Promise((resolve) => socket.write(bytes, resolve));
  expect((await fuzzed.peer.ask(port, '/sync/hello')).status).toBe(200);
  socket.destroy();
  return Buffer.concat(chunks).toString('latin1');
}

test('whatever bytes come over a connection of a paired device', { timeout: 600_000 }, async () => {
  const port = fuzzed.desk.host.peers.network().listening?.port ?? 0;
  await fc.assert(
    fc.asyncProperty(rawRequests, async (bytes) => {
      expect(await sayRaw(port, bytes)).toMatch(/^$|^HTTP\/1\.1 [1-4]\d\d /);
      expect(stray).toEqual([]);
    }),
    parameters(runs / 4),
  );
  await expectLife();
});
