/** A server that embeds the notes of a real workspace: chosen, agreed to, made beside the old index, and left again. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Host } from '../../../electron/host/host-contract.ts';
import type { HostOptions } from '../../../electron/host/host-options.ts';
import type { Knowledge, KnowledgeState } from '../../../electron/host/knowledge/knowledge-contract.ts';
import { must } from '../../support/device.ts';
import { type EmbeddingServer, send, startEmbeddingServer } from '../../support/embedding-server.ts';
import { filesThatSay } from '../../support/files-that-say.ts';
import { until, untilThere } from '../../support/until.ts';
import { makePlace, openEngine, type Place, startHost } from './support/hosts.ts';

const builtin = 'builtin-1';
const small = 'ollama/small@aaaaaaaaaaaa/48';

async function start(place = makePlace(), options: Partial<HostOptions> = {}) {
  const server = await startEmbeddingServer();
  const { host, log } = await startHost(place, { index: true, ...options });
  const { id } = await openEngine(host, place.project);
  const knowledge = must(host.knowledges.of(id));
  must(await knowledge.catchUp());
  return { place, server, host, log, id, knowledge };
}

const wishFor = ({ url }: EmbeddingServer) => ({
  kind: 'ollama' as const,
  url,
  model: 'small',
  requests_per_minute: null,
  price_per_million: null,
  only: [],
});

const choose = async (host: Host, server: EmbeddingServer, more: object = {}) =>
  must(await host.embedder.choose({ ...wishFor(server), ...more }, undefined));

const ask = async (knowledge: Knowledge, text: string, mode: 'hybrid' | 'meaning' | 'words' = 'hybrid') => {
  const found = must(await knowledge.search({ text, mode, atMost: 10 }));
  return { notes: found.passages.map(({ note }) => note), problem: found.problem?.code };
};

const untilState = (knowledge: Knowledge, holds: (state: KnowledgeState) => boolean) =>
  untilThere(async () => {
    const state = await knowledge.state();
    return state.ok && holds(state.value) ? state.value : undefined;
  });

/** And not of a check or a question. */
const isOfNote = (texts: readonly string[]): boolean => texts.some((text) => text.includes('#'));

describe('a server that is chosen', () => {
  test('makes another index beside the old one, which is searched by meaning and kept up until it is there', async () => {
    const { place, server, host, knowledge } = await start();
    const go = Promise.withResolvers<void>();
    server.misbehave = async ({ texts }) => {
      if (isOfNote(texts)) await go.promise;
      return false;
    };
    await choose(host, server);
    await untilState(knowledge, ({ state, model }) => state === 'rebuilding' && model === small);
    expect(await ask(knowledge, 'agents', 'meaning')).toMatchObject({ problem: undefined });
    writeFileSync(join(place.project, 'AGENTS.md'), '# Agents\n\nTombstones stay.\n');
    await until(async () => (await ask(knowledge, 'tombstones', 'words')).notes.includes('AGENTS.md'));
    expect((await untilState(knowledge, () => true)).state).toBe('rebuilding');
    go.resolve();
    const state = await untilState(knowledge, (it) => it.state === 'current');
    expect(state).toMatchObject({ model: small, byMeaning: true, stuck: [], embedding: { isLocal: true } });
    expect(state.embedding?.use).toMatchObject({ failures: 0, isEstimated: false });
    expect(await ask(knowledge, 'tombstones stay', 'meaning')).toMatchObject({ problem: undefined });
    expect(server.asked.at(-1)?.texts).toEqual(['tombstones stay']);
  });

  test('is left for the built-in one, and nothing is asked there any more', async () => {
    const { server, host, knowledge } = await start();
    await choose(host, server);
    await untilState(knowledge, ({ state, model }) => state === 'current' && model === small);
    must(await host.embedder.choose({ kind: 'builtin' }, undefined));
    server.asked.length = 0;
    await untilState(knowledge, ({ state, model }) => state === 'current' && model === builtin);
    expect(await ask(knowledge, 'agents')).toMatchObject({ problem: undefined });
    expect(server.asked).toEqual([]);
  });

  test('is still chosen at the next start, and its vectors are still there', async () => {
    const { place, server, host, knowledge } = await start();
    await choose(host, server);
    await untilState(knowledge, ({ state, model }) => state === 'current' && model === small);
    await host.stop();
    server.asked.length = 0;
    const again = await startHost(place, { index: true });
    const { id } = await openEngine(again.host, place.project);
    const after = must(again.host.knowledges.of(id));
    must(await after.catchUp());
    expect(must(await after.state())).toMatchObject({ state: 'current', model: small });
    expect(server.asked).toEqual([]);
  });

  test('leaves the words of what it always fails at, lists it as stuck, and serves all the same', async () => {
    const { place, server, host, knowledge } = await start();
    writeFileSync(join(place.project, 'docs/passation_claude.md'), '# Journal\n\nPoison for the model.\n');
    await until(async () =>
      (await ask(knowledge, 'poison', 'words')).notes.includes('docs/passation_claude.md'),
    );
    server.misbehave = ({ texts }, response) => {
      if (!texts.some((text) => text.includes('Poison'))) return false;
      send(response, 500, { error: 'unsupported value: NaN' });
      return true;
    };
    await choose(host, server);
    const state = await untilState(knowledge, (it) => it.state !== 'rebuilding' && it.model === small);
    expect(state.stuck).toMatchObject([{ note: 'docs/passation_claude.md' }]);
    expect(await ask(knowledge, 'poison', 'words')).toEqual({
      notes: ['docs/passation_claude.md'],
      problem: undefined,
    });
    expect((await ask(knowledge, 'agents', 'meaning')).notes).toEqual(['AGENTS.md']);
    server.misbehave = undefined;
    must(await knowledge.retry(undefined));
    await untilState(knowledge, (it) => it.state === 'current' && it.stuck.length === 0);
    expect((await ask(knowledge, 'poison', 'meaning')).notes).toContain('docs/passation_claude.md');
  });

  test('and is gone before it is done leaves the old index in its place, until it is back', async () => {
    const { server, host, knowledge } = await start();
    server.misbehave = ({ texts }, response) => {
      if (!isOfNote(texts)) return false;
      response.destroy();
      return true;
    };
    await choose(host, server);
    await server.stop();
    const state = await untilState(knowledge, ({ stuck }) => stuck.length === 2);
    expect(state).toMatchObject({ state: 'rebuilding', byMeaning: true });
    expect(await ask(knowledge, 'agents', 'meaning')).toMatchObject({ problem: undefined });
    server.misbehave = undefined;
    await server.start();
    must(await knowledge.retry(undefined));
    await untilState(knowledge, ({ state: now, model }) => now === 'current' && model === small);
  });

  test('of which only the words can be searched meanwhile says so', async () => {
    const { server, host, knowledge } = await start();
    server.models.push('other');
    await choose(host, server);
    await untilState(knowledge, ({ state, model }) => state === 'current' && model === small);
    const go = Promise.withResolvers<void>();
    server.misbehave = async ({ texts }) => {
      if (isOfNote(texts)) await go.promise;
      return false;
    };
    await choose(host, server, { model: 'other' });
    await untilState(knowledge, ({ state, byMeaning }) => state === 'rebuilding' && !byMeaning);
    expect(await ask(knowledge, 'agents')).toEqual({ notes: ['AGENTS.md'], problem: 'paused' });
    go.resolve();
    await untilState(knowledge, ({ state }) => state === 'current');
  });

  test('with another number of dimensions than it had is a problem that says what to do, and spoils nothing', async () => {
    const { place, server, host, knowledge } = await start();
    await choose(host, server);
    await untilState(knowledge, ({ state, model }) => state === 'current' && model === small);
    server.dimensions = 32;
    writeFileSync(join(place.project, 'AGENTS.md'), '# Agents\n\nTombstones stay.\n');
    const isSaid = ({ stuck }: KnowledgeState): boolean =>
      stuck[0]?.problem.message.includes('vectors of 32 numbers; the index is made of 48') === true;
    const { stuck } = await untilState(knowledge, isSaid);
    expect(stuck[0]?.problem.advice).toContain('choose it again');
    expect((await ask(knowledge, 'tombstones')).notes).toEqual(['AGENTS.md']);
    await choose(host, server);
    await untilState(knowledge, ({ state, model }) => state === 'current' && model.endsWith('/32'));
    expect((await ask(knowledge, 'tombstones', 'meaning')).problem).toBeUndefined();
  });
});

describe('a server is not chosen', () => {
  test('that does not have the model, which the answer tells how to get', async () => {
    const { server, host } = await start();
    const refused = await host.embedder.choose({ ...wishFor(server), model: 'bge-m3' }, undefined);
    expect(refused).toMatchObject({
      error: { code: 'not-found', advice: 'Get it with `ollama pull bge-m3`.' },
    });
    expect(JSON.stringify(refused)).toContain('It has small:latest.');
    expect(host.embedder.state().choice).toEqual({ kind: 'builtin' });
  });

  test('where nobody listens', async () => {
    const { server, host } = await start();
    await server.stop();
    const refused = await host.embedder.choose(wishFor(server), undefined);
    expect(refused).toMatchObject({ error: { code: 'peer-unreachable' } });
    expect(JSON.stringify(refused)).toContain('ollama serve');
  });

  test.each([undefined, 'embed.example', 'localhost'])(
    'on another machine that nobody agreed to by its name, as with %s',
    async (agreed) => {
      const { server, host } = await start();
      const wish = { ...wishFor(server), url: 'http://embed.invalid:11434' };
      expect(await host.embedder.choose(wish, agreed)).toMatchObject({
        error: { code: 'no-permission', subject: 'embed.invalid:11434' },
      });
    },
  );

  test('by patterns that are none', async () => {
    const { server, host } = await start();
    const wish = { ...wishFor(server), only: ['['] };
    expect(await host.embedder.choose(wish, undefined)).toMatchObject({ error: { code: 'bad-input' } });
  });
});

describe('a key', () => {
  const secret = 'sk-of-nobody-else';

  test('that is kept lies in one file for its owner, and in no setting, log or answer', async () => {
    const { place, server, host, log, knowledge } = await start();
    const kept = must(await host.embedder.keepKey(server.url, secret));
    await choose(host, server);
    await untilState(knowledge, ({ state, model }) => state === 'current' && model === small);
    expect(server.asked.every(({ key }) => key === `Bearer ${secret}`)).toBe(true);
    const state = must(await knowledge.state());
    expect(JSON.stringify([kept, host.embedder.state(), state, log.lines])).not.toContain(secret);
    const file = join(place.dataFolder, 'embedder-keys.json');
    expect(filesThatSay(place.dataFolder, secret)).toEqual([file]);
    expect(must(await host.gitTokens.list())).toEqual([]);
    expect(must(await host.embedder.forgetKey(server.url))).toBe(true);
    expect(host.embedder.state().key).toEqual({ from: 'none' });
    expect(filesThatSay(place.dataFolder, secret)).toEqual([]);
  });

  test('of the environment goes before one that is kept, and is kept nowhere', async () => {
    const place = makePlace();
    const env = { PATH: process.env['PATH'], HOME: place.home, SKEIN_EMBEDDING_KEY: secret };
    const { server, host, knowledge } = await start(place, { env });
    must(await host.embedder.keepKey(server.url, 'another'));
    expect((await choose(host, server)).key).toEqual({
      from: 'environment',
      variable: 'SKEIN_EMBEDDING_KEY',
    });
    await untilState(knowledge, ({ state, model }) => state === 'current' && model === small);
    expect(server.asked.every(({ key }) => key === `Bearer ${secret}`)).toBe(true);
    expect(filesThatSay(place.dataFolder, secret)).toEqual([]);
  });

  test('of OpenAI is given to OpenAI alone', async () => {
    const place = makePlace();
    const env = { PATH: process.env['PATH'], HOME: place.home, OPENAI_API_KEY: secret };
    const { server, host } = await start(place, { env });
    const wish = { ...wishFor(server), kind: 'openai' as const, url: `${server.url}/v1` };
    must(await host.embedder.check(wish));
    expect(server.asked).toMatchObject([{ key: undefined }]);
  });

  test('in a keychain that is not at hand is named as that, and nothing is asked without it', async () => {
    const place: Place = makePlace();
    const keychain = {
      seal: (text: string) => Buffer.from([...text].reverse().join('')),
      open: (sealed: Uint8Array) => [...Buffer.from(sealed).toString()].reverse().join(''),
    };
    const desktop = await start(place, { keychain: { keychain } });
    must(await desktop.host.embedder.keepKey(desktop.server.url, secret));
    expect(await choose(desktop.host, desktop.server)).toMatchObject({
      key: { from: 'keychain', usable: true },
    });
    await untilState(desktop.knowledge, ({ state, model }) => state === 'current' && model === small);
    await desktop.host.stop();
    desktop.server.asked.length = 0;
    const { host } = await startHost(place, { index: true });
    expect(host.embedder.state().key).toEqual({ from: 'keychain', usable: false });
    const { id } = await openEngine(host, place.project);
    const knowledge = must(host.knowledges.of(id));
    expect(await ask(knowledge, 'agents')).toEqual({ notes: ['AGENTS.md'], problem: 'no-permission' });
    expect(desktop.server.asked).toEqual([]);
  });
});

test('settings that nobody understands mean the built-in embedder, and leave the others alone', async () => {
  const place = makePlace();
  const { host } = await start(place);
  must(await host.changeAppSettings({ theme: 'dark' }));
  await host.stop();
  const file = join(place.dataFolder, 'settings.json');
  const settings = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...settings, embedder: { kind: 'ollama', url: 'http://a:b@c' } }));
  const again = await startHost(place);
  expect(again.host.embedder.state().choice).toEqual({ kind: 'builtin' });
  expect(again.host.appSettings().theme).toBe('dark');
});
