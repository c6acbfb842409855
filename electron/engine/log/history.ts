/** One change's place in the history of its file, for the rules of `shared/domain/lineage.ts`. */
import type { Ancestor, FindAncestor } from '../../../shared/domain/lineage.ts';
import type { Sql } from '../ports.ts';

type Row = {
  stamp: string;
  parents: string;
  hash: string | null;
  merge: number;
  baseline: number;
  held: number;
  away: number;
};

export function createHistory(sql: Sql): FindAncestor {
  const one = sql.prepare<Row>(
    `SELECT l.stamp, l.parents, c.hash, l.merge, l.baseline, l.held, c.id IS NOT NULL AND c.packed IS NULL AS away FROM log l LEFT JOIN content c ON c.id = l.content
     WHERE l.stamp = ? AND l.path IS NOT NULL`,
  );
  return (stamp) => {
    const row = one.get(stamp);
    return row === undefined ? undefined : toAncestor(row);
  };
}

const toAncestor = (row: Row): Ancestor => ({
  stamp: row.stamp,
  parents: row.parents === '' ? [] : row.parents.split(','),
  content: row.hash,
  merge: row.merge === 1,
  choice: row.merge === 2,
  baseline: row.baseline === 1,
  held: row.held !== 0,
  away: row.away !== 0,
});
