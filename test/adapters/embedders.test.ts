/** What holds for every embedder, over the built-in one and over both protocols against a real server. */
import { pipeline, Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpEmbedder } from '../../electron/adapters/http-embedder.ts';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { createBuiltinEmbedder } from '../../electron/engine/knowledge/builtin-embedder.ts';
import type { Embedder, EmbeddingUse } from '../../electron/engine/knowledge/knowledge-ports.ts';
import type { Clock } from '../../electron/engine/ports.ts';
import { type ChosenServer, modelNameOf } from '../../shared/domain/knowledge/embedder-choice.ts';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import { must } from '../support/device.ts';
import {
  answerOf,
  type EmbeddingServer,
  type Misbehaviour,
  send,
  startEmbeddingServer,
} from '../support/embedding-server.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const kinds = ['ollama', 'openai'] as const;
type Kind = (typeof kinds)[number];

const choiceFor = (kind: Kind, { url }: EmbeddingServer, more: Partial<ChosenServer> = {}): ChosenServer => ({
  kind,
  url: kind === 'openai' ? `${url}/v1` : url,
  model: 'small',
  requests_per_minute: null,
  price_per_million: null,
  only: [],
  dimensions: 48,
  version: null,
  ...more,
});

type Around = { clock?: Clock; key?: Result<string | undefined>; signal?: AbortSignal };

function embedderFor(choice: ChosenServer, around: Around = {}): Embedder {
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  return createHttpEmbedder(choice, {
    clock: systemClock,
    key: ok('key-of-ours'),
    signal: stopping.signal,
    ...around,
  });
}

const ignore = (): void => {};
const lengthOf = (vector: Float32Array): number => Math.hypot(...vector);
const cosine = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, number, at) => sum + number * (other[at] ?? 0), 0);

const subjects: [string, () => Promise<Embedder>][] = [
  ['builtin', async () => createBuiltinEmbedder()],
  ['ollama', async () => embedderFor(choiceFor('ollama', await startEmbeddingServer()))],
  ['openai', async () => embedderFor(choiceFor('openai', await startEmbeddingServer()))],
];

describe.each(subjects)('%s', (_, make) => {
  test('gives a vector of length 1 and of its dimensions for each text, in their order', async () => {
    const embedder = await make();
    const texts = Array.from({ length: 150 }, (_, nth) => `passage number ${nth} of the journal`);
    const vectors = must(await embedder.embed(texts, ignore));
    expect(vectors).toHaveLength(150);
    for (const vector of vectors) {
      expect(vector).toHaveLength(embedder.dimensions);
      expect(lengthOf(vector)).toBeCloseTo(1, 4);
    }
    const [alone] = must(await embedder.embed([texts[77] ?? ''], ignore));
    expect(cosine(vectors[77] as Float32Array, alone as Float32Array)).toBeCloseTo(1, 4);
  });

  test('gives nothing for nothing', async () => {
    expect(await (await make()).embed([], ignore)).toEqual(ok([]));
  });

  test('names its model without a blank, and equal texts are near each other', async () => {
    const embedder = await make();
    expect(embedder.model).toMatch(/^\S+$/);
    const asked = must(
      await embedder.learner(undefined, ignore).embedQuery('the harbour master keeps the key'),
    );
    const [same, other] = must(
      await embedder.embed(['the harbour master keeps the key', 'quite something else'], ignore),
    );
    expect(cosine(asked, same as Float32Array)).toBeGreaterThan(cosine(asked, other as Float32Array));
  });

  test('goes on from what a learner saved', async () => {
    const embedder = await make();
    const learner = embedder.learner(undefined, ignore);
    learner.add('one passage');
    learner.add('another passage');
    learner.remove('one passage');
    const before = must(await learner.embedQuery('passage'));
    const again = must(await embedder.learner(learner.save(), ignore).embedQuery('passage'));
    expect(cosine(before, again)).toBeCloseTo(1, 4);
  });
});

describe.each(kinds)('%s, asked over HTTP', (kind) => {
  async function make(more: Partial<ChosenServer> = {}, around: Around = {}) {
    const server = await startEmbeddingServer();
    return { server, embedder: embedderFor(choiceFor(kind, server, more), around) };
  }

  test('sends the key, as many texts at once as fit, and no more requests at a time than are allowed', async () => {
    const { server, embedder } = await make();
    const short = Array.from({ length: 200 }, (_, nth) => `text ${nth}`);
    must(await embedder.embed(short, ignore));
    expect(server.asked.map(({ texts }) => texts.length).sort((a, b) => a - b)).toEqual([
      8, 32, 32, 32, 32, 32, 32,
    ]);
    expect(new Set(server.asked.map(({ key }) => key))).toEqual(new Set(['Bearer key-of-ours']));
    server.asked.length = 0;
    must(await embedder.embed(Array(10).fill('x'.repeat(limits.embeddingBytes / 4)), ignore));
    expect(server.asked.map(({ texts }) => texts.length)).toEqual([4, 4, 2]);
    expect(server.most()).toBeLessThanOrEqual(limits.embeddingRequests);
  });

  test('tells what each request took: as the server counted, or as its bytes say', async () => {
    const { server, embedder } = await make();
    const uses: EmbeddingUse[] = [];
    must(await embedder.embed(['one two three'], (use) => uses.push(use)));
    server.counts = false;
    must(await embedder.embed(['x'.repeat(400)], (use) => uses.push(use)));
    expect(uses).toEqual([
      { tokens: 3, isEstimated: false, isFailure: false },
      { tokens: 100, isEstimated: true, isFailure: false },
    ]);
  });

  test('sends no password or token that stands in a note or a question', async () => {
    const { server, embedder } = await make();
    const text =
      'Clone https://ada:hunter2@host/site.git with ghp_0123456789abcdef and Authorization: Basic abc';
    must(await embedder.embed([text], ignore));
    must(await embedder.learner(undefined, ignore).embedQuery(text));
    const sent = JSON.stringify(server.asked.map(({ texts }) => texts));
    for (const secret of ['hunter2', '0123456789abcdef', 'Basic abc']) expect(sent).not.toContain(secret);
    expect(sent).toContain('Clone https://host/site.git');
  });

  test('embeds a text that is too long for the model in parts, and the others as they are', async () => {
    const { server, embedder } = await make();
    server.longest = 300;
    const long = 'the lighthouse keeper writes every evening '.repeat(20);
    const [first, second, third] = must(await embedder.embed(['short one', long, 'short two'], ignore));
    expect(lengthOf(second as Float32Array)).toBeCloseTo(1, 4);
    const [alone, part] = must(
      await embedder.embed(['short one', 'the lighthouse keeper writes every evening'], ignore),
    );
    expect(cosine(first as Float32Array, alone as Float32Array)).toBeCloseTo(1, 4);
    expect(cosine(second as Float32Array, part as Float32Array)).toBeGreaterThan(0.8);
    expect(third).toBeDefined();
    server.longest = 10;
    expect(await embedder.embed(['w'.repeat(200)], ignore)).toMatchObject({ error: { code: 'too-large' } });
  });

  test('asks an equal question once', async () => {
    const { server, embedder } = await make();
    const learner = embedder.learner(undefined, ignore);
    const first = must(await learner.embedQuery('where is it'));
    expect(must(await learner.embedQuery('where is it'))).toEqual(first);
    expect(server.asked).toHaveLength(1);
  });

  const path = kind === 'openai' ? '/v1/embeddings' : '/api/embed';
  const lie =
    (change: (server: EmbeddingServer, texts: string[]) => unknown) =>
    (server: EmbeddingServer): Misbehaviour =>
    (ask, response) => {
      send(response, 200, change(server, ask.texts));
      return true;
    };
  const raw = (text: string) => (): Misbehaviour => (_, response) => {
    response.end(text);
    return true;
  };
  const refuse =
    (status: number, body: unknown, headers = {}) =>
    (): Misbehaviour =>
    (_, response) => {
      send(response, status, body, headers);
      return true;
    };

  test.each<[string, (server: EmbeddingServer) => Misbehaviour, string, RegExp]>([
    [
      'too few vectors',
      lie((server, texts) => answerOf(server, path, texts.slice(1))),
      'unreadable',
      /1 vectors for 2 texts/,
    ],
    [
      'too many vectors',
      lie((server, texts) => answerOf(server, path, [...texts, 'more'])),
      'unreadable',
      /3 vectors for 2 texts/,
    ],
    [
      'vectors of other dimensions',
      lie((server, texts) => answerOf({ ...server, dimensions: 47 }, path, texts)),
      'unreadable',
      /47 numbers; the index is made of 48/,
    ],
    [
      'vectors of nothing but 0',
      lie(() =>
        kind === 'openai'
          ? { data: [0, 1].map((index) => ({ index, embedding: Array(48).fill(0) })) }
          : { embeddings: [Array(48).fill(0), Array(48).fill(0)] },
      ),
      'unreadable',
      /without a direction/,
    ],
    [
      'null in the place of numbers, as NaN is written',
      lie(() => ({
        data: [{ index: 0, embedding: [null] }],
        embeddings: [[null], [null]],
      })),
      'unreadable',
      /something else than vectors/,
    ],
    ['bare NaN', raw('{"embeddings":[[NaN]]}'), 'unreadable', /something else than vectors/],
    ['numbers beyond all bounds', raw('{"embeddings":[[1e999],[1]]}'), 'unreadable', /something else/],
    ['garbage', raw('<html>It works!</html>'), 'unreadable', /something else than vectors/],
    ['nothing', raw(''), 'unreadable', /something else than vectors/],
    ['another form', raw('{"ok":true}'), 'unreadable', /something else than vectors/],
    [
      'half an answer',
      () => (_, response) => {
        response.writeHead(200, { 'content-length': '5000' });
        response.write('{"embeddings":[[0.1,');
        response.destroy();
        return true;
      },
      'peer-unreachable',
      /broke the connection off|aborted/,
    ],
    [
      'more than fits into memory',
      () => (_, response) => {
        const pieces = Array.from({ length: 64 }, () => Buffer.alloc(1024 * 1024, 32));
        pipeline(Readable.from(pieces), response, ignore);
        return true;
      },
      'unreadable',
      /more than 16 MiB/,
    ],
    ['500', refuse(500, { error: 'out of memory' }), 'peer-refused', /500: out of memory/],
    [
      '429',
      refuse(429, { error: { message: 'Rate limit reached for requests' } }),
      'rate-limited',
      /Rate limit reached/,
    ],
    [
      '429 for want of money',
      refuse(429, { error: { message: 'You exceeded your current quota' } }),
      'no-permission',
      /current quota/,
    ],
    [
      '401',
      refuse(401, { error: { message: 'Incorrect API key: key-of-ours' } }),
      'no-permission',
      /API key: …/,
    ],
    [
      'a redirect',
      refuse(307, {}, { location: 'http://evil.example/' }),
      'peer-refused',
      /sends us elsewhere/,
    ],
    ['404', refuse(404, { message: 'no such page' }), 'peer-refused', /not as a server that embeds/],
    [
      'a model that it does not have',
      refuse(404, { error: 'model "small" not found, try pulling it first' }),
      'not-found',
      /does not have the model small/,
    ],
  ])('believes no server that answers with %s, and never repeats the key', async (_, fault, code, words) => {
    const { server, embedder } = await make();
    server.misbehave = fault(server);
    const uses: EmbeddingUse[] = [];
    const failed = await embedder.embed(['one', 'two'], (use) => uses.push(use));
    expect(failed).toMatchObject({ ok: false, error: { code } });
    expect(JSON.stringify(failed)).toMatch(words);
    expect(JSON.stringify(failed)).not.toContain('key-of-ours');
    expect(uses.every(({ isFailure }) => isFailure)).toBe(true);
    expect(server.asked).toHaveLength(1);
    server.misbehave = undefined;
    must(await embedder.embed(['one', 'two'], ignore));
  });

  test('is told that nobody listens, and works again when somebody does', async () => {
    const { server, embedder } = await make();
    await server.stop();
    expect(await embedder.embed(['one'], ignore)).toMatchObject({
      error: { code: 'peer-unreachable', message: expect.stringContaining('nobody listens there') },
    });
    await server.start();
    must(await embedder.embed(['one'], ignore));
  });

  test('waits as long as the server says, and asks again', async () => {
    const clock = createFakeClock();
    const { server, embedder } = await make({}, { clock });
    const arrived = Promise.withResolvers<void>();
    server.misbehave = (_, response) => {
      server.misbehave = undefined;
      send(response, 429, { error: 'slow down' }, { 'retry-after': '20' });
      response.on('close', () => arrived.resolve());
      return true;
    };
    const made = embedder.embed(['one'], ignore);
    await arrived.promise;
    while (clock.nextDueMs() !== 20_000) await new Promise(setImmediate);
    await clock.advance(19_999);
    expect(server.asked).toHaveLength(1);
    await clock.advance(1);
    must(await made);
    expect(server.asked).toHaveLength(2);
  });

  test('leaves it to the queue of notes when the server wants more time than that, and does not ask before', async () => {
    const clock = createFakeClock();
    const { server, embedder } = await make({}, { clock });
    server.misbehave = (_, response) => {
      send(response, 429, { error: 'slow down' }, { 'retry-after': '3600' });
      return true;
    };
    expect(await embedder.embed(['one'], ignore)).toMatchObject({
      error: { code: 'rate-limited', message: expect.stringContaining('3600 s') },
    });
    server.misbehave = undefined;
    expect(await embedder.embed(['one'], ignore)).toMatchObject({ error: { code: 'rate-limited' } });
    expect(server.asked).toHaveLength(1);
    await clock.advance(3_600_000);
    must(await embedder.embed(['one'], ignore));
  });

  test('does not leave a server alone for days because it said so', async () => {
    const clock = createFakeClock();
    const { server, embedder } = await make({}, { clock });
    server.misbehave = (_, response) => {
      send(response, 429, { error: 'slow down' }, { 'retry-after': '999999' });
      return true;
    };
    expect(await embedder.embed(['one'], ignore)).toMatchObject({ error: { code: 'rate-limited' } });
    server.misbehave = undefined;
    await clock.advance(limits.embeddingHoldMs);
    must(await embedder.embed(['one'], ignore));
  });

  test('asks no more often than its user allows, and a question does not wait for that', async () => {
    const clock = createFakeClock();
    const { server, embedder } = await make({ requests_per_minute: 6 }, { clock });
    const made = embedder.embed(
      Array.from({ length: 65 }, (_, nth) => `text ${nth}`),
      ignore,
    );
    while (server.asked.length < 1) await new Promise(setImmediate);
    const question = await embedder.learner(undefined, ignore).embedQuery('now');
    expect(question).toMatchObject({ error: { code: 'rate-limited' } });
    await clock.advance(9_999);
    expect(server.asked).toHaveLength(1);
    for (const wanted of [2, 3]) {
      await clock.advance(10_000);
      while (server.asked.length < wanted) await new Promise(setImmediate);
    }
    must(await made);
  });

  /** What it came to so far. */
  function outcomeOf<Value>(work: Promise<Value>): { value?: Value } {
    const outcome: { value?: Value } = {};
    void work.then((value) => {
      outcome.value = value;
    });
    return outcome;
  }

  test('a question is given up in its time while every request is one of passages that take long', async () => {
    const clock = createFakeClock();
    const { server, embedder } = await make({}, { clock });
    server.misbehave = () => true;
    for (let nth = 0; nth < 8; nth += 1) void embedder.embed([`passage ${nth}`], ignore);
    while (server.asked.length < limits.embeddingRequests) await new Promise(setImmediate);
    const question = outcomeOf(embedder.learner(undefined, ignore).embedQuery('where is it'));
    await clock.advance(limits.questionVectorMs);
    expect(question.value).toMatchObject({
      error: { code: 'rate-limited', message: expect.stringContaining('could not be asked within 5 s') },
    });
  });

  test('a question goes before passages that wait for their minute, and has its turn and answer in one time', async () => {
    const clock = createFakeClock();
    const { server, embedder } = await make({ requests_per_minute: 20 }, { clock });
    for (let nth = 0; nth < 12; nth += 1) void embedder.embed([`passage ${nth}`], ignore);
    while (server.asked.length < 1) await new Promise(setImmediate);
    server.misbehave = () => true;
    const question = outcomeOf(embedder.learner(undefined, ignore).embedQuery('where is it'));
    await clock.advance(3_000);
    while (server.asked.length < 2) await new Promise(setImmediate);
    expect(server.asked[1]?.texts).toEqual(['where is it']);
    await clock.advance(limits.questionVectorMs - 3_000);
    while (question.value === undefined) await new Promise(setImmediate);
    expect(question.value).toMatchObject({ error: { code: 'peer-unreachable' } });
  });

  test('gives up a server that says nothing, a question sooner than a passage', async () => {
    const clock = createFakeClock();
    const { server, embedder } = await make({}, { clock });
    server.misbehave = () => true;
    const question = embedder.learner(undefined, ignore).embedQuery('who?');
    const passage = embedder.embed(['one'], ignore);
    while (server.asked.length < 2) await new Promise(setImmediate);
    await clock.advance(limits.questionVectorMs);
    expect(await question).toMatchObject({
      error: { code: 'peer-unreachable', message: expect.stringContaining('within 5 s') },
    });
    await clock.advance(limits.embeddingSilenceMs);
    expect(await passage).toMatchObject({ error: { code: 'peer-unreachable' } });
  });

  test('ends what is under way, and what waits, when it is told to', async () => {
    const stopping = new AbortController();
    const clock = createFakeClock();
    const { server, embedder } = await make({ requests_per_minute: 1 }, { clock, signal: stopping.signal });
    server.misbehave = () => true;
    const running = embedder.embed(['one'], ignore);
    while (server.asked.length < 1) await new Promise(setImmediate);
    const waiting = embedder.embed(['two'], ignore);
    stopping.abort();
    expect(await running).toMatchObject({ error: { code: 'stopping' } });
    expect(await waiting).toMatchObject({ error: { code: 'stopping' } });
    expect(clock.nextDueMs()).toBeUndefined();
  });

  test('gives the key to no other machine over plain http, and asks nobody without the key it needs', async () => {
    const { server } = await make();
    const far = embedderFor({ ...choiceFor(kind, server), url: 'http://embed.example:8080' });
    const refused = await far.embed(['one'], ignore);
    expect(refused).toMatchObject({ error: { code: 'bad-input' } });
    expect(JSON.stringify(refused)).toContain('for everybody on the way to read');
    const closed = { code: 'no-permission', subject: 'x', message: 'Closed.', advice: 'Open it.' } as const;
    const locked = embedderFor(choiceFor(kind, server), { key: { ok: false, error: closed } });
    expect(await locked.embed(['one'], ignore)).toEqual({ ok: false, error: closed });
    expect(server.asked).toEqual([]);
  });
});

test('a model is named by what its server marks it with, else by where it is, but for the usual address', () => {
  const model = {
    ...choiceFor('ollama', { url: 'http://127.0.0.1:11434' } as EmbeddingServer),
    dimensions: 768,
  };
  expect(modelNameOf({ ...model, version: '0a109f422b47e3a30ba2' })).toBe('ollama/small@0a109f422b47/768');
  expect(modelNameOf({ ...model, kind: 'openai', url: 'https://api.openai.com/v1' })).toBe(
    'openai/small/768',
  );
  expect(modelNameOf({ ...model, kind: 'openai', url: 'http://10.0.0.5:1234/v1' })).toBe(
    'openai/10.0.0.5:1234/small/768',
  );
});
