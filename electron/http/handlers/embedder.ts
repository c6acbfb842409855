/** The embedder of this device. */
import type { EmbedderJson, EmbedderKeyJson } from '../../../shared/contracts/embedder-api.ts';
import {
  type EmbedderKind,
  hostOf,
  isOnThisMachine,
  isServer,
  type ServerKind,
  type ServerWish,
  usualModelByKind,
  usualUrlByKind,
} from '../../../shared/domain/knowledge/embedder-choice.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { KeySource } from '../../host/knowledge/embedder-keys.ts';
import type { EmbedderState } from '../../host/knowledge/embedder-settings.ts';
import type { Handler } from '../deps.ts';

export const getEmbedder: Handler<'getEmbedder'> = ({ host }) => ok(toJson(host.embedder.state()));

/** What is not said stays as it was, as long as the server is the same. */
export const chooseEmbedder: Handler<'chooseEmbedder'> = async ({ host }, { kind, agreed, ...said }) => {
  const wish = kind === 'builtin' ? { kind } : wishOf(host.embedder.state(), kind, said);
  const chosen = await host.embedder.choose(wish, agreed);
  return chosen.ok ? ok(toJson(chosen.value)) : chosen;
};

export const checkEmbedder: Handler<'checkEmbedder'> = async ({ host }, { kind, ...said }) => {
  const { choice } = host.embedder.state();
  const asked: EmbedderKind = kind ?? choice.kind;
  if (asked === 'builtin') return err(nothingToCheck);
  const wish = wishOf(host.embedder.state(), asked, said);
  const found = await host.embedder.check(wish);
  if (!found.ok) return found;
  const { dimensions, version, key } = found.value;
  const isChosen = isServer(choice) && choice.url === wish.url && choice.model === wish.model;
  return ok({
    url: wish.url,
    host: hostOf(wish.url),
    local: isOnThisMachine(wish.url),
    model: wish.model,
    dimensions,
    differs: isChosen && (choice.dimensions !== dimensions || choice.version !== version),
    key: toKeyJson(key),
  });
};

export const keepEmbedderKey: Handler<'keepEmbedderKey'> = async ({ host }, { url, key }) => {
  const address = addressOf(host.embedder.state(), url);
  if (!address.ok) return address;
  const kept = await host.embedder.keepKey(address.value, key);
  return kept.ok ? ok(toJson(kept.value)) : kept;
};

export const forgetEmbedderKey: Handler<'forgetEmbedderKey'> = async ({ host }, { url }) => {
  const address = addressOf(host.embedder.state(), url);
  if (!address.ok) return address;
  const forgotten = await host.embedder.forgetKey(address.value);
  return forgotten.ok ? ok({ forgotten: forgotten.value }) : forgotten;
};

type Said = { [Name in keyof Omit<ServerWish, 'kind'>]?: ServerWish[Name] | undefined };

function wishOf({ choice }: EmbedderState, kind: ServerKind, said: Said): ServerWish {
  const url = said.url?.replace(/\/+$/, '');
  const isSame = isServer(choice) && choice.kind === kind && (url === undefined || url === choice.url);
  const before = isSame ? choice : undefined;
  const model = said.model ?? before?.model ?? usualModelByKind[kind];
  const price = before?.model === model ? before.price_per_million : null;
  return {
    kind,
    url: url ?? before?.url ?? usualUrlByKind[kind],
    model,
    requests_per_minute: saidOr(said.requests_per_minute, before?.requests_per_minute ?? null),
    price_per_million: saidOr(said.price_per_million, price),
    only: said.only ?? before?.only ?? [],
  };
}

/** Null is an answer, too. */
const saidOr = (said: number | null | undefined, before: number | null): number | null =>
  said === undefined ? before : said;

function addressOf({ choice }: EmbedderState, url: string | undefined): Result<string> {
  if (url !== undefined) return ok(url);
  return isServer(choice) ? ok(choice.url) : err(noServer);
}

function toJson({ choice, key, keptFor, place, reason }: EmbedderState): EmbedderJson {
  const server = isServer(choice) ? choice : undefined;
  return {
    kind: choice.kind,
    url: server?.url ?? null,
    host: server === undefined ? null : hostOf(server.url),
    local: server === undefined || isOnThisMachine(server.url),
    model: server?.model ?? null,
    dimensions: server?.dimensions ?? null,
    requests_per_minute: server?.requests_per_minute ?? null,
    price_per_million: server?.price_per_million ?? null,
    only: server?.only ?? [],
    key: toKeyJson(key),
    kept_for: [...keptFor],
    place,
    reason,
  };
}

const toKeyJson = (source: KeySource): EmbedderKeyJson => ({
  from: source.from,
  variable: source.from === 'environment' ? source.variable : null,
  usable: 'usable' in source ? source.usable : source.from !== 'none',
});

const nothingToCheck = problem(
  'bad-input',
  'the embedder',
  'The built-in embedder runs in Skein itself, so there is no server to check.',
  'Name ollama or openai.',
);

const noServer = problem(
  'bad-input',
  'the address',
  'The built-in embedder needs no key.',
  'Name the address that the key is for, like https://api.openai.com/v1.',
);
