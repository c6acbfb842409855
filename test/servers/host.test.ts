/** A running Skein with a store on a real server: chosen, searched, away, back, and left again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Host } from '../../electron/host/host-contract.ts';
import type { Knowledge } from '../../electron/host/knowledge/knowledge-contract.ts';
import { makePlace, openEngine, startHost } from '../electron/host/support/hosts.ts';
import { makeRepository, must, pairDevices, startDevice } from '../support/device.ts';
import { type ChromaServer, startChroma } from '../support/servers/chroma-server.ts';
import { until } from '../support/until.ts';

let server: ChromaServer;

beforeAll(async () => {
  server = await startChroma();
});
afterAll(() => server?.stop());

const stateOf = async (knowledge: Knowledge): Promise<string> => must(await knowledge.state()).store.state;

/** The names of notes in the collections of a device, as any program reads them there. */
async function notesAt({ knowledges }: Host): Promise<string[]> {
  const collections = `${server.url}/api/v2/tenants/default_tenant/databases/default_database/collections`;
  const ask = async (path: string, question?: object): Promise<unknown> => {
    const body = question === undefined ? {} : { method: 'POST', body: JSON.stringify(question) };
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${collections}${path}`, { ...body, headers })).json();
  };
  const listed = (await ask('')) as { id: string; name: string }[];
  const own = listed.filter(({ name }) => name.includes(knowledges.stores.device()));
  const got = await Promise.all(own.map(({ id }) => ask(`/${id}/get`, { include: ['metadatas'] })));
  const notes = (got as { metadatas: { note: string }[] }[]).flatMap(({ metadatas }) =>
    metadatas.map(({ note }) => note),
  );
  return [...new Set(notes)].toSorted();
}

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

/** Another address of this machine, which Skein takes for another machine. */
function elsewhere() {
  const url = server.url.replace('127.0.0.1', '0.0.0.0');
  return { store: { kind: 'chroma', url } as const, agreed: new URL(url).host };
}

const readyWith = (knowledge: () => Knowledge, kept: number): Promise<void> =>
  until(async () => {
    const { store } = must(await knowledge().state());
    return store.state === 'ready' && store.kept === kept && store.passages > 0;
  });

test('what does not go to another machine is taken out of the store there, and found here', {
  timeout: 120_000,
}, async () => {
  const place = makePlace();
  const { host } = await startHost(place, { index: true });
  const { id } = await openEngine(host, place.project);
  const write = (name: string, text: string): void => writeFileSync(join(place.project, name), text);
  write('AGENTS.md', '# Agents\n\nNever rewrite the published history.\n');
  write('ROADMAP.md', '# Roadmap\n\nThe published plan of this year.\n');
  const knowledge = (): Knowledge => must(host.knowledges.of(id));
  const all = ['AGENTS.md', 'ROADMAP.md', 'docs/passation_claude.md'];
  // The third is found or not, as it is indexed by then.
  await until(async () => {
    const { notes } = await search(knowledge(), 'published');
    return notes.includes('AGENTS.md') && notes.includes('ROADMAP.md');
  });
  const { store, agreed } = elsewhere();
  must(await host.knowledges.stores.choose(store, agreed));
  await readyWith(knowledge, 0);
  expect(await notesAt(host)).toEqual(all);

  must(await host.knowledges.stores.choose({ ...store, only: ['ROADMAP.md'] }, agreed));
  await readyWith(knowledge, 2);
  expect(await notesAt(host)).toEqual(['ROADMAP.md']);
  const found = await search(knowledge(), 'published');
  expect(found.problem).toBeUndefined();
  expect(found.notes).toEqual(expect.arrayContaining(['AGENTS.md', 'ROADMAP.md']));

  must(await host.knowledges.stores.choose({ kind: 'chroma', url: server.url, only: ['ROADMAP.md'] }));
  await readyWith(knowledge, 0);
  expect(await notesAt(host)).toEqual(all);
});

test('what is kept from a peer is kept from a store on another machine, too', {
  timeout: 120_000,
}, async () => {
  const repository = makeRepository({
    'AGENTS.md': '# Agents\n\nA secret.\n',
    'docs/passation_claude.md': '# Open\n',
  });
  const desk = await startDevice({ name: 'desk', repository, host: { index: true } });
  const lap = await startDevice({ name: 'lap', repository });
  const { store, agreed } = elsewhere();
  must(await desk.host.knowledges.stores.choose(store, agreed));
  const [{ id, workspace } = { id: '', workspace: '' }] = desk.host.workspaces();
  const knowledge = (): Knowledge => must(desk.host.knowledges.of(id));
  await readyWith(knowledge, 0);
  expect(await notesAt(desk.host)).toEqual(['AGENTS.md', 'docs/passation_claude.md']);
  await pairDevices(desk, lap, { ownDevice: true });
  const share = { id: desk.peer('lap').id, workspace_id: workspace ?? '', patterns: ['docs/**'] };
  must(await desk.host.peers.share(share));
  await readyWith(knowledge, 1);
  expect(await notesAt(desk.host)).toEqual(['docs/passation_claude.md']);
  expect((await search(knowledge(), 'secret')).notes).toContain('AGENTS.md');
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
