/** Another cluster, reached at `/knowledge_sync` below its base address. */

import { limits } from '../../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../../shared/result.ts';
import { type Answer, askPeer } from '../../../adapters/ask-peer.ts';
import type {
  ExchangePeer,
  IncomingMessage,
  IndexFolder,
  OutgoingMessage,
} from '../../../engine/knowledge/exchange/exchange-ports.ts';
import type { ExchangeSettings } from './exchange-settings.ts';
import { ownFormType, readOwnMessage } from './own-form.ts';
import { readJsonMessage } from './read-json.ts';
import { writeJsonMessage, writeOwnMessage } from './write-message.ts';

type Deps = { folder: IndexFolder; settings: ExchangeSettings; signal: AbortSignal };

export function createHttpPeer(address: string, deps: Deps): ExchangePeer {
  return { name: address, ask: (message, form) => ask(address, deps, message, form) };
}

async function ask(
  address: string,
  { folder, settings, signal }: Deps,
  message: OutgoingMessage,
  form: 'documented' | 'own',
): Promise<Result<IncomingMessage>> {
  const write = form === 'own' ? writeOwnMessage : writeJsonMessage;
  const answer = await askPeer({
    url: `${address}knowledge_sync`,
    headers: {
      'content-type': form === 'own' ? ownFormType : 'application/json',
      accept: `${ownFormType}, application/json`,
      ...(settings.token === undefined ? {} : { authorization: `Bearer ${settings.token}` }),
    },
    body: write(message, folder.read),
    timeoutMs: settings.timeoutMs,
    signal,
  });
  if (!answer.ok) return answer;
  if (answer.value.status !== 200) return err(await refusalOf(address, answer.value));
  const isOwnForm = answer.value.contentType.startsWith(ownFormType);
  const read = isOwnForm ? readOwnMessage : readJsonMessage;
  return ok({ isOwnForm, parts: read(answer.value.body) });
}

async function refusalOf(address: string, { status, body }: Answer): Promise<Problem> {
  if (status >= 300 && status < 400) return redirected(address, status);
  if (status === 404) return absent(address);
  const said = wordsOf(await startOf(body));
  const why = said === '' ? `it answered ${status}` : `it answered ${status}: ${said}`;
  const advice =
    status === 401
      ? 'Set the same GLOBAL_KNOWLEDGE_SYNC_TOKEN on both sides.'
      : 'Look at the log of that cluster; it is tried again.';
  return problem('peer-refused', address, `${address} did not take the question: ${why}`, advice);
}

async function startOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of body) {
      pieces.push(piece);
      size += piece.length;
      if (size >= limits.indexEntryBytes) break;
    }
  } catch {
    // What did arrive is said all the same.
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Of a problem its message; of any other text its beginning, without what could play tricks on a terminal. */
function wordsOf(text: string): string {
  let words = text;
  try {
    const answer = JSON.parse(text) as { error?: { message?: unknown } } | null;
    if (typeof answer?.error?.message === 'string') words = answer.error.message;
  } catch {
    // It is no JSON, then.
  }
  return words
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

const redirected = (address: string, status: number): Problem =>
  problem(
    'peer-refused',
    address,
    `${address} sends us elsewhere (${status}); index files only go to the addresses that are set.`,
    'Put the address that it should be into GLOBAL_KNOWLEDGE_SYNC_PEERS.',
  );

const absent = (address: string): Problem =>
  problem(
    'peer-refused',
    address,
    `${address} has no /knowledge_sync.`,
    'Set ENABLE_GLOBAL_KNOWLEDGE_SYNC=true there, and check the address.',
  );
