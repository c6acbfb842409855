/** Lets go of old versions' bytes by the rule of DESIGN section 6. The log's rows stay for ever. */
import { collectable } from '../../../shared/domain/retention.ts';
import { limits } from '../../../shared/limits.ts';
import type { Sql } from '../ports.ts';

type VersionRow = { position: number; atMs: number; head: number; pending: number; content: number };

/**
 * Collects what no rule keeps and returns how many contents went. A content that any kept version of any file
 * shares stays; so do those that a kept change names as its previous one, for its diff.
 */
export function collectVersions(sql: Sql, nowMs: number): number {
  const before = nowMs - limits.everyVersionDays * 86_400_000;
  const paths = sql
    .prepare<{ path: string }>(
      'SELECT DISTINCT path FROM log WHERE path IS NOT NULL AND at_ms < ? AND content IS NOT NULL',
    )
    .all(before)
    .map((row) => row.path);
  const uses = paths.flatMap((path) => contentUses(sql, path, nowMs));
  const kept = new Set(uses.filter((use) => use.kept).map((use) => use.content));
  const candidates = new Set(uses.map((use) => use.content).filter((content) => !kept.has(content)));
  return sql.transaction(() => [...candidates].filter((content) => release(sql, content, before)).length);
}

/** The contents of one file's versions, and whether the rule keeps each for that version's sake. */
function contentUses(sql: Sql, path: string, nowMs: number): { content: number; kept: boolean }[] {
  const rows = sql
    .prepare<VersionRow>(
      `SELECT l.position, l.at_ms AS atMs, l.position = f.position AS head, l.content,
              l.consolidation IS NULL AND l.baseline = 0 AS pending
       FROM log l JOIN files f ON f.path = l.path WHERE l.path = ? AND l.content IS NOT NULL ORDER BY l.position`,
    )
    .all(path);
  const versions = rows.map((row) => ({ ...row, head: row.head === 1, pending: row.pending === 1 }));
  const positions = new Set(collectable(versions, nowMs));
  return rows.map(({ position, content }) => ({ content, kept: !positions.has(position) }));
}

/** Only when every use of the content is older than the time in which every version is kept, and nobody needs it. */
function release(sql: Sql, content: number, before: number): boolean {
  const needed = sql
    .prepare<{ needed: number }>(
      `SELECT EXISTS (SELECT 1 FROM log WHERE (content = ? OR previous = ?) AND (at_ms >= ? OR (consolidation IS NULL AND baseline = 0)))
           OR EXISTS (SELECT 1 FROM files WHERE content = ?) OR EXISTS (SELECT 1 FROM own_writes WHERE content = ?) AS needed`,
    )
    .get(content, content, before, content, content)?.needed;
  if (needed === 1) return false;
  return (
    sql.prepare('UPDATE content SET packed = NULL WHERE id = ? AND packed IS NOT NULL').run(content).changes >
    0
  );
}
