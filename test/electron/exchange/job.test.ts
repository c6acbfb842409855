/** The exchange that comes by itself, and how people see it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import type { Host } from '../../../electron/host/host-contract.ts';
import { createIndexExchange } from '../../../electron/host/knowledge/exchange/index-exchange.ts';
import { createApp } from '../../../electron/http/app.ts';
import type { KnowledgeJson } from '../../../shared/contracts/knowledge-api.ts';
import { makePlace as makeCliPlace } from '../../support/cli-place.ts';
import { sharedToken, startCluster } from '../../support/exchanging-cluster.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { md5Of, startReferenceCluster } from '../../support/reference-cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { makePlace, openEngine, startHost } from '../host/support/hosts.ts';
import { createMemoryLog } from '../host/support/memory-log.ts';

const minuteMs = 60_000;

function startJob(peers: readonly string[]) {
  const clock = createFakeClock();
  const log = createMemoryLog();
  const dataFolder = temporaryFolder();
  let heard: () => void = () => {};
  const settings = {
    folder: join(dataFolder, 'indexes'),
    peers: peers.map((it) => `${it}/`),
    timeoutMs: 5_000,
    intervalMs: 5 * minuteMs,
    token: sharedToken,
    listen: undefined,
  };
  const exchange = createIndexExchange({ settings, dataFolder, clock, log, changed: () => heard() });
  onTestFinished(() => exchange.stop());
  /** Resolves at the next news of a peer. */
  const news = () => new Promise<void>((resolve) => (heard = resolve));
  return { clock, log, exchange, news, ledger: join(dataFolder, 'knowledge-exchange.db') };
}

/** A peer that is asked and never answers, and says when it is. */
async function startSilent() {
  const asked = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const server = createServer((incoming) => {
    asked.resolve();
    incoming.socket.on('close', () => left.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: asked.promise,
    left: left.promise,
  };
}

test('what was agreed cannot be noted now: it is said, and the next exchange goes on', async () => {
  const theirs = await startReferenceCluster();
  theirs.put('a.index', 'vectors');
  const { exchange, ledger } = startJob([theirs.address]);
  await exchange.syncNow();
  theirs.put('b.index', 'more vectors');
  const other = new Database(ledger);
  other.exec('BEGIN EXCLUSIVE');
  expect(await exchange.syncNow()).toMatchObject([{ problem: { code: 'database-busy' } }]);
  other.exec('ROLLBACK');
  other.close();
  expect(await exchange.syncNow()).toMatchObject([{ problem: null, outcome: { drift: 0 } }]);
});

test('it begins by itself, and again after each interval', async () => {
  const theirs = await startReferenceCluster();
  theirs.put('a.index', 'vectors');
  const { clock, exchange, news } = startJob([theirs.address]);
  exchange.start();
  for (const turn of [1, 2]) {
    const done = news();
    await clock.advance(5 * minuteMs);
    await done;
    expect(theirs.asked.pull).toBe(turn);
  }
  expect(exchange.peers()).toMatchObject([{ failures: 0, problem: null, outcome: { drift: 0 } }]);
});

test('drift over one percent is a warning, in the log and in the state', async () => {
  const inventory = Array.from({ length: 50 }, (_, index) => ({
    path: `${index}.index`,
    md5: md5Of('never sent'),
  }));
  const server = createServer((incoming, outgoing) => {
    incoming
      .resume()
      .on('end', () => void outgoing.end(JSON.stringify({ indexes: [], removed: [], inventory })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { exchange, log } = startJob([`http://127.0.0.1:${(server.address() as AddressInfo).port}`]);
  expect(await exchange.syncNow()).toMatchObject([{ outcome: { drift: 1 } }]);
  expect(log.lines).toEqual([
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('100.0 %') }),
  ]);
});

test('a peer that fails is said once, counted, and asked less and less often', async () => {
  const { exchange, log, clock, news } = startJob(['http://127.0.0.1:1']);
  await exchange.syncNow();
  expect(await exchange.syncNow()).toMatchObject([
    {
      failures: 2,
      problem: { code: 'peer-unreachable', message: expect.stringContaining('nobody listens there') },
    },
  ]);
  expect(log.lines).toHaveLength(1);
  exchange.start();
  const third = news();
  // Two failures: not before seven and a half minutes, so neither at the start nor after the first interval.
  await clock.advance(6 * minuteMs);
  expect(exchange.peers()[0]?.failures).toBe(2);
  await clock.advance(6 * minuteMs);
  await third;
  expect(exchange.peers()[0]?.failures).toBe(3);
});

test('a stop ends what is going on at once, and nothing is counted as failed', async () => {
  const silent = await startSilent();
  const { exchange } = startJob([silent.address]);
  const running = exchange.syncNow();
  await silent.asked;
  await exchange.stop();
  await silent.left;
  expect(await running).toMatchObject([{ failures: 0, problem: null, lastRunMs: null }]);
});

function openApp(host: Host) {
  const app = createApp({
    host,
    token: '',
    trusted: true,
    allowedHosts: () => [],
    dev: true,
    staticFolder: '/nowhere',
    runDoctor: async () => [],
  });
  onTestFinished(() => app.close());
  return app;
}

test('the API and the metrics tell of it, and a bad variable is said at the start', async () => {
  const theirs = await startReferenceCluster();
  theirs.put('a.index', 'vectors');
  const place = makePlace();
  const { host, log } = await startHost(place, {
    exchange: false,
    env: {
      HOME: place.home,
      ENABLE_GLOBAL_KNOWLEDGE_SYNC: 'true',
      GLOBAL_KNOWLEDGE_SYNC_PEERS: theirs.address,
      GLOBAL_KNOWLEDGE_SYNC_TIMEOUT: 'soon',
    },
  });
  expect(log.lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('"soon"') }]);
  await openEngine(host, place.project);
  const app = openApp(host);
  const ask = (method: string, path: string) => app.fetch(new Request(`http://localhost${path}`, { method }));
  const peer = `${theirs.address}/`;
  const before = (await (await ask('GET', '/api/knowledge')).json()) as KnowledgeJson;
  expect(before.exchange?.peers).toMatchObject([{ peer, last_run_ms: null, drift: null, problem: null }]);
  expect(await (await ask('POST', '/api/knowledge/sync')).json()).toMatchObject({
    peers: [{ peer, taken: 1, drift: 0 }],
  });
  const after = (await (await ask('GET', '/api/knowledge')).json()) as KnowledgeJson;
  expect(after.exchange?.peers).toMatchObject([
    { peer, taken: 1, drift: 0, last_run_ms: expect.any(Number) },
  ]);
  const metrics = async () => {
    const text = await (await ask('GET', '/api/metrics')).text();
    const lines = text.split('\n').filter((line) => line.includes(`{peer="${peer}"}`));
    return Object.fromEntries(lines.map((line) => line.split(`{peer="${peer}"} `)));
  };
  const [known] = after.exchange?.peers ?? [];
  expect(await metrics()).toMatchObject({
    sync_knowledge_drift_ratio: '0',
    sync_knowledge_exchange_pulled_files: '1',
    sync_knowledge_exchange_pushed_files: '0',
    sync_knowledge_exchange_failures: '0',
    sync_knowledge_exchange_last_run_timestamp_seconds: String((known?.last_run_ms ?? 0) / 1_000),
    sync_knowledge_exchange_last_success_timestamp_seconds: String((known?.last_success_ms ?? 0) / 1_000),
  });
  await theirs.stop();
  await ask('POST', '/api/knowledge/sync');
  expect(await metrics()).toMatchObject({
    sync_knowledge_drift_ratio: '0',
    sync_knowledge_exchange_failures: '1',
    sync_knowledge_exchange_last_success_timestamp_seconds: String((known?.last_success_ms ?? 0) / 1_000),
  });
});

test('where the exchange is off, neither the API nor the metrics say anything of it', async () => {
  const place = makePlace();
  const { host } = await startHost(place, { exchange: false });
  await openEngine(host, place.project);
  const app = openApp(host);
  const ask = (path: string) => app.fetch(new Request(`http://localhost${path}`));
  expect(((await (await ask('/api/knowledge')).json()) as KnowledgeJson).exchange).toBeNull();
  expect(await (await ask('/api/metrics')).text()).not.toMatch(/sync_knowledge_(drift|exchange)/);
});

test('skein knowledge sync says what was taken, given and removed; without the variable it says how to turn it on', async () => {
  const theirs = await startCluster();
  theirs.put('a.index', 'vectors');
  const place = makeCliPlace();
  place.write('AGENTS.md', '# Agents\n');
  const off = await place.skein(['knowledge', 'sync']);
  expect(off.code).not.toBe(0);
  expect(off.errors).toContain('ENABLE_GLOBAL_KNOWLEDGE_SYNC=true');
  const env = {
    ENABLE_GLOBAL_KNOWLEDGE_SYNC: 'true',
    GLOBAL_KNOWLEDGE_SYNC_PEERS: theirs.address,
    GLOBAL_KNOWLEDGE_SYNC_TOKEN: sharedToken,
  };
  const { code, out } = await place.skein(['knowledge', 'sync'], { env });
  expect(code).toBe(0);
  expect(out).toContain(`${theirs.address}/`);
  expect(out).toMatch(/1 +0 +0 here, 0 there +0\.0 %/);
  expect(place.read('../data/storage/knowledge/a.index')).toBe('vectors');
  expect(await place.json(['knowledge', 'sync'], { env })).toMatchObject({ peers: [{ taken: 0, drift: 0 }] });
  expect(await place.json(['knowledge'])).toMatchObject({ exchange: null });
  expect((await place.skein(['knowledge'])).out).not.toMatch(/INDEX FILES|DRIFT/);
});
