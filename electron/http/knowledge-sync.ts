/** POST /knowledge_sync: the exchange of index files between clusters (reference/000). */
import { problem } from '../../shared/result.ts';
import type { IndexExchange } from '../host/knowledge/exchange/exchange-contract.ts';
import { sameSecret } from '../host/same-secret.ts';
import { problemResponse } from './problem-response.ts';
import { withSecurityHeaders } from './security-headers.ts';

export const knowledgeSyncPath = '/knowledge_sync';

/** Answers as it reads, and breaks the connection off where a file changes while it is sent. */
export async function answerKnowledgeSync(exchange: IndexExchange, request: Request): Promise<Response> {
  const answer = await exchange.answer({
    body: request.body ?? nothing(),
    contentType: request.headers.get('content-type') ?? '',
    accept: request.headers.get('accept') ?? '',
  });
  if (!answer.ok) return problemResponse(answer.error);
  const { body, contentType } = answer.value;
  return new Response(toStream(body), { headers: { 'content-type': contentType } });
}

/** One piece at a time, when it is wanted. */
function toStream(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    cancel: async () => void (await iterator.return?.()),
  });
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The only thing that other machines reach where the user set an address and a token; no browser may ask. */
export function createKnowledgeSyncApp(exchange: IndexExchange): (request: Request) => Promise<Response> {
  return async (request) => withSecurityHeaders(await answer(exchange, request));
}

async function answer(exchange: IndexExchange, request: Request): Promise<Response> {
  if (!isOfPeer(exchange, request)) return problemResponse(noToken);
  if (new URL(request.url).pathname !== knowledgeSyncPath || request.method !== 'POST')
    return problemResponse(nothingElse);
  return answerKnowledgeSync(exchange, request);
}

/** Whether the request shows the token that clusters share, and comes from no page of a browser. */
export function isOfPeer({ token }: IndexExchange, request: Request): boolean {
  if (request.headers.has('origin')) return false;
  const [, given] = /^bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  return token !== undefined && given !== undefined && sameSecret(given, token);
}

const noToken = problem(
  'unauthorized',
  'token',
  'This request does not show the token that these clusters share.',
  'Set the same GLOBAL_KNOWLEDGE_SYNC_TOKEN on both sides; it is sent as `Authorization: Bearer TOKEN`.',
);

const nothingElse = problem(
  'not-found',
  knowledgeSyncPath,
  `Nothing but POST ${knowledgeSyncPath} is answered here.`,
  'Ask for everything else on the machine itself.',
);
