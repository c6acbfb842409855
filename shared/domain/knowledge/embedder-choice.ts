/** Which embedder a device uses for its indexes, and where that one is reached. */
import { z } from 'zod';
import { limits } from '../../limits.ts';

export const embedderKinds = ['builtin', 'ollama', 'openai'] as const;
export type EmbedderKind = (typeof embedderKinds)[number];
/** Those that are asked over HTTP. */
export type ServerKind = Exclude<EmbedderKind, 'builtin'>;

/** Where each kind is reached unless told otherwise; without a slash at the end. */
export const usualUrlByKind: Readonly<Record<ServerKind, string>> = {
  ollama: 'http://127.0.0.1:11434',
  openai: 'https://api.openai.com/v1',
};

/** The model that each kind is asked for unless told otherwise. */
export const usualModelByKind: Readonly<Record<ServerKind, string>> = {
  ollama: 'nomic-embed-text',
  openai: 'text-embedding-3-small',
};

/** No login, which would stand in settings and logs, and nothing after the path. */
const addressPattern = /^https?:\/\/([^\s/@\\?#]+)(?:\/[^\s?#]*)?$/;

/** What a user says of a server. */
export const serverWishShape = z.strictObject({
  kind: z.enum(['ollama', 'openai']),
  /** Without a slash at the end. */
  url: z
    .string()
    .max(limits.embedderUrlCharacters)
    .regex(addressPattern, 'must be an address like http://127.0.0.1:11434, without a login'),
  model: z
    .string()
    .min(1)
    .max(limits.embedderModelCharacters)
    .regex(/^[^\s\p{Cc}]+$/u, 'must be a name without blanks, like nomic-embed-text'),
  /** At most so many requests a minute; null: as many as the server takes. */
  requests_per_minute: z.number().int().min(1).max(limits.embedderRequestsPerMinute).nullable(),
  /** US dollars for a million tokens, as price lists have it; null: nothing is said of cost. */
  price_per_million: z.number().min(0).max(limits.embedderPrice).nullable(),
  /** Only files that these select are sent to another machine; empty means all. */
  only: z.array(z.string().min(1).max(300)).max(limits.patterns),
});
export type ServerWish = z.infer<typeof serverWishShape>;

/** With what the server itself said when it was chosen: of another answer no vector is taken. */
export const chosenServerShape = serverWishShape.extend({
  dimensions: z.number().int().min(1).max(limits.embeddingDimensions),
  /** By which the server tells two models of one name apart; null where it does not. */
  version: z.string().max(200).nullable(),
});
export type ChosenServer = z.infer<typeof chosenServerShape>;

export const embedderChoiceShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('builtin') }),
  chosenServerShape.extend({ kind: z.literal('ollama') }),
  chosenServerShape.extend({ kind: z.literal('openai') }),
]);
export type EmbedderChoice = z.infer<typeof embedderChoiceShape>;
export const builtinChoice: EmbedderChoice = { kind: 'builtin' };

export const isServer = (choice: EmbedderChoice): choice is ChosenServer & { kind: ServerKind } =>
  choice.kind !== 'builtin';

/**
 * The name under which vectors are kept and shared. Where the server has a mark for the very model, that stands for it on
 * every machine; else the same name on another server may be another model.
 */
export function modelNameOf({ kind, model, dimensions, version, url }: ChosenServer): string {
  const host = version === null && url !== usualUrlByKind[kind] ? `${hostOf(url)}/` : '';
  const mark = version === null ? '' : `@${version.slice(0, 12)}`;
  return `${kind}/${host}${model}${mark}/${dimensions}`;
}

/** `host:port`, as a person is told where the notes go; of an address as `serverWishShape` takes it. */
export const hostOf = (url: string): string => addressPattern.exec(url)?.[1] ?? url;

/** Whether what is sent there stays on this machine. */
export const isOnThisMachine = (url: string): boolean =>
  /^(localhost|\[::1\]|127(\.\d{1,3}){3})(:\d+)?$/.test(hostOf(url));

/** Tokens of a text where nobody counted: four bytes of UTF-8 make one, on the average of English prose and code. */
export const estimateTokens = (bytes: number): number => Math.ceil(bytes / 4);

/** US dollars. */
export const costOf = (tokens: number, pricePerMillion: number): number =>
  (tokens / 1_000_000) * pricePerMillion;
