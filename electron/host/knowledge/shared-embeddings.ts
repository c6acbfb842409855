/** Asks the peers of a workspace for embeddings, so that none of them holds an index up, and none is believed after a lie. */
import { limits } from '../../../shared/limits.ts';
import type { Result } from '../../../shared/result.ts';
import type {
  EmbeddingQuestion,
  PackedEmbedding,
  SharedAnswer,
  SharedEmbeddings,
} from '../../engine/knowledge/knowledge-ports.ts';
import type { Clock } from '../../engine/ports.ts';
import type { SharedQuestion } from './knowledge-contract.ts';

/** A device that has a workspace, too. */
export type EmbeddingGiver = {
  id: string;
  name: string;
  ask(question: EmbeddingQuestion): Promise<Result<PackedEmbedding[]>>;
};

/** Those that are connected, whose changes of this workspace we take, and that may see this note. */
export type FindGivers = (workspace: string, note: string) => EmbeddingGiver[];

type Deps = { clock: Clock; givers: FindGivers };

export type SharedOfHost = { of(workspace: string): SharedEmbeddings };

export function createSharedEmbeddings({ clock, givers }: Deps): SharedOfHost {
  /** Until when those that did not answer are left alone. */
  const restsUntilMs = new Map<string, number>();
  const distrusted = new Set<string>();
  const key = (id: string, model: string): string => `${id} ${model}`;

  async function ask(workspace: string, question: SharedQuestion): Promise<SharedAnswer | undefined> {
    const { note, asked, ...wanted } = question;
    for (const { id, name, ask: askOne } of givers(workspace, note)) {
      const rests = (restsUntilMs.get(id) ?? 0) > clock.monotonicMs();
      if (rests || asked.includes(id) || distrusted.has(key(id, wanted.model))) continue;
      const answer = await within(clock, limits.sharedWaitMs, askOne(wanted));
      if (answer?.ok === true) return { id, name, embeddings: answer.value };
      restsUntilMs.set(id, clock.monotonicMs() + limits.sharedRestMs);
    }
    return undefined;
  }

  return {
    of: (workspace) => ({
      ask: (question) => ask(workspace, question),
      distrust: ({ id, model }) => void distrusted.add(key(id, model)),
    }),
  };
}

/** Undefined when it takes longer; what it comes to then is nobody's. */
export function within<Value>(
  clock: Clock,
  withinMs: number,
  work: Promise<Value>,
): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(withinMs, () => resolve(undefined));
    work.then(resolve, reject).finally(cancel);
  });
}
