/**
 * What a consolidation folds, told so that every replica folds the same changes. A run of changes may have one node id
 * here and another there until both have heard of two runs under one id (docs/decisions/0019-two-runs.md), so beside
 * the sequences stand the stamps at which they end: those are the same everywhere.
 */
import type { Consolidated } from '../../../shared/contracts/peer-protocol.ts';
import { eachOnce } from '../consolidate/covers.ts';
import type { Sql } from '../ports.ts';
import { createRunEnds } from './run-ends.ts';

type Covers = Consolidated['covers'];
type Run = { node: string; first: number; last: number };

/** The runs that a consolidation folds by the ids and sequences that they have here; undefined when one is not here. */
export type FindCovered = (said: Pick<Consolidated, 'covers' | 'ends'>) => Covers | undefined;

export function createFindCovered(sql: Sql): FindCovered {
  const { stampAt } = createRunEnds(sql);
  const byStamp = sql.prepare<{ node: string; sequence: number }>(
    'SELECT node, sequence FROM log WHERE stamp = ?',
  );

  /** Of a run that was moved in the middle, what came before that is where the sender says. */
  function find({ node, first, last }: Run, end: string | null | undefined): Run[] | undefined {
    // An older Skein tells no ends.
    const place = byStamp.get(end ?? stampAt(node, last) ?? '');
    if (place === undefined) return undefined;
    const count = Math.min(last - first + 1, place.sequence);
    const found = { node: place.node, first: place.sequence - count + 1, last: place.sequence };
    const before = { node, first, last: last - count };
    if (before.last < first) return [found];
    return stampAt(node, before.last) === undefined ? undefined : [before, found];
  }

  return ({ covers, ends }) => {
    const found: Run[] = [];
    for (const { end, ...run } of runsIn(covers, ends)) {
      const runs = find(run, end);
      if (runs === undefined) return undefined;
      found.push(...runs);
    }
    return byNode(found);
  };
}

const runsIn = (covers: Covers, ends: Consolidated['ends']) =>
  Object.entries(covers).flatMap(([node, runs]) => {
    const endByLast = new Map(runs.map(([, last], index) => [last, ends?.[node]?.[index]]));
    return eachOnce(runs).map(([first, last]) => ({ node, first, last, end: endByLast.get(last) }));
  });

function byNode(runs: readonly Run[]): Covers {
  const covers: Covers = {};
  for (const { node, first, last } of runs.toSorted((a, b) => a.first - b.first)) {
    covers[node] ??= [];
    covers[node].push([first, last]);
  }
  return covers;
}
