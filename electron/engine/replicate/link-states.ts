/** What we know of each replica that we exchange changes with, kept over restarts. */
import { formatVector, parseVector } from '../../../shared/domain/vector.ts';
import type { Problem } from '../../../shared/result.ts';
import type { Sql } from '../ports.ts';
import type { LinkState } from './exchange.ts';
import type { PeerLink } from './link.ts';

type Row = {
  node: string;
  vector: string;
  scope: string;
  shown: string;
  told: string;
  since_ms: number;
  asked_ms: number | null;
  heard_ms: number | null;
  back_ms: number | null;
  away_ms: number | null;
  clock_offset_ms: number | null;
  problem: string | null;
  changes_in: number;
  changes_out: number;
};

export type LinkStates = {
  /** Remembers the link from now on, and returns what was known of it. */
  meet(link: Pick<PeerLink, 'id' | 'name'>, nowMs: number): { sinceMs: number; state: Partial<LinkState> };
  save(id: string, state: LinkState): void;
  forget(id: string): void;
  /** Ids of all that is remembered. */
  known(): string[];
};

export function createLinkStates(sql: Sql): LinkStates {
  const meet = sql.prepare(
    'INSERT INTO links (link, name, since_ms) VALUES (?, ?, ?) ON CONFLICT (link) DO UPDATE SET name = excluded.name',
  );
  const one = sql.prepare<Row>('SELECT * FROM links WHERE link = ?');
  const save = sql.prepare(
    `UPDATE links SET node = ?, vector = ?, scope = ?, shown = ?, told = ?, asked_ms = ?, heard_ms = ?, back_ms = ?, away_ms = ?, clock_offset_ms = ?, problem = ?, changes_in = ?, changes_out = ?
     WHERE link = ?`,
  );
  const forget = sql.prepare('DELETE FROM links WHERE link = ?');
  const all = sql.prepare<{ link: string }>('SELECT link FROM links');
  return {
    known: () => all.all().map(({ link }) => link),
    meet({ id, name }, nowMs) {
      meet.run(id, name, nowMs);
      const row = one.get(id);
      return { sinceMs: row?.since_ms ?? nowMs, state: row === undefined ? {} : toState(row) };
    },
    save(id, state) {
      save.run(
        state.node,
        formatVector(state.vector),
        state.scope,
        formatVector(state.shown),
        state.told,
        state.askedMs ?? null,
        state.heardMs ?? null,
        state.back?.atMs ?? null,
        state.back?.awayMs ?? null,
        state.clockOffsetMs ?? null,
        state.problem === undefined ? null : JSON.stringify(state.problem),
        state.pulled,
        state.pushed,
        id,
      );
    },
    forget: (id) => {
      forget.run(id);
    },
  };
}

function toState(row: Row): Partial<LinkState> {
  const [vector, shown] = [parseVector(row.vector), parseVector(row.shown)];
  return {
    node: row.node,
    vector: vector.ok ? vector.value : {},
    scope: row.scope,
    shown: shown.ok ? shown.value : {},
    told: row.told,
    askedMs: row.asked_ms ?? undefined,
    heardMs: row.heard_ms ?? undefined,
    back: row.back_ms === null ? undefined : { atMs: row.back_ms, awayMs: row.away_ms ?? 0 },
    clockOffsetMs: row.clock_offset_ms ?? undefined,
    problem: row.problem === null ? undefined : (JSON.parse(row.problem) as Problem),
    pulled: row.changes_in,
    pushed: row.changes_out,
  };
}
