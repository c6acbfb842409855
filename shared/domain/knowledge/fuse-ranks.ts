/** One order out of several: reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009). */

/** What one way of searching found, the best first. */
export type RankedList = {
  /** Names the list in what is said about a hit: `words`, `meaning`. */
  name: string;
  ids: readonly string[];
  /** How much the list counts beside the others; 1 when not given. */
  weight?: number;
};

export type Fused = {
  id: string;
  score: number;
  /** Rank in each list that holds it, from 1, by the list's name. */
  ranks: Readonly<Record<string, number>>;
};

/** The paper's constant: so large that the first ranks of one list do not outvote agreement of several. */
const smoothing = 60;

/**
 * All ids of the lists, the best first. Only ranks count, so scores of different kinds need not be compared. Ids of
 * equal score stand in order of their best rank, then of the lists, so the same lists always give the same answer.
 * An id that stands in one list twice counts by its first place.
 */
export function fuseRanks(lists: readonly RankedList[]): Fused[] {
  const fusedById = new Map<string, { id: string; score: number; ranks: Record<string, number> }>();
  for (const { name, ids, weight = 1 } of lists) {
    let rank = 0;
    for (const id of new Set(ids)) {
      rank += 1;
      const fused = fusedById.get(id) ?? { id, score: 0, ranks: {} };
      fused.score += weight / (smoothing + rank);
      fused.ranks[name] = rank;
      fusedById.set(id, fused);
    }
  }
  return [...fusedById.values()].sort(
    (one, other) => other.score - one.score || bestRank(one) - bestRank(other),
  );
}

function bestRank({ ranks }: Fused): number {
  return Math.min(...Object.values(ranks));
}
