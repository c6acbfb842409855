/** A running Skein with a store on a real server: chosen, searched, away, back, and left again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Knowledge } from '../../electron/host/knowledge/knowledge-contract.ts';
import { makePlace, openEngine, startHost } from '../electron/host/support/hosts.ts';
import { must } from '../support/device.ts';
import { type ChromaServer, startChroma } from '../support/servers/chroma-server.ts';
import { until } from '../support/until.ts';

let server: ChromaServer;

beforeAll(async () => {
  server = await startChroma();
});
afterAll(() => server?.stop());

const stateOf = async (knowledge: Knowledge): Promise<string> => must(await knowledge.state()).store.state;

async function search(knowledge: Knowledge, text: string) {
  const found = must(await knowledge.search({ text, mode: 'meaning', atMost: 10 }));
  return { notes: found.passages.map(({ note }) => note), problem: found.problem };
}

test('what was written while the store was away is there soon after it is back', {
  timeout: 120_000,
}, async () => {
  const place = makePlace();
  const { host } = await startHost(place, { index: true });
  const { id } = await openEngine(host, place.project);
  const write = (text: string): void =>
    writeFileSync(join(place.project, 'AGENTS.md'), `# Agents\n\n${text}\n`);
  const knowledge = (): Knowledge => must(host.knowledges.of(id));
  must(await host.knowledges.stores.choose({ kind: 'chroma', url: server.url }));
  write('Never rewrite the published history of main.');
  await until(async () => (await stateOf(knowledge())) === 'ready');
  await until(async () => (await search(knowledge(), 'published history')).notes.includes('AGENTS.md'));
  expect((await search(knowledge(), 'published history')).problem).toBeUndefined();
  expect(host.knowledges.lastKnown(id)?.store).toMatchObject({ kind: 'chroma', url: `${server.url}/` });

  await server.kill();
  write('Ask before a file is deleted.');
  await until(async () => (await search(knowledge(), 'deleting files')).notes.includes('AGENTS.md'));
  await until(async () => (await stateOf(knowledge())) === 'failing');
  const without = await search(knowledge(), 'deleting files');
  expect(without.notes).toContain('AGENTS.md');
  expect(without.problem?.message).toMatch(
    /cannot be reached.*The vectors on this device were searched instead\./,
  );

  await server.start();
  must(await knowledge().retry(undefined));
  await until(async () => (await stateOf(knowledge())) === 'ready');
  const state = must(await knowledge().state());
  expect(state.store).toMatchObject({ waiting: 0, held: state.passages, problem: null });
  const again = await search(knowledge(), 'deleting files');
  expect(again).toMatchObject({ problem: undefined });
  expect(again.notes).toContain('AGENTS.md');

  must(await host.knowledges.stores.choose({ kind: 'embedded' }));
  expect(must(await knowledge().checkStore())).toMatchObject({ kind: 'embedded', state: 'ready' });
  expect((await search(knowledge(), 'deleting files')).problem).toBeUndefined();
});

test('an address with a login is refused, and none of it is kept', async () => {
  const place = makePlace();
  const { host } = await startHost(place, { index: true });
  const refused = await host.knowledges.stores.choose({
    kind: 'chroma',
    url: 'http://me:sesame@127.0.0.1:1',
  });
  expect(refused).toMatchObject({ error: { code: 'bad-input' } });
  must(await host.knowledges.stores.choose({ kind: 'chroma', url: server.url }));
  expect(readFileSync(join(place.dataFolder, 'settings.json'), 'utf8')).not.toContain('sesame');
  expect(JSON.stringify(refused)).not.toContain('sesame');
});
