/** Index files of other clusters on the Knowledge page: what moved, the drift, what failed; nothing of it where it is off. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { md5Of, startReferenceCluster } from '../support/reference-cluster.ts';
import { freePort } from '../support/servers/chroma-server.ts';
import { findBarriers } from './accessible.ts';
import { startHarbour } from './harbour-notes.ts';
import { see } from './screen.ts';

/** Says that it has files, and never gives one: what it has and we lack is drift. */
async function startMiser(): Promise<string> {
  const inventory = Array.from({ length: 50 }, (_, nth) => ({ path: `${nth}.index`, md5: md5Of('kept') }));
  const server = createServer((incoming, outgoing) => {
    incoming
      .resume()
      .on('end', () => void outgoing.end(JSON.stringify({ indexes: [], removed: [], inventory })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function exchangeWith(peers: readonly string[]): void {
  vi.stubEnv('ENABLE_GLOBAL_KNOWLEDGE_SYNC', 'true');
  vi.stubEnv('GLOBAL_KNOWLEDGE_SYNC_PEERS', peers.join(','));
  onTestFinished(() => void vi.unstubAllEnvs());
}

test('each peer has its drift, what was pulled and pushed, and why it failed', async () => {
  const theirs = await startReferenceCluster();
  theirs.put('a.index', 'vectors');
  const [miser, away] = [await startMiser(), `http://127.0.0.1:${await freePort()}`];
  exchangeWith([theirs.address, miser, away]);
  const { openPage, expectTrouble } = await startHarbour();
  expectTrouble(/still differ|nobody listens there/);
  const page = await openPage('/knowledge');
  const section = page.getByRole('region', { name: 'Index files of other clusters' });
  const row = (peer: string) => section.getByRole('listitem').filter({ hasText: peer });
  await see(row(away));
  const exchangeNow = section.getByRole('button', { name: 'Exchange now' });
  await exchangeNow.click();
  await see(row(theirs.address).getByText('No drift'));
  // What was there at the start may have come with the exchange that begins by itself.
  theirs.put('b.index', 'more vectors');
  await exchangeNow.click();
  await see(row(theirs.address).getByText(/^Last asked .*\. Then: 1 file pulled, 0 pushed\.$/));
  await see(row(miser).getByText('% drift, over 1 %'));
  await see(row(away).getByText('Failed', { exact: true }));
  await see(row(away).getByText(/nobody listens there/));
  await see(row(away).getByText('Not compared yet'));
  expect(await findBarriers(page)).toEqual([]);
});

test('without a peer it says that nobody is asked; where it is off, nothing', async () => {
  exchangeWith([]);
  const on = await startHarbour();
  const page = await on.openPage('/knowledge');
  await see(page.getByText('Others can ask, and nobody is asked'));
  vi.unstubAllEnvs();
  await on.restart();
  const after = await on.openPage('/knowledge');
  await see(after.getByRole('list', { name: 'Notes of the index' }));
  expect(await after.getByText('Index files of other clusters').count()).toBe(0);
});
