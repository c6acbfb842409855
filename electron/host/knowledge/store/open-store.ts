/** The store that is set, as the index of one workspace uses it. Logins come from the environment alone. */
import type {
  ServerStore,
  StoreChoice,
  StoreWish,
} from '../../../../shared/domain/knowledge/store-choice.ts';
import { err, ok, problem, type Result } from '../../../../shared/result.ts';
import { openChromaStore } from '../../../adapters/chroma-store.ts';
import { isCutShort } from '../../../adapters/pg-address.ts';
import { openPgvectorStore } from '../../../adapters/pgvector-store.ts';
import type { VectorStore } from '../../../engine/knowledge/vector-store.ts';
import { shownStoreUrl, storeUrlVariable } from './store-url.ts';

/** With what the names of its places begin there: the same for this device and workspace for ever. */
export type StorePlan = {
  choice: StoreChoice;
  space: string;
  /** A note goes to another machine only where each of these lists of patterns selects it. */
  only: readonly (readonly string[])[];
};

type Around = { env: NodeJS.ProcessEnv; making: string };

/** Undefined: the vectors are searched on this device. */
export function openStore(
  { choice, space }: { choice: StoreWish; space: string },
  { env, making }: Around,
): VectorStore | undefined {
  if (choice.kind === 'embedded') return undefined;
  const url = choice.url ?? env[storeUrlVariable] ?? '';
  if (!URL.canParse(url) || (choice.kind === 'pgvector' && isCutShort(new URL(url))))
    return brokenStore(choice);
  const place = { url, space: { name: space, making } };
  if (choice.kind === 'pgvector') return openPgvectorStore(place);
  return openChromaStore({ ...place, token: env['CHROMA_TOKEN'] || undefined });
}

/** Asks a server as it would be used, and makes nothing there. */
export async function checkStore(choice: StoreWish, env: NodeJS.ProcessEnv): Promise<Result<void>> {
  const store = openStore({ choice, space: 'skein' }, { env, making: 'check' });
  if (store === undefined) return ok(undefined);
  const found = await store.check();
  await store.close();
  return found;
}

/** Without a login; null where nothing says it. */
export function addressOf(choice: StoreWish, env: NodeJS.ProcessEnv): string | null {
  if (choice.kind === 'embedded') return null;
  return shownStoreUrl(choice.url ?? env[storeUrlVariable] ?? '') || null;
}

/** Says at each question why it cannot be asked. */
function brokenStore({ kind }: Pick<ServerStore, 'kind'>): VectorStore {
  const fail = async () => err(noUrl(kind));
  return {
    place: kind,
    check: fail,
    look: fail,
    swap: fail,
    find: fail,
    keys: fail,
    settle: fail,
    close: async () => {},
  };
}

const noUrl = (kind: string) =>
  problem(
    'bad-input',
    storeUrlVariable,
    `The ${kind} store has no address: ${storeUrlVariable} does not hold one.`,
    `Start Skein with ${storeUrlVariable}, or set one: skein knowledge store ${kind} --url URL`,
  );
