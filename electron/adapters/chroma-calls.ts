/** Questions to one collection of a ChromaDB server over its HTTP interface (version 2), and what its refusals mean. */
import { z } from 'zod';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { askJson, type JsonAnswer } from './ask-json.ts';

export type ChromaPlace = {
  /** Without a login; `tenant` and `database` may follow as a query. */
  url: string;
  token: string | undefined;
  /** With what the names of all collections of this device and workspace begin, and with what this one's ends. */
  space: { name: string; making: string };
};

export type ChromaQuestion<Value> = { shape: z.ZodType<Value>; body?: unknown; timeoutMs?: number };

export type ChromaCalls = {
  /** The server and the collection, as people find them. */
  readonly place: string;
  readonly name: string;
  ask<Value>(method: Method, path: string, question: ChromaQuestion<Value>): Promise<Result<Value>>;
  /** The collection, made if it is not there, with the marker that it keeps. */
  find(): Promise<Result<Collection>>;
  /** Asks the collection, and finds it first. */
  within<Value>(method: Method, path: string, question: ChromaQuestion<Value>): Promise<Result<Value>>;
  /** The paths of the database, and of all its collections. */
  readonly database: string;
  readonly collections: string;
  /** What is under way ends. */
  close(): void;
};

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
type Collection = { id: string; marker: string };

/** Good enough for 0.95 of the true ten nearest among 100,000 of 1,024 numbers. */
const configuration = { hnsw: { space: 'cosine', ef_construction: 200, ef_search: 200, max_neighbors: 32 } };

const collectionShape = z.object({
  id: z.string(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
});

export function createChromaCalls({ url, token, space }: ChromaPlace): ChromaCalls {
  const { server, database } = addressesOf(url);
  const collections = `${database}/collections`;
  const name = `${space.name}-${space.making}`;
  const who = `ChromaDB at ${server}`;
  const headers: Record<string, string> = token === undefined ? {} : { 'x-chroma-token': token };
  const closing = new AbortController();
  let known: Collection | undefined;

  async function ask<Value>(
    method: Method,
    path: string,
    { shape, body, timeoutMs = limits.storeAnswerMs }: ChromaQuestion<Value>,
  ): Promise<Result<Value>> {
    const answer = await askJson(who, {
      method,
      url: `${server}/api/v2${path}`,
      headers,
      body,
      timeoutMs,
      signal: closing.signal,
    });
    if (!answer.ok) return answer;
    if (answer.value.status >= 300) {
      // Whatever has this name now is looked for again.
      if (answer.value.status === 404) known = undefined;
      return err(refusal(who, answer.value));
    }
    const read = shape.safeParse(answer.value.body);
    return read.success ? ok(read.data) : err(noChroma(who));
  }

  async function find(): Promise<Result<Collection>> {
    const found = await ask('POST', collections, {
      shape: collectionShape,
      body: { name, get_or_create: true, configuration, metadata: { made_by: 'skein' } },
      timeoutMs: limits.storeQuestionMs,
    });
    if (!found.ok) return found;
    const { id, metadata } = found.value;
    const marker = metadata?.['marker'];
    known = { id, marker: typeof marker === 'string' ? marker : '' };
    return ok(known);
  }

  return {
    place: `${server}, collection ${name}`,
    name,
    database,
    collections,
    ask,
    find,
    close: () => closing.abort(),
    async within(method, path, question) {
      const found = known === undefined ? await find() : ok(known);
      return found.ok ? ask(method, `${collections}/${found.value.id}${path}`, question) : found;
    },
  };
}

/** The server as people know it, and the path of one database there. */
function addressesOf(url: string): { server: string; database: string } {
  const { origin, pathname, searchParams } = new URL(url);
  const part = (key: string): string => encodeURIComponent(searchParams.get(key) || `default_${key}`);
  return {
    server: `${origin}${pathname}`.replace(/\/+$/, ''),
    database: `/tenants/${part('tenant')}/databases/${part('database')}`,
  };
}

const errorShape = z.object({ error: z.string().optional(), message: z.string() });

function refusal(who: string, { status, body }: JsonAnswer): Problem {
  if (status < 400) return redirected(who);
  if (status === 401 || status === 403) return unauthorized(who);
  const said = errorShape.safeParse(body);
  if (!said.success) return noChroma(who);
  const { message } = said.data;
  if (/dimension/i.test(message)) return otherDimensions(who);
  if (/\b(database|tenant)\b.*\bnot\b/i.test(message)) return noDatabase(who, message);
  return problem(
    'peer-refused',
    who,
    `${who} did not do what was asked (${status}): ${plain(message)}`,
    'Look at its log; it is tried again.',
  );
}

/** Without what could play tricks on a terminal. */
const plain = (text: string): string => text.replace(/[\p{C}\s]+/gu, ' ').slice(0, 300);

const redirected = (who: string): Problem =>
  problem(
    'peer-refused',
    who,
    `${who} sends us elsewhere; vectors only go to the address that is set.`,
    'Set the address that it should be: skein knowledge store chroma --url URL',
  );

const unauthorized = (who: string): Problem =>
  problem(
    'unauthorized',
    who,
    `${who} does not let us in.`,
    'Start Skein with its token in the variable CHROMA_TOKEN.',
  );

const noChroma = (who: string): Problem =>
  problem(
    'unreadable',
    who,
    `${who} answers, but not as ChromaDB 1.0 or newer does.`,
    'Check the address: its heartbeat is at /api/v2/heartbeat.',
  );

const noDatabase = (who: string, message: string): Problem =>
  problem(
    'not-found',
    who,
    `${who} does not have what the address names: ${plain(message)}.`,
    'Make it there, or correct the address: URL?tenant=NAME&database=NAME',
  );

const otherDimensions = (who: string): Problem =>
  problem(
    'bad-input',
    who,
    `The collection at ${who} is of vectors of another number of dimensions.`,
    'Somebody else made it. Remove or rename it there, then try again.',
  );
