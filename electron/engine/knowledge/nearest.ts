/** The nearest passages: where a store is set it is asked, and where it cannot be, this device. */
import type { Problem } from '../../../shared/result.ts';
import type { Sql } from '../ports.ts';
import type { NearPassage, NearPassages } from './near-passages.ts';
import type { Within } from './passages.ts';
import type { StoreFeed } from './store-feed.ts';

/** `problem` says why this device was asked though a store is set. */
export type Near = { passages: NearPassage[]; problem: Problem | undefined };

/** Nearest first, with the cosine. */
export type Nearest = (vector: Float32Array, within: Within, atMost: number) => Promise<Near>;

export function createNearest(
  sql: Sql,
  { near, feed }: { near: Pick<NearPassages, 'find'>; feed: StoreFeed | undefined },
): Nearest {
  const names = sql.prepare<{ note: string }>(
    'SELECT note FROM notes WHERE id IN (SELECT value FROM json_each(?))',
  );
  const namesOf = (ids: readonly number[]): string[] =>
    names.all(JSON.stringify(ids)).map(({ note }) => note);

  return async (vector, within, atMost) => {
    if (feed === undefined) return { passages: near.find(vector, within, atMost), problem: undefined };
    const notes = within && namesOf(within);
    const found = await feed.find({ vector, notes, atMost });
    if (found.ok) return { passages: found.value, problem: undefined };
    return { passages: near.find(vector, within, atMost), problem: instead(found.error) };
  };
}

const instead = (why: Problem): Problem => ({
  ...why,
  message: `${why.message} The vectors on this device were searched instead.`,
});
