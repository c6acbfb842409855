/** Rows of the log as changes. */
import type { Change, ChangeKind, Evidence, FileClass } from '../../../shared/domain/change.ts';
import type { Movement } from '../../../shared/domain/movement.ts';
import { stampMillis } from '../../../shared/domain/stamp.ts';

export type LogRow = {
  position: number;
  stamp: string;
  node: string;
  sequence: number;
  kind: ChangeKind;
  path: string;
  class: FileClass;
  hash: string | null;
  previous_hash: string | null;
  parents: string;
  agent: string;
  evidence: string;
  consolidation: number | null;
  baseline: number;
  local: number;
  /** A movement as JSON. */
  movement: string | null;
};

/** Columns and joins of every query that yields changes; the table is `l`. */
export const selectChanges = `
SELECT l.position, l.stamp, l.node, l.sequence, l.kind, l.path, l.class, c.hash, p.hash AS previous_hash,
       l.parents, l.agent, l.evidence, l.consolidation, l.baseline, l.local,
       CASE WHEN l.movement IS NULL THEN NULL ELSE (
         SELECT json_object('id', m.name, 'kind', m.kind, 'from', m.from_name, 'to', m.to_name, 'commit', m.commit_id,
           'atMs', m.at_ms, 'grew', json(iif(m.grew, 'true', 'false'))) FROM movements m WHERE m.id = l.movement) END AS movement
FROM log l LEFT JOIN content c ON c.id = l.content LEFT JOIN content p ON p.id = l.previous`;

export function toChange(row: LogRow): Change {
  return {
    position: row.position,
    stamp: row.stamp,
    node: row.node,
    sequence: row.sequence,
    kind: row.kind,
    path: row.path,
    fileClass: row.class,
    content: row.hash,
    previous: row.previous_hash,
    parents: row.parents === '' ? [] : row.parents.split(','),
    agent: row.agent,
    evidence: JSON.parse(row.evidence) as Evidence[],
    consolidation: row.consolidation,
    baseline: row.baseline === 1,
    movement: row.movement === null ? null : (JSON.parse(row.movement) as Movement),
    local: row.local === 1,
    atMs: stampMillis(row.stamp),
  };
}
