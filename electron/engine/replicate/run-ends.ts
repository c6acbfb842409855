/**
 * Whether two replicas mean the same changes by the same sequences. Each names the stamp at the last sequence that
 * both hold of a node; runs that agree there agree before it, because neither took a change without the one before.
 */
import type { RunEnd } from '../../../shared/contracts/peer-protocol.ts';
import type { Vector } from '../../../shared/domain/vector.ts';
import { ok, type Result } from '../../../shared/result.ts';
import type { Sql } from '../ports.ts';

export type RunEnds = {
  /** For each node of both vectors, what we hold at the last sequence of both. */
  between(one: Vector, other: Vector): RunEnd[];
  /** Nodes of which another replica holds something else than we do. */
  parted(ends: readonly RunEnd[]): string[];
  stampAt(node: string, sequence: number): string | undefined;
};

export function createRunEnds(sql: Sql): RunEnds {
  const byPlace = sql.prepare<{ stamp: string }>('SELECT stamp FROM log WHERE node = ? AND sequence = ?');
  const stampAt = (node: string, sequence: number): string | undefined => byPlace.get(node, sequence)?.stamp;
  return {
    stampAt,
    between: (one, other) =>
      Object.entries(one).flatMap(([node, last]) => {
        const sequence = Math.min(last, other[node] ?? 0);
        const hlc = stampAt(node, sequence);
        return hlc === undefined ? [] : [{ node, sequence, hlc }];
      }),
    parted: (ends) =>
      ends
        .filter(({ node, sequence, hlc }) => (stampAt(node, sequence) ?? hlc) !== hlc)
        .map(({ node }) => node),
  };
}

/**
 * The last sequence up to which two runs agree, when they do not at `last`. `agreesAt` asks the other side, some
 * log2(last) times; the first failure ends it.
 */
export async function findParting(
  last: number,
  agreesAt: (sequence: number) => Promise<Result<boolean>>,
): Promise<Result<number>> {
  let [agreed, apart] = [0, last];
  while (apart - agreed > 1) {
    const middle = Math.floor((agreed + apart) / 2);
    const answer = await agreesAt(middle);
    if (!answer.ok) return answer;
    if (answer.value) agreed = middle;
    else apart = middle;
  }
  return ok(agreed);
}
