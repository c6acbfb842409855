/** Asks a server whether it embeds with the model that a user wants, and what its vectors are like. */
import { hostOf, type ServerWish } from '../../shared/domain/knowledge/embedder-choice.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Clock } from '../engine/ports.ts';
import { embeddingProtocols, isModel, type ListedModel } from './embedding-protocols.ts';
import { howToGet, requestEmbedding } from './embedding-request.ts';
import { toUnitVector } from './unit-vectors.ts';

type CheckDeps = { key: string | undefined; clock: Clock; signal: AbortSignal };

/** What is learned of a server, and belongs to the identity of its vectors. */
export type CheckedServer = { dimensions: number; version: string | null };

/** Nothing of any note is sent. Fails as `requestEmbedding` does. */
export async function checkEmbedder(wish: ServerWish, deps: CheckDeps): Promise<Result<CheckedServer>> {
  const listed = await listModels(wish, deps);
  // Many servers that speak OpenAI's protocol list nothing; all of them must embed.
  if (!listed.ok && (wish.kind === 'ollama' || listed.error.code === 'peer-unreachable')) return listed;
  const models = listed.ok ? listed.value : [];
  const found = models.find(({ name }) => isModel(name, wish.model));
  if (wish.kind === 'ollama' && found === undefined) return err(notThere(wish, models));
  const dimensions = await askDimensions(wish, deps);
  return dimensions.ok ? ok({ dimensions: dimensions.value, version: found?.version ?? null }) : dimensions;
}

const around = (wish: ServerWish, deps: CheckDeps) => ({
  ...deps,
  server: wish,
  withinMs: limits.embedderCheckMs,
});

async function listModels(wish: ServerWish, deps: CheckDeps): Promise<Result<ListedModel[]>> {
  const { modelsPath, readModels } = embeddingProtocols[wish.kind];
  const answer = await requestEmbedding({ ...around(wish, deps), path: modelsPath });
  if (!answer.ok) return answer;
  const models = readModels(answer.value);
  return models === undefined ? err(strange(wish, 'a list of models that cannot be read')) : ok(models);
}

/** Of two texts: a server that answers with one vector, or with others each time, is found out here. */
const samples = ['Notes of a team.', 'Where is it written down?'];

async function askDimensions(wish: ServerWish, deps: CheckDeps): Promise<Result<number>> {
  const { path, body, read } = embeddingProtocols[wish.kind];
  const answer = await requestEmbedding({ ...around(wish, deps), path, body: body(wish.model, samples) });
  if (!answer.ok) return answer;
  const vectors = read(answer.value)?.vectors ?? [];
  if (vectors.length !== samples.length) return err(strange(wish, `${vectors.length} vectors for 2 texts`));
  const [dimensions = 0, other] = vectors.map(({ length }) => length);
  if (dimensions !== other) return err(strange(wish, 'vectors of different lengths'));
  if (dimensions > limits.embeddingDimensions) return err(strange(wish, `vectors of ${dimensions} numbers`));
  const areGood = vectors.every((vector) => toUnitVector(vector) !== undefined);
  return areGood ? ok(dimensions) : err(strange(wish, 'a vector without a direction'));
}

function notThere(wish: ServerWish, models: readonly ListedModel[]): Problem {
  const names = models.slice(0, limits.embedderModelsListed).map(({ name }) => name);
  const has = names.length === 0 ? 'It has none yet.' : `It has ${names.join(', ')}.`;
  return problem(
    'not-found',
    wish.model,
    `${hostOf(wish.url)} runs, but does not have the model ${wish.model}. ${has}`,
    howToGet(wish),
  );
}

const strange = ({ url, model }: ServerWish, what: string): Problem =>
  problem(
    'unreadable',
    model,
    `${hostOf(url)} answered with ${what}.`,
    'Check that the address is right and that the model is one that embeds.',
  );
