/** The notes of a log that the patterns select now; it also knows files of patterns that were set before. */
import type { NoteCatalogue, NoteSource, NoteState } from './knowledge-ports.ts';

export type IsTracked = (note: string) => boolean;

/** What is not tracked any more is as good as deleted, and comes back with its pattern. */
export function onlyTracked(source: NoteSource, isTracked: IsTracked): NoteSource {
  const gone = (state: NoteState): NoteState => (isTracked(state.note) ? state : { ...state, content: null });
  return {
    ...source,
    states: async () => (await source.states()).map(gone),
    async state(note) {
      const state = await source.state(note);
      return state && gone(state);
    },
  };
}

/** Nothing is known of a note that is not tracked, so that it is found no more before its passages are taken out. */
export const onlyOfTracked = (catalogue: NoteCatalogue, isTracked: IsTracked): NoteCatalogue => ({
  ...catalogue,
  facts: (notes) => catalogue.facts(notes.filter(isTracked)),
});
