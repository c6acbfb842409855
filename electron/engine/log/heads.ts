/** The changes of each file that are nobody's parent. Derived from the log; moves with every row. */
import type { Sql } from '../ports.ts';

export type Heads = {
  of(path: string): string[];
  /** A change arrived that stands on its parents. Call in the transaction of its row. */
  advance(path: string, stamp: string, parents: readonly string[]): void;
  /** As `advance` for many changes that arrive in one transaction; `write` ends it. A file that changes often moves once. */
  together(): Pick<Heads, 'advance'> & { write(): void };
  /** Changes of this file came to be known in the middle of its history. Call in their transaction. */
  derive(path: string): void;
  /** Files that have more than one head, or whose head is not what lies on the disk. */
  unsettled(): string[];
};

export function createHeads(sql: Sql): Heads {
  const list = sql.prepare<{ stamp: string }>('SELECT stamp FROM heads WHERE path = ? ORDER BY stamp');
  const add = sql.prepare('INSERT INTO heads (path, stamp) VALUES (?, ?)');
  const remove = sql.prepare('DELETE FROM heads WHERE path = ? AND stamp = ?');
  const clear = sql.prepare('DELETE FROM heads WHERE path = ?');
  const ofFile = sql.prepare<{ stamp: string; parents: string }>(
    'SELECT stamp, parents FROM log WHERE path = ? AND local = 0',
  );
  const unsettled = sql.prepare<{ path: string }>(
    `SELECT path FROM (SELECT path, group_concat(stamp, ',') AS heads FROM
       (SELECT path, stamp FROM heads ORDER BY path, stamp) GROUP BY path) h
     WHERE NOT EXISTS (SELECT 1 FROM files f WHERE f.path = h.path AND f.head = h.heads)`,
  );
  return {
    of: (path) => list.all(path).map((row) => row.stamp),
    advance(path, stamp, parents) {
      for (const parent of parents) remove.run(path, parent);
      add.run(path, stamp);
    },
    together() {
      const movesByPath = new Map<string, { gone: Set<string>; come: Set<string> }>();
      return {
        advance(path, stamp, parents) {
          const moves = movesByPath.get(path) ?? { gone: new Set(), come: new Set() };
          movesByPath.set(path, moves);
          for (const parent of parents) if (!moves.come.delete(parent)) moves.gone.add(parent);
          moves.come.add(stamp);
        },
        write() {
          for (const [path, { gone, come }] of movesByPath) {
            for (const stamp of gone) remove.run(path, stamp);
            for (const stamp of come) add.run(path, stamp);
          }
        },
      };
    },
    derive(path) {
      const rows = ofFile.all(path);
      const parents = new Set(rows.flatMap((row) => row.parents.split(',')));
      clear.run(path);
      for (const { stamp } of rows) if (!parents.has(stamp)) add.run(path, stamp);
    },
    unsettled: () => unsettled.all().map((row) => row.path),
  };
}
