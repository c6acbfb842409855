/** What a user types of a store on a server, until it is chosen. */
import type { ChosenStoreJson } from '../../../shared/contracts/store-choice-shape.ts';
import { otherStoreMachine, type ServerStore } from '../../../shared/domain/knowledge/store-choice.ts';
import type { Problem } from '../../../shared/result.ts';
import { patternsOf } from './pattern-list.ts';

export type ServerStoreKind = ServerStore['kind'];

const protocolByKind: Readonly<Record<ServerStoreKind, RegExp>> = {
  chroma: /^https?:/,
  pgvector: /^postgres(ql)?:/,
};

/** The address that counts where none is typed; undefined where the environment has none of this kind. */
export const usualAddress = (now: ChosenStoreJson, kind: ServerStoreKind): string | undefined =>
  protocolByKind[kind].test(now.from_environment ?? '') ? (now.from_environment ?? undefined) : undefined;

/** As the API takes it. */
export const storeWish = (kind: ServerStoreKind, typed: string) => ({
  kind,
  ...(typed.trim() === '' ? {} : { url: typed.trim() }),
});

/** The other machine that would get the vectors, named as the engine names it; undefined where they stay on this one. */
export function machineOf(now: ChosenStoreJson, kind: ServerStoreKind, typed: string): string | undefined {
  const address = typed.trim() || usualAddress(now, kind);
  if (address === undefined) return undefined;
  return otherStoreMachine(URL.canParse(address) ? new URL(address).href : address);
}

/** The field that a refusal is about, so that it stands beside it; undefined where it is about the server. */
export function fieldOf(refusal: Problem | undefined, patterns: string): 'url' | 'only' | undefined {
  if (refusal?.code !== 'bad-input') return undefined;
  return patternsOf(patterns).includes(refusal.subject) ? 'only' : 'url';
}
