/** How the store on a server stands, in words. */
import type { StoreJson } from '../../../shared/contracts/knowledge-api.ts';
import type { ChosenStoreJson } from '../../../shared/contracts/store-choice-shape.ts';

export const nameByStore: Readonly<Record<StoreJson['kind'], string>> = {
  embedded: 'This device',
  chroma: 'ChromaDB',
  pgvector: 'PostgreSQL with pgvector',
};

/** Which one is chosen, and where it is. */
export function usedStoreWords({ kind, url, host }: ChosenStoreJson): string {
  if (kind === 'embedded') return nameByStore[kind];
  const place = `${nameByStore[kind]} at ${host ?? 'no address'}`;
  return url === null && host !== null ? `${place}, as KNOWLEDGE_STORE_URL says` : place;
}

export function storeWords({ state, waiting, passages }: StoreJson): string {
  if (state === 'failing') return 'Not answering';
  if (state === 'ready') return 'In step';
  if (state === 'behind') return 'Almost in step';
  const given = Math.max(0, passages - waiting);
  return given === 0 ? 'Being filled' : `Being filled, ${Math.floor((given / passages) * 100)} %`;
}
