/** A database on a disk that may be full: then a transaction that would change something fails and is rolled back. */
import type { Sql } from '../../electron/engine/ports.ts';
import { ProblemError, problem } from '../../shared/result.ts';

/** `refused` hears of each transaction that found no room. */
export function createFullDiskSql(sql: Sql, isFull: () => boolean, refused: () => void): Sql {
  let depth = 0;
  const changes = sql.prepare<{ n: number }>('SELECT total_changes() AS n');
  const changesSoFar = (): number => changes.get()?.n ?? 0;

  function transaction<Value>(work: () => Value): Value {
    if (depth > 0) return sql.transaction(work);
    depth += 1;
    try {
      return sql.transaction(() => {
        const before = changesSoFar();
        const value = work();
        if (isFull() && changesSoFar() !== before) {
          refused();
          throw new ProblemError(diskFull());
        }
        return value;
      });
    } finally {
      depth -= 1;
    }
  }

  return { prepare: sql.prepare, exec: sql.exec, transaction, close: sql.close };
}

const diskFull = () =>
  problem('disk-full', 'the log', 'The disk that holds the log is full.', 'Make room; nothing was changed.');
