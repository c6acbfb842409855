/** How a server that embeds is asked, and what its answer says: Ollama's API, and that of OpenAI which many others speak. */
import { z } from 'zod';
import type { ServerKind } from '../../shared/domain/knowledge/embedder-choice.ts';

/** Vectors as they came, in the order of the texts; `tokens` where the server counted. */
export type EmbeddingAnswer = { vectors: number[][]; tokens: number | undefined };

export type EmbeddingProtocol = {
  /** Below the address of the server. */
  path: string;
  /** Where it lists its models. */
  modelsPath: string;
  body(model: string, texts: readonly string[]): unknown;
  /** Undefined for an answer that is none. */
  read(answer: unknown): EmbeddingAnswer | undefined;
  /** The models that the server has, and how it tells versions of them apart. */
  readModels(answer: unknown): ListedModel[] | undefined;
};

export type ListedModel = { name: string; version: string | null };

const vector = z.array(z.number());
const count = z.number().int().min(0).optional().catch(undefined);

const ollamaAnswer = z.object({ embeddings: z.array(vector), prompt_eval_count: count });
const ollamaModels = z.object({
  models: z.array(z.object({ name: z.string(), digest: z.string().nullable().default(null) })),
});

const ollama: EmbeddingProtocol = {
  path: '/api/embed',
  modelsPath: '/api/tags',
  // Cut off silently, the end of a passage would be found by nobody, and nobody would know.
  body: (model, input) => ({ model, input, truncate: false }),
  read(answer) {
    const parsed = ollamaAnswer.safeParse(answer);
    return parsed.success
      ? { vectors: parsed.data.embeddings, tokens: parsed.data.prompt_eval_count }
      : undefined;
  },
  readModels(answer) {
    const parsed = ollamaModels.safeParse(answer);
    return parsed.success
      ? parsed.data.models.map(({ name, digest }) => ({ name, version: digest }))
      : undefined;
  },
};

const openaiAnswer = z.object({
  data: z.array(z.object({ index: z.number().int(), embedding: vector })),
  usage: z.object({ prompt_tokens: count, total_tokens: count }).optional().catch(undefined),
});
const openaiModels = z.object({ data: z.array(z.object({ id: z.string() })) });

const openai: EmbeddingProtocol = {
  path: '/embeddings',
  modelsPath: '/models',
  body: (model, input) => ({ model, input, encoding_format: 'float' }),
  read(answer) {
    const parsed = openaiAnswer.safeParse(answer);
    if (!parsed.success) return undefined;
    const { data, usage } = parsed.data;
    const byIndex = new Map(data.map(({ index, embedding }) => [index, embedding]));
    const vectors = data.flatMap((_, nth) => {
      const found = byIndex.get(nth);
      return found === undefined ? [] : [found];
    });
    return { vectors, tokens: usage?.total_tokens ?? usage?.prompt_tokens };
  },
  readModels(answer) {
    const parsed = openaiModels.safeParse(answer);
    return parsed.success ? parsed.data.data.map(({ id }) => ({ name: id, version: null })) : undefined;
  },
};

export const embeddingProtocols: Readonly<Record<ServerKind, EmbeddingProtocol>> = { ollama, openai };

/** Whether a name that a user gave is that of a listed model: Ollama's `latest` may be left out. */
export const isModel = (listed: string, wanted: string): boolean =>
  listed === wanted || listed === `${wanted}:latest`;
