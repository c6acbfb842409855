/** Whether bytes on the disk are those of a change that came from another replica. */
import { usableHeads } from '../../../shared/domain/lineage.ts';
import type { Sql } from '../ports.ts';
import { createHistory } from './history.ts';

/**
 * Heads of the file with this content that stand on everything in `known`, the heads that the disk stood for so far.
 * Empty when there is none: then whoever wrote the bytes made a change of their own.
 */
export type Arrived = (path: string, hash: string, known: readonly string[]) => string[];

export function createArrived(sql: Sql): Arrived {
  const find = createHistory(sql);
  const withContent = sql.prepare<{ stamp: string }>(
    `SELECT h.stamp FROM heads h JOIN log l ON l.stamp = h.stamp JOIN content c ON c.id = l.content
     WHERE h.path = ? AND c.hash = ?`,
  );
  return (path, hash, known) => {
    const heads = withContent.all(path, hash).map((row) => row.stamp);
    if (heads.length === 0) return [];
    const newest = usableHeads(find, [...known, ...heads]);
    return newest.every((stamp) => heads.includes(stamp)) ? newest : [];
  };
}
