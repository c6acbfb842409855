/** A paged list that stays fresh while it is on the screen. */
import type { Topic } from '../../../shared/contracts/events.ts';
import type { App } from './app.svelte.ts';
import { type AskPage, PagedList, type Placed } from './paged-list.svelte.ts';
import { createRequery, pageRequeryPorts } from './requery.ts';

const slowMs = 300;

export class LivePages<Item extends Placed> {
  /** Undefined until the first page has arrived, or failed to. */
  list: PagedList<Item> | undefined = $state.raw();
  slow = $state(false);
}

/**
 * Reads the list that `ask` describes, again whenever `topics` change; when `key()` changes, it is another list,
 * and the old one stays until the new one is there. Call while a component starts up.
 */
export function livePages<Item extends Placed>(
  app: App,
  key: () => string,
  ask: () => AskPage<Item>,
  topics: readonly Topic[],
): LivePages<Item> {
  const pages = new LivePages<Item>();
  const identity = $derived(key());
  $effect(() => {
    if (identity === undefined) return;
    const fresh = new PagedList<Item>(ask());
    const waiting = setTimeout(() => {
      pages.slow = true;
    }, slowMs);
    const requery = createRequery(pageRequeryPorts, async (signal) => {
      await fresh.refresh(signal);
      if (signal.aborted) return;
      clearTimeout(waiting);
      pages.slow = false;
      pages.list = fresh;
    });
    requery.request();
    const cancel = app.onChanged(topics, requery.request);
    return () => {
      clearTimeout(waiting);
      cancel();
      requery.stop();
    };
  });
  return pages;
}
