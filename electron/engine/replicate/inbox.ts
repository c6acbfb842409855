/** The conflict inbox: versions that lost, until somebody resolves or dismisses them. Derived from the log's records. */
import { stampMillis } from '../../../shared/domain/stamp.ts';
import type { Sql } from '../ports.ts';

export type ConflictState = 'open' | 'resolved' | 'dismissed';
export type Conflict = {
  path: string;
  /** Stamps of the version that was kept and of the one that is not in the file. */
  winner: string;
  loser: string;
  /** Hash of what both come from; null when nothing is known. */
  base: string | null;
  atMs: number;
  state: ConflictState;
};

export type Inbox = {
  /** Enters a version that lost; one that is there already, open or settled, stays as it is. True when it is new. */
  open(conflict: Omit<Conflict, 'state'>): boolean;
  /**
   * `stamp` is that of the record that says so: of several the latest counts, in whatever order they come. It may come
   * before what it settles; then that is settled as soon as it comes.
   */
  settle(what: { path: string; loser: string; state: ConflictState }, stamp: string): void;
  has(path: string, loser: string): boolean;
  find(path: string, loser: string): Conflict | undefined;
  list(state: ConflictState | 'all'): Conflict[];
  openCount(): number;
};

type Row = {
  path: string;
  winner: string;
  loser: string;
  base: string | null;
  at_ms: number;
  state: ConflictState;
};

const toConflict = ({ at_ms: atMs, ...row }: Row): Conflict => ({ ...row, atMs });

export function createInbox(sql: Sql): Inbox {
  const enter = sql.prepare(
    `INSERT INTO conflicts (path, loser, winner, base, at_ms, state) VALUES (?, ?, ?, ?, ?, 'open')
     ON CONFLICT (path, loser) DO UPDATE SET winner = excluded.winner, base = excluded.base, at_ms = excluded.at_ms
     WHERE winner = ''`,
  );
  const settle = sql.prepare(
    `INSERT INTO conflicts (path, loser, winner, base, at_ms, state, decided) VALUES (?, ?, '', NULL, ?, ?, ?)
     ON CONFLICT (path, loser) DO UPDATE SET state = excluded.state, decided = excluded.decided
     WHERE decided < excluded.decided`,
  );
  const one = sql.prepare<Row>('SELECT * FROM conflicts WHERE path = ? AND loser = ?');
  const all = sql.prepare<Row>("SELECT * FROM conflicts WHERE winner <> '' ORDER BY at_ms DESC, path, loser");
  const count = sql.prepare<{ open: number }>(
    "SELECT count(*) AS open FROM conflicts WHERE state = 'open' AND winner <> ''",
  );
  return {
    open: ({ path, loser, winner, base, atMs }) => enter.run(path, loser, winner, base, atMs).changes > 0,
    settle: ({ path, loser, state }, stamp) => {
      settle.run(path, loser, stampMillis(stamp), state, stamp);
    },
    has: (path, loser) => one.get(path, loser) !== undefined,
    find(path, loser) {
      const row = one.get(path, loser);
      return row === undefined || row.winner === '' ? undefined : toConflict(row);
    },
    list: (state) =>
      all
        .all()
        .filter((row) => state === 'all' || row.state === state)
        .map(toConflict),
    openCount: () => count.get()?.open ?? 0,
  };
}
