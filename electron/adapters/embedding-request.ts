/** One request to a server that embeds: its answer as JSON, bounded in bytes and time, or why there is none. */
import {
  type ChosenServer,
  hostOf,
  isOnThisMachine,
  type ServerWish,
} from '../../shared/domain/knowledge/embedder-choice.ts';
import { withoutSecrets } from '../../shared/domain/secrets.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../shared/result.ts';
import type { Clock } from '../engine/ports.ts';
import { type Answer, askPeer } from './ask-peer.ts';
import { stopping } from './embedding-line.ts';

export type EmbeddingServer = Pick<ServerWish, 'kind' | 'url' | 'model'> & Partial<ChosenServer>;

export type EmbeddingRequest = {
  server: EmbeddingServer;
  /** Below its address. */
  path: string;
  /** Undefined: a GET. */
  body?: unknown;
  key: string | undefined;
  /** Milliseconds for all of it. */
  withinMs: number;
  clock: Clock;
  signal: AbortSignal;
};

/** `retryMs`: when the server wants to be asked again, as it said. */
export type EmbeddingRefusal = Problem & { retryMs?: number };

/**
 * Follows no redirect, so the key goes nowhere but to the address that was set. Fails with `peer-unreachable`,
 * `rate-limited`, `too-large` for texts that the model does not take, `not-found` for a model that is not there,
 * `no-permission`, `peer-refused`, `unreadable` or `stopping`.
 */
export async function requestEmbedding(
  request: EmbeddingRequest,
): Promise<Result<unknown, EmbeddingRefusal>> {
  const { server, key, withinMs, clock, signal } = request;
  if (key !== undefined && !keepsKey(server.url)) return err(wouldTellKey(server.url));
  const late = new AbortController();
  const cancel = clock.after(withinMs, () => late.abort());
  try {
    const answer = await send(request, AbortSignal.any([signal, late.signal]));
    if (answer.ok || (!signal.aborted && !late.signal.aborted)) return answer;
    return err(signal.aborted ? stopping(hostOf(server.url)) : silent(server, withinMs));
  } finally {
    cancel();
  }
}

/** A key goes to another machine only where nobody on the way can read it. */
const keepsKey = (url: string): boolean => url.startsWith('https:') || isOnThisMachine(url);

async function send(
  { server, path, body, key, withinMs }: EmbeddingRequest,
  signal: AbortSignal,
): Promise<Result<unknown, EmbeddingRefusal>> {
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const answer = await askPeer({
    url: `${server.url}${path}`,
    method: bytes === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      // Some servers do not take a body of which the length is not told before.
      ...(bytes && { 'content-type': 'application/json', 'content-length': String(bytes.length) }),
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
    },
    body: bodyOf(bytes),
    timeoutMs: withinMs,
    signal,
  });
  if (!answer.ok) return err(unreachable(server, answer.error));
  const text = await readText(server, answer.value);
  if (!text.ok) return text;
  if (answer.value.status !== 200) return err(refusal(server, answer.value, wordsOf(text.value, key)));
  return parse(server, text.value);
}

async function* bodyOf(bytes: Uint8Array | undefined): AsyncGenerator<Uint8Array> {
  if (bytes !== undefined) yield bytes;
}

async function readText(server: EmbeddingServer, { body }: Answer): Promise<Result<string>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of body) {
      size += piece.length;
      if (size > limits.embeddingAnswerBytes) return err(tooMuch(server));
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof ProblemError) return err(unreachable(server, cause.problem));
    throw cause;
  }
  return ok(Buffer.concat(pieces).toString('utf8'));
}

function parse(server: EmbeddingServer, text: string): Result<unknown> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return err(noAnswer(server));
  }
}

/** What the server says of an error, in the forms of Ollama, OpenAI and others, without the key that some repeat. */
function wordsOf(text: string, key: string | undefined): string {
  return withoutSecrets(messageIn(text) ?? text, key === undefined ? [] : [key])
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, limits.embedderWordsCharacters);
}

type ErrorAnswer = { error?: unknown; message?: unknown; detail?: unknown } | null;

function messageIn(text: string): string | undefined {
  try {
    const answer = JSON.parse(text) as ErrorAnswer;
    const inner = typeof answer?.error === 'object' ? (answer.error as ErrorAnswer)?.message : answer?.error;
    return [inner, answer?.message, answer?.detail].find((it) => typeof it === 'string');
  } catch {
    return undefined;
  }
}

/** How servers say that a text has more tokens than the model takes. */
const tooLongWords =
  /context (length|size)|maximum.{0,20}(length|tokens)|too (long|large)|less than \d+ tokens/i;
const noModelWords =
  /model.{0,200}(not (found|exist|loaded)|does not exist|unknown)|(unknown|no such) model/i;
/** Of an account without money no waiting helps. */
const noMoneyWords = /quota|billing|insufficient|credit/i;

function refusal(server: EmbeddingServer, { status, retryAfter }: Answer, words: string): EmbeddingRefusal {
  const host = hostOf(server.url);
  const said = words === '' ? `${status}` : `${status}: ${words}`;
  if (status >= 300 && status < 400) return redirected(host, status);
  if (status === 401 || status === 403) return noAccess(host, said);
  if (status === 413 || (status >= 400 && tooLongWords.test(words))) return tooLong(server, said);
  if (status === 429 && noMoneyWords.test(words)) return noMoney(host, said);
  if (status === 429 || (status === 503 && retryAfter !== undefined)) return busy(host, said, retryAfter);
  if (status < 500 && noModelWords.test(words)) return noModel(server, said);
  if (status === 404) return noEndpoint(server, said);
  return problem(
    'peer-refused',
    host,
    `${host} could not embed: it answered ${said}.`,
    'Look at the log of that server. It is tried again.',
  );
}

function busy(host: string, said: string, retryAfter: string | undefined): EmbeddingRefusal {
  const it = problem(
    'rate-limited',
    host,
    `${host} takes no more requests now: it answered ${said}.`,
    'It is tried again by itself. Set how many requests a minute its account allows, and it is asked no more often.',
  );
  const retryMs = waitOf(retryAfter);
  return retryMs === undefined ? it : { ...it, retryMs };
}

/** Seconds, or a date (RFC 9110, section 10.2.3). A date is not believed: clocks differ. */
function waitOf(retryAfter: string | undefined): number | undefined {
  const seconds = /^\s*(\d{1,6}(\.\d+)?)\s*$/.exec(retryAfter ?? '')?.[1];
  return seconds === undefined ? undefined : Math.min(Number(seconds) * 1_000, limits.embeddingHoldMs);
}

/** What the user types to get a model, or where else it comes from. */
export const howToGet = ({ kind, model }: Pick<ServerWish, 'kind' | 'model'>): string =>
  kind === 'ollama' ? `Get it with \`ollama pull ${model}\`.` : 'Choose one that the server lists.';

const noModel = (server: EmbeddingServer, said: string): Problem =>
  problem(
    'not-found',
    server.model,
    `${hostOf(server.url)} does not have the model ${server.model}: it answered ${said}.`,
    howToGet(server),
  );

const noEndpoint = ({ url, kind }: EmbeddingServer, said: string): Problem =>
  problem(
    'peer-refused',
    hostOf(url),
    `${url} answers, but not as a server that embeds: ${said}.`,
    kind === 'ollama'
      ? 'Check that Ollama is 0.3 or newer and that the address is its own.'
      : 'Check the address: most end in /v1.',
  );

const noAccess = (host: string, said: string): Problem =>
  problem(
    'no-permission',
    host,
    `${host} does not accept the key: it answered ${said}.`,
    'Keep another one with `skein knowledge key set`, or set SKEIN_EMBEDDING_KEY where Skein is started.',
  );

const noMoney = (host: string, said: string): Problem =>
  problem('no-permission', host, `${host} refuses: it answered ${said}.`, 'Look at the account there.');

const tooLong = ({ url, model }: EmbeddingServer, said: string): Problem =>
  problem(
    'too-large',
    model,
    `The model ${model} does not take a text of this length: ${hostOf(url)} answered ${said}.`,
    'Choose a model that takes longer texts, 2,048 tokens say.',
  );

const redirected = (host: string, status: number): Problem =>
  problem(
    'peer-refused',
    host,
    `${host} sends us elsewhere (${status}); notes and key only go to the address that is set.`,
    'Set the address that it should be.',
  );

const noAnswer = ({ url }: EmbeddingServer): Problem =>
  problem(
    'unreadable',
    hostOf(url),
    `${hostOf(url)} answered with something else than vectors.`,
    'Check that the address is that of a server that embeds. It is tried again.',
  );

const tooMuch = ({ url }: EmbeddingServer): Problem =>
  problem(
    'unreadable',
    hostOf(url),
    `${hostOf(url)} answered with more than ${limits.embeddingAnswerBytes / 1024 / 1024} MiB.`,
    'Check that the address is that of a server that embeds.',
  );

const silent = ({ url }: EmbeddingServer, withinMs: number): Problem =>
  problem(
    'peer-unreachable',
    hostOf(url),
    `${hostOf(url)} did not answer within ${Math.ceil(withinMs / 1_000)} s.`,
    'Check that it runs. A model that is loaded first takes its time; it is tried again.',
  );

const wouldTellKey = (url: string): Problem =>
  problem(
    'bad-input',
    hostOf(url),
    `The key would go to ${hostOf(url)} for everybody on the way to read.`,
    'Use an https address, a tunnel to this machine, or forget the key if that server needs none.',
  );

function unreachable({ url, kind }: EmbeddingServer, { message }: Problem): Problem {
  const advice =
    kind === 'ollama'
      ? 'Start Ollama (`ollama serve`), or correct the address. It is tried again.'
      : 'Check that it runs and that its address is right. It is tried again.';
  return problem('peer-unreachable', hostOf(url), message, advice);
}
