/** A question to the engine whose answer stays fresh while it is on the screen. */
import type { EndpointName, Output, RawInput } from '../../../shared/contracts/app-api.ts';
import type { Topic } from '../../../shared/contracts/events.ts';
import type { Problem } from '../../../shared/result.ts';
import type { App } from './app.svelte.ts';
import { createRequery, pageRequeryPorts } from './requery.ts';

/** Milliseconds without an answer after which the screen shows that it is waiting. */
const slowMs = 300;
/** Answers kept for the back button. */
const keptAnswers = 40;

export class LiveQuery<Value> {
  value: Value | undefined = $state.raw();
  /** The value, and while another question waits for its own, that of the question before it. */
  latest: Value | undefined = $state.raw();
  problem: Problem | undefined = $state.raw();
  /** True once an answer takes longer than 300 ms; never flickers for quick ones. */
  slow = $state(false);
  refresh: () => void = () => {};
}

const answers = new Map<string, unknown>();

function remember(key: string, value: unknown): void {
  answers.delete(key);
  answers.set(key, value);
  const [oldest] = answers.keys();
  if (answers.size > keptAnswers && oldest !== undefined) answers.delete(oldest);
}

/**
 * Asks `name` with `input()` now, whenever the input changes, and whenever one of `topics` changes.
 * An undefined input asks nothing. Call while a component starts up.
 */
export function liveQuery<Name extends EndpointName>(
  app: App,
  name: Name,
  input: () => RawInput<Name> | undefined,
  topics: readonly Topic[],
): LiveQuery<Output<Name>> {
  const query = new LiveQuery<Output<Name>>();
  // As text, so that an equal input from a fresh object does not ask again.
  const asked = $derived(JSON.stringify(input()) as string | undefined);
  $effect(() => {
    query.problem = undefined;
    if (asked === undefined) {
      query.latest = undefined;
      return;
    }
    const key = `${name} ${asked}`;
    const question = JSON.parse(asked) as RawInput<Name>;
    const known = answers.get(key) as Output<Name> | undefined;
    query.value = known;
    if (known !== undefined) query.latest = known;
    const requery = createRequery(pageRequeryPorts, async (signal) => {
      const slowTimer = setTimeout(() => (query.slow = true), slowMs);
      const answer = await app.call(name, question, { signal });
      clearTimeout(slowTimer);
      if (signal.aborted) return;
      query.slow = false;
      // While Skein is away the bar on top says that this is older data; better than none.
      const older = query.value !== undefined && app.connection.state === 'lost';
      query.problem = answer.ok || older ? undefined : answer.error;
      if (answer.ok) {
        query.value = answer.value;
        query.latest = answer.value;
        remember(key, answer.value);
      }
    });
    query.refresh = requery.request;
    requery.request();
    const cancel = app.onChanged(topics, requery.request);
    return () => {
      cancel();
      requery.stop();
      query.slow = false;
    };
  });
  return query;
}
