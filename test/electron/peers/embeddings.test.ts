/** Embeddings that paired devices give each other, over TLS, with a real server that embeds and counts what it is asked. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import { systemClock } from '../../../electron/adapters/system-clock.ts';
import { nothingShared, type SharedTotal } from '../../../electron/engine/knowledge/shared-count.ts';
import type { Clock } from '../../../electron/engine/ports.ts';
import type { Knowledge, KnowledgeState } from '../../../electron/host/knowledge/knowledge-contract.ts';
import { replicaFolder } from '../../../electron/host/workspace-id.ts';
import { createKnowledgeGauges } from '../../../electron/http/knowledge-metrics.ts';
import { limits } from '../../../shared/limits.ts';
import type { Result } from '../../../shared/result.ts';
import { makePlace } from '../../support/cli-place.ts';
import { type Device, makeRepository, must, pairDevices, startDevice } from '../../support/device.ts';
import { type EmbeddingServer, startEmbeddingServer } from '../../support/embedding-server.ts';
import { createMemoryLog } from '../host/support/memory-log.ts';

const journals = ['docs/passation_claude.md', 'docs/passation_codex.md', 'docs/passation_gemini.md'];
const textOf = (title: string): string =>
  Array.from(
    { length: 8 },
    (_, nth) => `# ${title} ${nth}\n\n${`${title}${nth} says so. `.repeat(60)}\n`,
  ).join('\n');
const files = {
  'AGENTS.md': '# Agents\n',
  ...Object.fromEntries(journals.map((it) => [it, textOf(it.slice(15, -3))])),
};

const idOf = (device: Device): string => device.host.workspaces()[0]?.id ?? '';
const workspaceOf = (device: Device): string => device.host.workspaces()[0]?.workspace ?? '';
const knowledgeOf = (device: Device): Knowledge => must(device.host.knowledges.of(idOf(device)));

async function choose(device: Device, server: EmbeddingServer, more: object = {}): Promise<void> {
  const wish = {
    kind: 'ollama' as const,
    url: server.url,
    model: 'small',
    requests_per_minute: null,
    price_per_million: null,
    only: [],
  };
  must(await device.host.embedder.choose({ ...wish, ...more }, undefined));
}

/** Everything in the index of the server that is chosen. */
async function indexAll(device: Device): Promise<KnowledgeState> {
  must(await knowledgeOf(device).catchUp());
  const state = must(await knowledgeOf(device).state());
  expect(state).toMatchObject({ state: 'current', behind: 0, notes: journals.length + 1, stuck: [] });
  return state;
}

/** Answers in time however much else this machine has to do. */
const patient: Clock = {
  ...systemClock,
  after: (ms, work) =>
    ms === limits.sharedWaitMs || ms === limits.sharedGiveMs ? () => {} : systemClock.after(ms, work),
};

/** It has all that the desk has, and can call it. */
const untilReached = (lap: Device): Promise<void> =>
  lap.until(() => {
    const { state, reach, problem } = lap.peer('desk');
    return state === 'synced' && problem === null && (reach === 'both' || reach === 'out');
  });

type Pair = { desk: Device; lap: Device; server: EmbeddingServer; log: ReturnType<typeof createMemoryLog> };

/** Two paired devices with the same clone; the desk has indexed it with the server, the lap has not. */
async function startPair(): Promise<Pair> {
  const server = await startEmbeddingServer();
  const log = createMemoryLog();
  const repository = makeRepository(files);
  const desk = await startDevice({ name: 'desk', repository, host: { clock: patient } });
  const lap = await startDevice({ name: 'lap', repository, host: { clock: patient, log } });
  await choose(desk, server);
  await indexAll(desk);
  await pairDevices(desk, lap, { ownDevice: true });
  await untilReached(lap);
  server.asked.length = 0;
  return { desk, lap, server, log };
}

/** Passages that the server was asked for, and not to see whether it is there. */
const passagesAsked = ({ asked }: EmbeddingServer): string[] =>
  asked.flatMap(({ texts }) => texts.filter((text) => text.includes('#') || text.includes('says so')));

const sharedIn = ({ embedding }: KnowledgeState): SharedTotal => embedding?.shared ?? nothingShared;

test('a second device indexes a workspace with what the first one gives: the model makes samples and answers questions only', async () => {
  const { desk, lap, server } = await startPair();
  await choose(lap, server);
  const state = await indexAll(lap);
  const { taken, checked, refused, from } = sharedIn(state);
  expect(taken + checked).toBe(state.passages);
  expect(passagesAsked(server)).toHaveLength(checked);
  expect(checked).toBeLessThan(state.passages / 2);
  expect({ refused, from }).toEqual({ refused: 0, from: [{ name: 'desk', taken }] });
  expect(desk.host.knowledges.given(idOf(desk))).toBe(state.passages);
  const found = must(await knowledgeOf(lap).search({ text: 'codex3 says so', mode: 'meaning', atMost: 1 }));
  expect(found.passages).toMatchObject([{ note: 'docs/passation_codex.md' }]);
  expect(found.problem).toBeUndefined();
  expect(await figuresOf(state, 7)).toEqual({ taken, checked, refused: 0, given: 7 });
  await lap.stop();
  const there = { cwd: lap.folder, env: { SKEIN_DATA: lap.dataFolder } };
  const { out } = await makePlace().skein(['knowledge'], there);
  expect(out).toMatch(new RegExp(`Embeddings +${taken} from desk, ${checked} checked\\n`));
});

/** What the metrics say of embeddings. */
async function figuresOf(state: KnowledgeState, given: number): Promise<Record<string, number>> {
  const registry = new Registry();
  createKnowledgeGauges(registry)(state, given);
  const lines = (await registry.metrics()).matchAll(/^sync_knowledge_embeddings_(\w+) (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, name = '', value]) => [name, Number(value)]));
}

test('rights and patterns of either side are kept, as they are at the moment', async () => {
  const { desk, lap, server } = await startPair();
  await choose(lap, server);
  await indexAll(lap);
  const passages = must(await knowledgeOf(lap).state()).passages;
  const [claude = 0] = must(await knowledgeOf(lap).notes()).flatMap((it) =>
    it.note === journals[0] ? it.passages : [],
  );
  const there = { id: desk.peer('lap').id, workspace_id: workspaceOf(desk) };
  const here = { id: lap.peer('desk').id, workspace_id: workspaceOf(lap) };
  const steps: [string, () => Promise<Result<unknown>>, number][] = [
    [
      'of a file that it may see',
      () => desk.host.peers.share({ ...there, patterns: journals.slice(0, 1) }),
      claude,
    ],
    ['of all that it may see again', () => desk.host.peers.share({ ...there, patterns: [] }), passages],
    [
      'of a file that the other may see',
      () => lap.host.peers.share({ ...here, patterns: journals.slice(0, 1) }),
      claude,
    ],
    [
      'of one that may change nothing here',
      () => lap.host.peers.share({ ...here, patterns: [], write: false }),
      0,
    ],
    ['of one that may again', () => lap.host.peers.share({ ...here, write: true }), passages],
    ['of a workspace that is shared no longer', () => desk.host.peers.share({ ...there, shared: false }), 0],
    ['of one that revoked it', () => desk.host.peers.revoke(there.id), 0],
  ];
  for (const [whose, change, count] of steps) {
    must(await change());
    const before = desk.host.knowledges.given(idOf(desk));
    server.asked.length = 0;
    must(await knowledgeOf(lap).rebuild());
    const { taken, checked, refused } = sharedIn(await indexAll(lap));
    expect(taken + checked, whose).toBe(count);
    expect(desk.host.knowledges.given(idOf(desk)) - before, whose).toBe(count);
    expect([passagesAsked(server).length, refused], whose).toEqual([passages - taken, 0]);
  }
});

test('neither an index of another model gives anything, nor a device that is away', async () => {
  const { desk, lap, server } = await startPair();
  server.version = 'bbbbbbbbbbbb0000';
  await choose(lap, server);
  const { passages, model, ...state } = await indexAll(lap);
  expect(model).toBe('ollama/small@bbbbbbbbbbbb/48');
  expect(state.embedding?.shared).toEqual(nothingShared);
  expect(passagesAsked(server)).toHaveLength(passages);
  expect(desk.host.knowledges.given(idOf(desk))).toBe(0);
  await desk.stop();
  server.version = 'aaaaaaaaaaaa0000';
  await choose(lap, server);
  expect(sharedIn(await indexAll(lap))).toEqual(nothingShared);
});

/** In its index each text has the vector of another one from now on. */
async function falsify(device: Device): Promise<void> {
  const id = idOf(device);
  await device.stop();
  const folder = join(replicaFolder(device.dataFolder, id), 'knowledge');
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.db'));
  const sql = openSql(join(folder, file));
  const rows = sql.prepare<{ hash: string; vector: Uint8Array }>('SELECT hash, vector FROM embeddings').all();
  const put = sql.prepare('UPDATE embeddings SET vector = ? WHERE hash = ?');
  for (const [nth, { vector }] of rows.entries()) put.run(vector, rows[(nth + 1) % rows.length]?.hash ?? '');
  sql.close();
}

test('a device whose vectors are not those of the texts is not believed, which is said by its name, and is not asked again', async () => {
  const { desk, lap, server, log } = await startPair();
  await falsify(desk);
  await desk.restart();
  must(await lap.host.peers.change({ id: lap.peer('desk').id, addresses: [desk.address()] }));
  must(await lap.host.peers.sync({}));
  await untilReached(lap);
  await choose(lap, server);
  const state = await indexAll(lap);
  const { taken, checked, refused } = sharedIn(state);
  expect({ taken, checked }).toEqual({ taken: 0, checked: 0 });
  expect(refused).toBeGreaterThan(0);
  const warnings = log.lines.filter(({ message }) => message.startsWith('desk gave embeddings'));
  expect(new Set(warnings.map(({ message }) => message)).size).toBe(1);
  expect(new Set(passagesAsked(server)).size).toBe(state.passages);
  const before = desk.host.knowledges.given(idOf(desk));
  lap.write('docs/passation_claude.md', `${textOf('claude')}\n# More\n\nmore says so\n`);
  await lap.until(() => lap.engine.log.changes({ limit: 1 })[0]?.path === 'docs/passation_claude.md');
  must(await knowledgeOf(lap).catchUp());
  expect(desk.host.knowledges.given(idOf(desk))).toBe(before);
});
