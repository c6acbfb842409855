/** How far an index is, and telling whoever waits for it in this process. A running Skein answers at once. */
import { setTimeout as wait } from 'node:timers/promises';
import type { EmbeddingUseJson, KnowledgeJson } from '../../shared/contracts/knowledge-api.ts';
import { dollars } from '../../shared/domain/dollars.ts';
import { limits } from '../../shared/limits.ts';
import type { Result } from '../../shared/result.ts';
import { countOf } from './change-columns.ts';
import type { Connection, Context } from './context.ts';
import { spanWords } from './relative-time.ts';

type Progress = NonNullable<KnowledgeJson['rebuild']>;

/** `120 of 340 notes, about 3 minutes left; 12,000 tokens, $0.01 so far, about $0.02 more`. */
export function progressWords({ done, total, left_ms: leftMs, use, left_use: left }: Progress): string {
  const time = leftMs === null || done >= total ? '' : `, about ${spanWords(leftMs)} left`;
  const so = `${done} of ${countOf(total, 'note')}${time}`;
  if (use === null) return so;
  const rest =
    left === null || done >= total
      ? ''
      : `, about ${left.cost === null ? countOf(left.tokens, 'token') : dollars(left.cost)} more`;
  return `${so}; ${useWords(use)} so far${rest}`;
}

export function useWords({ tokens, estimated, cost }: EmbeddingUseJson): string {
  const counted = `${estimated ? 'about ' : ''}${countOf(tokens, 'token')}`;
  return cost === null ? counted : `${counted}, ${estimated ? 'about ' : ''}${dollars(cost)}`;
}

type Waiting = Connection & { workspace: { id: string } };

/** Resolves as `answering`; what takes long is told on standard error meanwhile, as often as there is more to say. */
export async function tellProgress<Value>(
  { tell }: Pick<Context, 'tell'>,
  { client, running, workspace }: Waiting,
  answering: Promise<Value>,
): Promise<Value> {
  if (running !== undefined) return answering;
  const over = new AbortController();
  const ask = () => client.call('getKnowledge', { workspace: workspace.id });
  const telling = tellUntil(over.signal, ask, tell);
  try {
    return await answering;
  } finally {
    over.abort();
    await telling;
  }
}

async function tellUntil(
  over: AbortSignal,
  ask: () => Promise<Result<KnowledgeJson>>,
  tell: (line: string) => void,
): Promise<void> {
  let told: string | undefined;
  while (await lasts(over)) {
    const state = await ask();
    if (!state.ok || over.aborted) return;
    const words = leftToDo(state.value);
    if (words !== undefined && words !== told) tell(words);
    told = words;
  }
}

/** False when it is over before there is something to tell again. */
const lasts = (over: AbortSignal): Promise<boolean> =>
  wait(limits.progressToldMs, true, { signal: over }).catch(() => false);

function leftToDo({ rebuild, behind, store }: KnowledgeJson): string | undefined {
  if (rebuild !== null) return `The new index: ${progressWords(rebuild)}.`;
  if (behind > 0) return `${countOf(behind, 'note')} to be indexed.`;
  const waiting = store?.waiting ?? 0;
  return waiting === 0 ? undefined : `${countOf(waiting, 'passage')} to be given to the store.`;
}
