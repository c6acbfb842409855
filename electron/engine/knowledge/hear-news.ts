/** Tells the queue of an index what happened in the outbox since. */
import { limits } from '../../../shared/limits.ts';
import type { NoteSource } from './knowledge-ports.ts';
import type { NoteQueue } from './note-queue.ts';

/**
 * Everything is compared each time: an outbox may have lost an event, another one from a backup may stand in the place of
 * the known one, and bytes that come later bring no event at all.
 */
export async function hearNews(source: NoteSource, queue: NoteQueue): Promise<void> {
  const heard = queue.heard();
  const isKnown = (await source.nameOf(heard.position)) === heard.name;
  queue.compare(await source.states());
  if (!isKnown) await begin(source, queue);
  for (;;) {
    const before = queue.heard().position;
    const events = await source.eventsAfter(before, limits.pageRows);
    const position = events.reduce((latest, event) => Math.max(latest, event.position), before);
    if (position === before) return;
    queue.hear(events, { position, name: (await source.nameOf(position)) ?? '' });
  }
}

/** From the end of an outbox whose notes were compared; what happens meanwhile is heard afterwards. */
async function begin(source: NoteSource, queue: NoteQueue): Promise<void> {
  const states = await source.states();
  const position = states.reduce((latest, state) => Math.max(latest, state.position), 0);
  queue.compare(states);
  queue.hear([], { position, name: (await source.nameOf(position)) ?? '' });
}
