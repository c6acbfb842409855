/** The movements of git that brought versions, so that a screen can show the files of each together. */
import type { Movement } from '../../../shared/domain/movement.ts';
import type { Sql } from '../ports.ts';

export type Movements = {
  /** The row id of this movement. */
  note(movement: Movement): number;
};

export function createMovements(sql: Sql): Movements {
  const insert = sql.prepare(
    `INSERT INTO movements (name, kind, from_name, to_name, commit_id, at_ms, grew) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const find = sql.prepare<{ id: number }>('SELECT id FROM movements WHERE name = ?');
  return {
    note({ id, kind, from, to, commit, atMs, grew }) {
      const known = find.get(id);
      if (known !== undefined) return known.id;
      return insert.run(id, kind, from, to, commit, atMs, grew ? 1 : 0).lastPosition;
    },
  };
}

/** Whether a movement brought a version of this path that is in the log. */
export function createIsRecorded(sql: Sql): (path: string, movementId: string) => boolean {
  const find = sql.prepare(
    // A movement may have brought thousands of files; one file has few versions beside that.
    `SELECT 1 FROM log INDEXED BY log_by_path
     WHERE path = ? AND movement = (SELECT id FROM movements WHERE name = ?)`,
  );
  return (path, movementId) => find.get(path, movementId) !== undefined;
}
