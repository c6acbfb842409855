/**
 * Which consolidation a change belongs to: the earliest by its stamp of those that stand and cover it. So every replica
 * says the same, in whatever order it heard of them.
 */
import { needsNoReport } from '../log/append.ts';
import type { Sql } from '../ports.ts';

/** Runs of sequences by node. */
export type Covers = Readonly<Record<string, readonly Run[]>>;
type Run = readonly [first: number, last: number];
type Folded = { position: number; stamp: string };

/**
 * Takes what it covers from later consolidations, and from none that is earlier; what needs no report here, too, for
 * whoever folded it knew better.
 */
export function claim(sql: Sql, { position, stamp }: Folded, covers: Covers): void {
  const take = sql.prepare(
    `UPDATE log SET consolidation = ? WHERE node = ? AND sequence BETWEEN ? AND ? AND path IS NOT NULL
       AND (ifnull(consolidation, ${needsNoReport}) = ${needsNoReport} OR (SELECT stamp FROM log k WHERE k.position = log.consolidation) > ?)`,
  );
  for (const [node, runs] of Object.entries(covers))
    for (const [first, last] of eachOnce(runs)) take.run(position, node, first, last, stamp);
}

/** Runs in which each sequence stands once: a peer may name the whole log a hundred thousand times. */
export function eachOnce(runs: readonly Run[]): Run[] {
  let done = 0;
  return runs.flatMap(([first, last]): Run[] => {
    const from = Math.max(first, done + 1);
    if (from > last) return [];
    done = last;
    return [[from, last]];
  });
}

/**
 * Lets go what a consolidation folded that stands no longer: to a later one that covers it, or it is pending again.
 * Returns how many changes it let go.
 */
export function unfold(sql: Sql, { position, stamp }: Folded): number {
  // What came before the record was folded by it; what came after is the write of its report.
  const { changes } = sql
    .prepare('UPDATE log SET consolidation = NULL WHERE consolidation = ? AND position < ?')
    .run(position, position);
  claimAgain(sql, stamp);
  return changes;
}

/** Each consolidation that stands takes what it covers, those after `stamp`: changes are free that were not before. */
export function claimAgain(sql: Sql, stamp = ''): void {
  const later = sql
    .prepare<Folded & { covers: string }>(
      `SELECT k.position, l.stamp, k.covers FROM consolidations k JOIN log l ON l.position = k.position
       WHERE k.state <> 'undone' AND l.stamp > ? ORDER BY l.stamp`,
    )
    .all(stamp);
  for (const it of later) claim(sql, it, JSON.parse(it.covers) as Covers);
}
