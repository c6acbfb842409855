/**
 * Files of several GB: what lies between the two ends of a transfer is bounded, whoever is the slower one. Counted as
 * bytes that one end gave and the other has not taken yet; a part of them is in the buffers of the system.
 */
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { askPeer } from '../../../electron/adapters/ask-peer.ts';
import type { IndexExchange } from '../../../electron/host/knowledge/exchange/exchange-contract.ts';
import { ownFormType } from '../../../electron/host/knowledge/exchange/own-form.ts';
import { createKnowledgeSyncApp } from '../../../electron/http/knowledge-sync.ts';
import { startServer } from '../../../electron/http/server.ts';
import { ok } from '../../../shared/result.ts';
import { must } from '../../support/device.ts';
import { sharedToken, startCluster } from '../../support/exchanging-cluster.ts';

const mib = 1024 * 1024;
const fileBytes = 64 * mib;
const mostBetween = 16 * mib;
const piece = Buffer.alloc(192 * 1024, 'AAAA');

/** Bytes of the file that is being written in the folder. */
function spooled(folder: string): number {
  const names = readdirSync(folder).filter((name) => name.endsWith('.tmp'));
  return names.reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const forms = [
  {
    form: 'documented',
    type: 'application/json',
    // Of four signs three bytes come out.
    ratio: 3 / 4,
    start: '{"action":"push","indexes":[{"content":"',
    end: '","path":"big.index","md5":"00000000000000000000000000000000"}],"removed":[],"inventory":[]}',
  },
  {
    form: 'own',
    type: ownFormType,
    ratio: 1,
    start: `{"action":"push"}\n{"list":"inventory"}\n{"index":{"path":"big.index","md5":"${'0'.repeat(32)}"},"bytes":${fileBytes + (piece.length - (fileBytes % piece.length))}}\n`,
    end: '{"end":true}\n',
  },
];

for (const { form, type, ratio, start, end } of forms) {
  async function* message(folder: string, seen: { most: number }): AsyncGenerator<Uint8Array> {
    yield Buffer.from(start);
    for (let sent = 0; sent < fileBytes; sent += piece.length) {
      seen.most = Math.max(seen.most, sent * ratio - spooled(folder));
      yield piece;
    }
    yield Buffer.from(end);
  }

  test(`${form}: a push is on the disk as fast as it comes`, async () => {
    const cluster = await startCluster();
    await cluster.post('{"action":"pull"}');
    const seen = { most: 0 };
    const answer = await askPeer({
      url: `${cluster.address}/knowledge_sync`,
      headers: { authorization: `Bearer ${sharedToken}`, 'content-type': type },
      body: message(cluster.folder, seen),
      timeoutMs: 20_000,
      signal: new AbortController().signal,
    });
    const text: Uint8Array[] = [];
    for await (const it of must(answer).body) text.push(it);
    expect(JSON.parse(Buffer.concat(text).toString())).toMatchObject({
      statistics: { applied: 0, refused: 1 },
    });
    expect(seen.most).toBeGreaterThan(0);
    expect(seen.most).toBeLessThan(mostBetween);
  });

  test(`${form}: what a peer answers is on the disk as fast as it comes`, async () => {
    const seen = { most: 0 };
    let folder = '';
    const address = await serve(async (incoming, outgoing) => {
      incoming.resume();
      outgoing.setHeader('content-type', type);
      for await (const it of message(folder, seen)) if (!outgoing.write(it)) await once(outgoing, 'drain');
      outgoing.end();
    });
    const cluster = await startCluster({ GLOBAL_KNOWLEDGE_SYNC_PEERS: address });
    folder = cluster.folder;
    expect(await cluster.sync()).toMatchObject({ taken: 0, refused: [{ path: 'big.index' }] });
    expect(seen.most).toBeLessThan(mostBetween);
  });
}

test('an answer is read from the disk only as fast as it is taken, and no more of it once the asker is gone', async () => {
  const state = { given: 0, ended: Promise.withResolvers<void>() };
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        state.given += piece.length;
        yield piece;
      }
    } finally {
      state.ended.resolve();
    }
  }
  const exchange: IndexExchange = {
    token: sharedToken,
    listen: undefined,
    answer: async () => ok({ body: endless(), contentType: ownFormType }),
    peers: () => [],
    syncNow: async () => [],
  };
  const server = must(await startServer(createKnowledgeSyncApp(exchange), { port: 0, host: '127.0.0.1' }));
  onTestFinished(() => server.close());
  const answer = await fetch(`http://127.0.0.1:${server.port}/knowledge_sync`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sharedToken}` },
  });
  let taken = 0;
  for await (const it of answer.body ?? []) {
    taken += it.length;
    expect(state.given - taken).toBeLessThan(mostBetween);
    if (taken > fileBytes) break;
  }
  await state.ended.promise;
});

test('a push is read from the disk only as fast as the peer takes it', async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += piece.length;
      yield piece;
    }
  }
  const url = await serve(() => {});
  const { signal } = new AbortController();
  const asked = await askPeer({ url, headers: {}, body: endless(), timeoutMs: 300, signal });
  expect(asked).toMatchObject({
    error: { code: 'peer-unreachable', message: expect.stringContaining('silent for 0.3 s') },
  });
  expect(given).toBeLessThan(mostBetween);
});
