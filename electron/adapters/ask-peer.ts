/** One request to another machine, with a body and an answer of any size, neither of which is ever whole in memory. */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../shared/result.ts';
import { errorCode } from './file-problems.ts';

export type Question = {
  url: string;
  /** POST unless told. */
  method?: 'GET' | 'POST';
  headers: Record<string, string>;
  body: AsyncIterable<Uint8Array>;
  /** Milliseconds of silence after which it is given up. */
  timeoutMs: number;
  signal: AbortSignal;
};

export type Answer = {
  status: number;
  contentType: string;
  /** When it wants to be asked again, as it said. */
  retryAfter: string | undefined;
  body: AsyncIterable<Uint8Array>;
};

/**
 * Follows no redirect: the answer is whatever that address says. Fails with peer-unreachable, stopping, or what `body`
 * throws; the body of the answer throws the same as `ProblemError`.
 */
export async function askPeer(question: Question): Promise<Result<Answer>> {
  try {
    const answer = await send(question);
    return ok({
      status: answer.statusCode ?? 0,
      contentType: answer.headers['content-type'] ?? '',
      retryAfter: answer.headers['retry-after'],
      body: readAnswer(answer, question),
    });
  } catch (cause) {
    return err(problemOf(cause, question));
  }
}

/** An answer that comes before the whole body was read counts: it says why the rest is not wanted. */
function send({
  url,
  method = 'POST',
  headers,
  body,
  timeoutMs,
  signal,
}: Question): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const ask = url.startsWith('https:') ? requestHttps : requestHttp;
    const request = ask(url, { method, headers, signal, timeout: timeoutMs, agent: false });
    let answered: IncomingMessage | undefined;
    request.on('timeout', () => {
      answered?.destroy(new Silence());
      request.destroy(new Silence());
    });
    request.on('response', (answer) => {
      answered = answer;
      resolve(answer);
    });
    // Who refuses early answers first and cuts the body off then; both may be here in one turn.
    request.on('error', (cause) => void setImmediate(() => reject(cause)));
    pipeline(Readable.from(body, { objectMode: false }), request).catch((cause) => {
      if (cause instanceof ProblemError) request.destroy(cause);
    });
  });
}

class Silence extends Error {}

async function* readAnswer(answer: IncomingMessage, question: Question): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of answer) yield piece as Uint8Array;
  } catch (cause) {
    throw new ProblemError(problemOf(cause, question));
  } finally {
    answer.destroy();
  }
}

function problemOf(cause: unknown, { url, timeoutMs, signal }: Question): Problem {
  if (cause instanceof ProblemError) return cause.problem;
  if (signal.aborted) return stopped(url);
  const why = cause instanceof Silence ? `it was silent for ${timeoutMs / 1_000} s` : reasonOf(cause);
  return problem(
    'peer-unreachable',
    url,
    `${url} could not be asked: ${why}.`,
    'Check that it runs and that its address is right; it is tried again.',
  );
}

const reasonByCode: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  ECONNRESET: 'it broke the connection off',
  EPIPE: 'it broke the connection off',
  EHOSTUNREACH: 'the network does not lead there',
  ENETUNREACH: 'the network does not lead there',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'nobody vouches for its certificate',
};

/** Why a connection failed, as people say it. */
export function reasonOf(cause: unknown): string {
  const known = reasonByCode[errorCode(cause) ?? ''];
  return known ?? (cause instanceof Error ? cause.message : String(cause));
}

const stopped = (url: string): Problem =>
  problem(
    'stopping',
    url,
    `The exchange with ${url} was ended because Skein stops.`,
    'It goes on at the next start.',
  );
