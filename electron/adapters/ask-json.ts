/** One question to a server that speaks JSON over HTTP. Follows no redirect: what we send goes to the address that is set. */
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { reasonOf } from './ask-peer.ts';

export type JsonQuestion = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  /** Milliseconds for the whole of it. */
  timeoutMs: number;
  signal: AbortSignal;
};

/** `body` is undefined where the answer is no JSON. */
export type JsonAnswer = { status: number; body: unknown };

/** Fails with peer-unreachable. `name` is who was asked, as people know it. */
export async function askJson(name: string, question: JsonQuestion): Promise<Result<JsonAnswer>> {
  const { method, url, headers, body, timeoutMs, signal } = question;
  try {
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return ok({ status: answer.status, body: parse(await readBounded(answer)) });
  } catch (cause) {
    return err(unreachable(name, whyOf(cause, timeoutMs)));
  }
}

async function readBounded(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (text.length > limits.storeAnswerBytes) throw new Error('its answer is too long');
  }
  return text + decoder.decode();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What `fetch` throws says why in its cause. */
function whyOf(thrown: unknown, timeoutMs: number): string {
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError')
    return `it did not answer within ${timeoutMs / 1_000} s`;
  return reasonOf(thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown);
}

const unreachable = (name: string, why: string): Problem =>
  problem(
    'peer-unreachable',
    name,
    `${name} cannot be reached: ${why}.`,
    'Check that it runs and that its address is right; it is tried again.',
  );
