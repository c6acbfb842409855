/** What the vectors of one workspace take, where a server makes them. */
import {
  estimateTokens,
  hostOf,
  isOnThisMachine,
  isServer,
} from '../../../shared/domain/knowledge/embedder-choice.ts';
import {
  type IndexedNoteFacts,
  listIndexedNotes,
  readTextBytes,
} from '../../engine/knowledge/index-facts.ts';
import type { NoteChoice } from '../../engine/knowledge/knowledge-ports.ts';
import { addShared, nothingShared } from '../../engine/knowledge/shared-count.ts';
import { noUse, type TotalUse } from '../../engine/knowledge/use-count.ts';
import type { Generation } from './generations.ts';
import type { EmbeddingState } from './knowledge-contract.ts';
import { type EmbedderPlan, hostOfPlan } from './open-embedder.ts';

type Indexes = { serving: Generation; building: Generation | undefined; embeds: NoteChoice };

/** Null with the built-in embedder. */
export function readEmbedding(
  { choice }: EmbedderPlan,
  { serving, building, embeds }: Indexes,
): EmbeddingState | null {
  if (!isServer(choice)) return null;
  const indexes = [...new Set([serving, building])].filter((it) => it !== undefined);
  return {
    host: hostOf(choice.url),
    isLocal: isOnThisMachine(choice.url),
    kept: listIndexedNotes(serving.sql, 1).filter(({ note }) => !embeds.has(note)).length,
    use: indexes.reduce((sum, it) => add(sum, it.use()), noUse),
    shared: indexes.reduce((sum, it) => addShared(sum, it.shared()), nothingShared),
    price: choice.price_per_million,
  };
}

const add = (one: TotalUse, other: TotalUse): TotalUse => ({
  requests: one.requests + other.requests,
  failures: one.failures + other.failures,
  tokens: one.tokens + other.tokens,
  isEstimated: one.isEstimated || other.isEstimated,
});

/** Notes that are not sent say so. */
export function keptNotes(
  notes: readonly IndexedNoteFacts[],
  embeds: NoteChoice,
  plan: EmbedderPlan,
): IndexedNoteFacts[] {
  const reason = `It is kept from ${hostOfPlan(plan)}, so it is found by its words only.`;
  return notes.map((it) => (it.reason !== null || embeds.has(it.note) ? it : { ...it, reason }));
}

type Progress = { building: Generation; serving: Generation; done: number; left: number };

/** What is left takes as many tokens a note as what is done did; before that, as its bytes say. */
export function tokensLeft(
  { choice }: EmbedderPlan,
  { building, serving, done, left }: Progress,
): number | null {
  if (!isServer(choice)) return null;
  if (left <= 0) return 0;
  const { tokens } = building.use();
  if (done > 0 && tokens > 0) return Math.round((tokens / done) * left);
  const bytes = readTextBytes(serving.sql);
  return bytes === 0 ? null : estimateTokens(bytes);
}
