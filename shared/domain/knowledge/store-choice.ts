/** Where the vectors of this device are searched, as its user chose. */
import { z } from 'zod';
import { limits } from '../../limits.ts';

export const storeKinds = ['embedded', 'chroma', 'pgvector'] as const;
export type StoreKind = (typeof storeKinds)[number];

/** Of a store on a server; null where the environment says it. Never with a password. */
const address = z.string().max(limits.ownPathCharacters).nullable();

export const storeChoiceShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('embedded') }),
  z.object({ kind: z.enum(['chroma', 'pgvector']), url: address }),
]);
export type StoreChoice = z.infer<typeof storeChoiceShape>;
export type ServerStore = Exclude<StoreChoice, { kind: 'embedded' }>;

export const embeddedChoice: StoreChoice = { kind: 'embedded' };
