/** What a user types of a server that embeds, until it is chosen. */
import type { EmbedderJson } from '../../../shared/contracts/embedder-api.ts';
import {
  hostOf,
  isOnThisMachine,
  type ServerKind,
  usualUrlByKind,
} from '../../../shared/domain/knowledge/embedder-choice.ts';
import { patternsOf } from './pattern-list.ts';

/** As the fields have it; an empty one means the usual, or none. */
export type EmbedderDraft = { url: string; model: string; rate: string; price: string; only: string };

const textOf = (number: number | null): string => (number === null ? '' : String(number));

/** What is chosen, where it is of this kind. */
export function draftOf(now: EmbedderJson, kind: ServerKind): EmbedderDraft {
  if (now.kind !== kind) return { url: '', model: '', rate: '', price: '', only: '' };
  return {
    url: now.url === usualUrlByKind[kind] ? '' : (now.url ?? ''),
    model: now.model ?? '',
    rate: textOf(now.requests_per_minute),
    price: textOf(now.price_per_million),
    only: now.only.join(', '),
  };
}

/** As the API takes it. */
export function wishOf(kind: ServerKind, { url, model, rate, price, only }: EmbedderDraft) {
  return {
    kind,
    url: addressOf(kind, url),
    ...(model.trim() === '' ? {} : { model: model.trim() }),
    requests_per_minute: numberIn(rate),
    price_per_million: numberIn(price),
    only: patternsOf(only),
  };
}

const numberIn = (text: string): number | null => (text.trim() === '' ? null : Number(text));

/** The address that counts; without a slash at the end. */
export const addressOf = (kind: ServerKind, typed: string): string =>
  typed.trim().replace(/\/+$/, '') || usualUrlByKind[kind];

/** The other machine that would get the text of the notes; undefined where it stays on this one. */
export function otherMachine(kind: ServerKind, typed: string): string | undefined {
  const address = addressOf(kind, typed);
  return isOnThisMachine(address) ? undefined : hostOf(address);
}
