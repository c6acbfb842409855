/** The part of the endpoint table that is about the embedder of this device. */
import { z } from 'zod';
import { embedderKinds, serverWishShape } from '../domain/knowledge/embedder-choice.ts';
import { limits } from '../limits.ts';

/** What a user may say of a server; the rest is as usual. */
const wishInput = {
  url: serverWishShape.shape.url.optional(),
  model: serverWishShape.shape.model.optional(),
  requests_per_minute: serverWishShape.shape.requests_per_minute.optional(),
  price_per_million: serverWishShape.shape.price_per_million.optional(),
  only: serverWishShape.shape.only.optional(),
};

export const keyShape = z.object({
  /** Never the key itself. */
  from: z.enum(['none', 'environment', 'keychain', 'file']),
  /** The variable, when it comes from the environment. */
  variable: z.string().nullable(),
  /** False: it is in a keychain that this Skein cannot open. */
  usable: z.boolean(),
});
export type EmbedderKeyJson = z.infer<typeof keyShape>;

export const embedderShape = z.object({
  kind: z.enum(embedderKinds),
  /** Null with the built-in one, as all that follows. */
  url: z.string().nullable(),
  host: z.string().nullable(),
  /** Whether the text of notes stays on this machine. */
  local: z.boolean(),
  model: z.string().nullable(),
  dimensions: z.number().nullable(),
  requests_per_minute: z.number().nullable(),
  /** US dollars. */
  price_per_million: z.number().nullable(),
  /** Patterns of the files that are sent to another machine; empty means all. */
  only: z.array(z.string()),
  key: keyShape,
  /** Origins of the servers that a key is kept for here, such as https://api.openai.com. */
  kept_for: z.array(z.string()),
  /** Where the next key is kept, and why not in the keychain; null when it is. */
  place: z.enum(['keychain', 'file']),
  reason: z.string().nullable(),
});
export type EmbedderJson = z.infer<typeof embedderShape>;

export const embedderCheckShape = z.object({
  url: z.string(),
  host: z.string(),
  local: z.boolean(),
  model: z.string(),
  dimensions: z.number(),
  /** The server has another version of this model than the index was made by: choose it again to index anew. */
  differs: z.boolean(),
  key: keyShape,
});
export type EmbedderCheckJson = z.infer<typeof embedderCheckShape>;

const key = z
  .string()
  .min(1)
  .max(limits.gitLoginCharacters)
  .regex(/^[\x21-\x7e]+$/, 'must be letters, digits and signs without a blank');
/** Of the server that is chosen, unless told. */
const url = serverWishShape.shape.url.optional();

export const embedderEndpoints = {
  getEmbedder: {
    method: 'GET',
    path: '/api/knowledge/embedder',
    summary: 'The embedder of this device, where it is, and where its key comes from; never the key',
    input: z.object({}),
    output: embedderShape,
  },
  chooseEmbedder: {
    method: 'PUT',
    path: '/api/knowledge/embedder',
    summary:
      'Choose the embedder of this device, once it was checked; indexes are made anew beside the old ones',
    input: z.object({
      kind: z.enum(embedderKinds),
      ...wishInput,
      /** The host that gets the text of the notes, where that is another machine: whoever names it agrees. */
      agreed: z.string().max(limits.embedderUrlCharacters).optional(),
    }),
    output: embedderShape,
  },
  checkEmbedder: {
    method: 'POST',
    path: '/api/knowledge/embedder/check',
    summary: 'Ask a server whether it answers and has the model; sends nothing of any note',
    input: z.object({ kind: z.enum(embedderKinds).optional(), ...wishInput }),
    output: embedderCheckShape,
  },
  keepEmbedderKey: {
    method: 'POST',
    path: '/api/knowledge/embedder/key',
    summary: 'Keep the key of a server that embeds, in the place of one that is kept; no answer ever has it',
    input: z.object({ url, key }),
    output: embedderShape,
  },
  forgetEmbedderKey: {
    method: 'POST',
    path: '/api/knowledge/embedder/key/forget',
    summary: 'Forget the key of a server; it stays valid there until it is revoked',
    input: z.object({ url }),
    output: z.object({ forgotten: z.boolean() }),
  },
} as const;
