/** The raw tables as checkers read them, without the engine's own queries. */
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { limits } from '../../../shared/limits.ts';

export type LogRow = {
  position: number;
  stamp: string;
  sequence: number;
  node: string;
  kind: string;
  /** Null for a consolidation and its withdrawal. */
  path: string | null;
  /** Hash; null for a deletion. */
  content: string | null;
  previous: string | null;
  /** Stamps, separated by commas. */
  parents: string;
  consolidation: number | null;
  baseline: number;
  agent: string;
  /** The link that it came over; null for what was recorded here. */
  via: string | null;
  /** 1: it is told to no other replica. */
  local: number;
};

export function readLog(sql: Sql): LogRow[] {
  return sql
    .prepare<LogRow>(
      `SELECT l.position, l.stamp, l.sequence, l.node, l.kind, l.path, c.hash AS content, p.hash AS previous,
              l.parents, l.consolidation, l.baseline, l.agent, l.via, l.local
       FROM log l LEFT JOIN content c ON c.id = l.content LEFT JOIN content p ON p.id = l.previous ORDER BY l.position`,
    )
    .all();
}

export type ConsolidationRow = {
  position: number;
  covers: string;
  changes: number;
  state: string;
  stamp: string;
  trigger_type: 'threshold' | 'time_based' | 'manual';
  file_work: string | null;
};

export function readConsolidations(sql: Sql): ConsolidationRow[] {
  return sql
    .prepare<ConsolidationRow>(
      `SELECT k.position, k.covers, k.changes, k.state, k.file_work, k.trigger_type, l.stamp
       FROM consolidations k JOIN log l ON l.position = k.position ORDER BY k.position`,
    )
    .all();
}

/** The bytes of every version that the log holds, or of one path. */
export function readContents(sql: Sql, path?: string): Uint8Array[] {
  const packed =
    path === undefined
      ? sql.prepare<{ packed: Uint8Array }>('SELECT packed FROM content WHERE packed IS NOT NULL').all()
      : sql
          .prepare<{ packed: Uint8Array }>(
            'SELECT c.packed FROM log l JOIN content c ON c.id = l.content WHERE l.path = ? AND c.packed IS NOT NULL',
          )
          .all(path);
  return packed.map((row) => nodeCodec.decompress(row.packed, limits.trackedFileBytes));
}
