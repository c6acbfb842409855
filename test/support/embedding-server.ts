/** A real server that speaks Ollama's protocol below `/` and OpenAI's below `/v1`, and misbehaves when it is told to. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { createSeededRandom } from './seeded-random.ts';

export type EmbeddingAsk = { path: string; key: string | undefined; texts: string[]; model: string };
/** What the next questions are answered; `undefined` ends the misbehaviour for that question. */
export type Misbehaviour = (ask: EmbeddingAsk, response: ServerResponse) => boolean | Promise<boolean>;

export type EmbeddingServer = {
  url: string;
  /** Every question to embed that it was asked, in order. */
  readonly asked: EmbeddingAsk[];
  /** The most that it was answering at one time. */
  most(): number;
  /** Numbers of a vector from now on. */
  dimensions: number;
  /** Models that it has; its version counts up with `renew`. */
  models: string[];
  version: string;
  /** Whether it counts tokens. */
  counts: boolean;
  /** Characters of a text that its model takes. */
  longest: number;
  /** Answers instead of it where it returns true; asked for each question until it is undefined again. */
  misbehave: Misbehaviour | undefined;
  stop(): Promise<void>;
  start(): Promise<void>;
};

export async function startEmbeddingServer(): Promise<EmbeddingServer> {
  let port = 0;
  let server: Server | undefined;
  let answering = 0;
  let most = 0;
  const it: EmbeddingServer = {
    url: '',
    asked: [],
    most: () => most,
    dimensions: 48,
    models: ['small'],
    version: 'aaaaaaaaaaaa0000',
    counts: true,
    longest: 100_000,
    misbehave: undefined,
    async start() {
      server = createServer(async (request, response) => {
        answering += 1;
        most = Math.max(most, answering);
        await answer(it, request, response).finally(() => {
          answering -= 1;
        });
      });
      await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
      it.url = `http://127.0.0.1:${port}`;
    },
    async stop() {
      const stopping = server;
      server = undefined;
      stopping?.closeAllConnections();
      await new Promise((resolve) => (stopping === undefined ? resolve(0) : stopping.close(resolve)));
    },
  };
  await it.start();
  onTestFinished(it.stop);
  return it;
}

async function answer(
  it: EmbeddingServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? '';
  if (request.method === 'GET') return send(response, 200, listOf(it, path));
  const { model, input } = JSON.parse(await bodyOf(request)) as { model: string; input: string[] };
  const key = request.headers.authorization;
  const ask: EmbeddingAsk = { path, key, texts: input, model };
  it.asked.push(ask);
  if ((await it.misbehave?.(ask, response)) === true) return;
  if (!it.models.includes(model.replace(':latest', '')))
    return send(response, 404, { error: `model "${model}" not found, try pulling it first` });
  if (input.some((text) => text.length > it.longest))
    return send(response, 400, { error: 'the input length exceeds the context length' });
  send(response, 200, answerOf(it, path, input));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString('utf8');
}

/** As JSON, whatever it is. */
export function send(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function listOf(it: EmbeddingServer, path: string): unknown {
  return path.startsWith('/v1')
    ? { object: 'list', data: it.models.map((id) => ({ id, object: 'model' })) }
    : { models: it.models.map((name) => ({ name: `${name}:latest`, digest: it.version })) };
}

/** What a good answer says. */
export function answerOf(it: EmbeddingServer, path: string, texts: readonly string[]): unknown {
  const vectors = texts.map((text) => vectorOf(text, it.dimensions));
  const tokens = texts.reduce((sum, text) => sum + text.split(/\s+/).length, 0);
  if (!path.startsWith('/v1'))
    return { embeddings: vectors, ...(it.counts ? { prompt_eval_count: tokens } : {}) };
  // Whatever the order, the index says whose it is.
  const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })).reverse();
  return { data, ...(it.counts ? { usage: { prompt_tokens: tokens, total_tokens: tokens } } : {}) };
}

/** Each word has a direction of its own; no vector has length 1, as with some servers. */
function vectorOf(text: string, dimensions: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of ['', ...(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])]) {
    const random = createSeededRandom(word);
    for (let at = 0; at < dimensions; at += 1) vector[at] = (vector[at] ?? 0) + random.next() - 0.5;
  }
  return vector;
}
