/**
 * The nearest passages: where a store is set it is asked, and where it cannot be, this device. What is kept from the
 * store is always searched here, and neither a vector nor a name of it is in a question to the store.
 */
import type { Problem } from '../../../shared/result.ts';
import type { Sql } from '../ports.ts';
import type { NoteChoice } from './knowledge-ports.ts';
import type { NearPassage, NearPassages } from './near-passages.ts';
import type { Within } from './passages.ts';
import { everyNote } from './silent-embedder.ts';
import type { StoreFeed } from './store-feed.ts';

/** `problem` says why this device was asked though a store is set. */
export type Near = { passages: NearPassage[]; problem: Problem | undefined };

/** Nearest first, with the cosine. `note` is the one that the vector is of, where it is that of a passage. */
export type Nearest = (vector: Float32Array, within: Within, atMost: number, note?: string) => Promise<Near>;

type Deps = {
  near: Pick<NearPassages, 'find'>;
  feed: StoreFeed | undefined;
  /** Whose passages the store may have. */
  shares: NoteChoice;
};

export function createNearest(sql: Sql, { near, feed, shares }: Deps): Nearest {
  const split = createSplit(sql, shares);
  return async (vector, within, atMost, note) => {
    const here = (): NearPassage[] => near.find(vector, within, atMost);
    if (feed === undefined || (note !== undefined && !shares.has(note)))
      return { passages: here(), problem: undefined };
    const { shared, kept } = split(within);
    const found = await feed.find({ vector, notes: shared, atMost });
    if (!found.ok) return { passages: here(), problem: instead(found.error) };
    if (kept.length === 0) return { passages: found.value, problem: undefined };
    const both = [...found.value, ...near.find(vector, kept, atMost)];
    return {
      passages: both.toSorted((one, other) => other.cosine - one.cosine).slice(0, atMost),
      problem: undefined,
    };
  };
}

/** Of the notes that are asked for: names of those that the store may have, undefined for all it has, and ids of the others. */
type Split = { shared: readonly string[] | undefined; kept: readonly number[] };

function createSplit(sql: Sql, shares: NoteChoice): (within: Within) => Split {
  const all = sql.prepare<{ id: number; note: string }>('SELECT id, note FROM notes');
  const some = sql.prepare<{ id: number; note: string }>(
    'SELECT id, note FROM notes WHERE id IN (SELECT value FROM json_each(?))',
  );
  return (within) => {
    if (within === undefined && shares === everyNote) return { shared: undefined, kept: [] };
    const rows = within === undefined ? all.all() : some.all(JSON.stringify(within));
    const kept: number[] = [];
    const shared: string[] = [];
    for (const { id, note } of rows) {
      if (shares.has(note)) shared.push(note);
      else kept.push(id);
    }
    return { shared: within && shared, kept };
  };
}

const instead = (why: Problem): Problem => ({
  ...why,
  message: `${why.message} The vectors on this device were searched instead.`,
});
