/** The knowledge of a host that lives as long as one command. */
import { limits } from '../../../shared/limits.ts';
import type { Result } from '../../../shared/result.ts';
import type { Clock } from '../../engine/ports.ts';
import type { Knowledge } from './knowledge-contract.ts';
import { within } from './shared-embeddings.ts';

/**
 * What was written since is indexed before the answer. Where that takes long, because a server embeds say, the answer is
 * of what there is, and says how much is behind; only what was asked to be indexed is waited for. Who asks meanwhile how
 * far that is waits for nothing.
 */
export function createUpToDate(clock: Clock): (knowledge: Knowledge) => Knowledge {
  const made = new WeakMap<Knowledge, Knowledge>();
  return (knowledge) => {
    const known = made.get(knowledge) ?? upToDate(knowledge, clock);
    made.set(knowledge, known);
    return known;
  };
}

function upToDate(knowledge: Knowledge, clock: Clock): Knowledge {
  let isAtWork = false;

  async function atWork<Value>(work: () => Promise<Value>): Promise<Value> {
    isAtWork = true;
    try {
      return await work();
    } finally {
      isAtWork = false;
    }
  }

  const after =
    <Input extends unknown[], Value>(call: (...input: Input) => Promise<Result<Value>>) =>
    async (...input: Input): Promise<Result<Value>> => {
      if (isAtWork) return call(...input);
      const done = await within(clock, limits.knowledgeWaitMs, knowledge.catchUpServing());
      return done === undefined || done.ok ? call(...input) : done;
    };
  return {
    ...knowledge,
    search: after(knowledge.search),
    similar: after(knowledge.similar),
    state: after(knowledge.state),
    notes: after(knowledge.notes),
    retry: (note) =>
      atWork(async () => {
        const retried = await knowledge.retry(note);
        const done = await knowledge.catchUp();
        return done.ok ? retried : done;
      }),
    checkStore: () =>
      atWork(async () => {
        const done = await knowledge.catchUp();
        const fed = done.ok ? await knowledge.feed() : done;
        return fed.ok ? knowledge.checkStore() : fed;
      }),
    rebuild: () =>
      atWork(async () => {
        const begun = await knowledge.rebuild();
        if (!begun.ok) return begun;
        const done = await knowledge.catchUp();
        return done.ok ? knowledge.state() : done;
      }),
  };
}
