/** The knowledge of a host that lives as long as one command. */
import type { Result } from '../../../shared/result.ts';
import type { Knowledge } from './knowledge-contract.ts';

/** What was written since is indexed before the answer. */
export function upToDate(knowledge: Knowledge): Knowledge {
  const after =
    <Input extends unknown[], Value>(call: (...input: Input) => Promise<Result<Value>>) =>
    async (...input: Input): Promise<Result<Value>> => {
      const done = await knowledge.catchUpServing();
      return done.ok ? call(...input) : done;
    };
  return {
    ...knowledge,
    search: after(knowledge.search),
    similar: after(knowledge.similar),
    state: after(knowledge.state),
    notes: after(knowledge.notes),
    async retry(note) {
      const retried = await knowledge.retry(note);
      const done = await knowledge.catchUp();
      return done.ok ? retried : done;
    },
    async checkStore() {
      const done = await knowledge.catchUp();
      const fed = done.ok ? await knowledge.feed() : done;
      return fed.ok ? knowledge.checkStore() : fed;
    },
    async rebuild() {
      const begun = await knowledge.rebuild();
      if (!begun.ok) return begun;
      const done = await knowledge.catchUp();
      return done.ok ? knowledge.state() : done;
    },
  };
}
