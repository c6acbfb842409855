/** Where the vectors of this device are searched, as its user chose. */
import { z } from 'zod';
import { limits } from '../../limits.ts';
import { isOnThisMachine } from './embedder-choice.ts';

export const serverStoreKinds = ['chroma', 'pgvector'] as const;
export const storeKinds = ['embedded', ...serverStoreKinds] as const;
export type StoreKind = (typeof storeKinds)[number];

/** Of a store on a server; null where the environment says it. Never with a password. */
const address = z.string().max(limits.ownPathCharacters).nullable();

export const storeChoiceShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('embedded') }),
  z.object({
    kind: z.enum(serverStoreKinds),
    url: address,
    /** Only passages of files that these select go to another machine; empty means all. */
    only: z.array(z.string().min(1).max(300)).max(limits.patterns).default([]),
  }),
]);
export type StoreChoice = z.infer<typeof storeChoiceShape>;
/** What a user says of it. */
export type StoreWish = z.input<typeof storeChoiceShape>;
export type ServerStore = Exclude<StoreChoice, { kind: 'embedded' }>;

export const embeddedChoice: StoreChoice = { kind: 'embedded' };

/** An address of each kind, for who is to type one. */
export const exampleUrlByStore: Readonly<Record<ServerStore['kind'], string>> = {
  chroma: 'http://127.0.0.1:8000',
  pgvector: 'postgres://me@127.0.0.1:5432/notes',
};

/**
 * `host:port` of a store, as a person is told where the vectors go; undefined of what is no address. PostgreSQL is asked
 * at the parameter `host` where an address has one.
 */
export function storeHostOf(url: string): string | undefined {
  const host = /^[a-z]+:\/\/(?:[^/\\?#]*@)?([^/\\?#@]+)/i.exec(url)?.[1];
  const instead = /[?&]host=([^&#]+)/i.exec(url)?.[1];
  return host && (instead ?? host.toLowerCase());
}

/** The other machine that gets the vectors; undefined where they stay on this one, or nobody says where they go. */
export function otherStoreMachine(url: string | null): string | undefined {
  const host = url === null ? undefined : storeHostOf(url);
  return host === undefined || isOnThisMachine(`http://${host}`) ? undefined : host;
}
