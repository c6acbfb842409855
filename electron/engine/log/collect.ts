/**
 * Lets go of old versions' bytes by the rule of DESIGN section 6, once every replica that is known has got further.
 * The log's rows stay for ever, those of deletions too: a deletion that was forgotten could not be told any more.
 */
import { collectable } from '../../../shared/domain/retention.ts';
import { covers, parseVector, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import type { Sql } from '../ports.ts';

type VersionRow = {
  position: number;
  stamp: string;
  node: string;
  sequence: number;
  parents: string;
  atMs: number;
  head: number;
  pending: number;
  local: number;
  content: number | null;
};

const dayMs = 86_400_000;

/**
 * `nowMs` is the time by which the retention counts (`retention-clock.ts`). Collects what no rule keeps and returns how many contents went. A content that any kept version of any file
 * shares stays; so do those that a kept change names as its previous one, for its diff.
 */
export function collectVersions(sql: Sql, nowMs: number): number {
  const before = nowMs - limits.everyVersionDays * dayMs;
  const vectors = knownVectors(sql, nowMs);
  const paths = sql
    .prepare<{ path: string }>(
      'SELECT DISTINCT path FROM log WHERE path IS NOT NULL AND at_ms < ? AND content IS NOT NULL',
    )
    .all(before)
    .map((row) => row.path);
  const uses = paths.flatMap((path) => contentUses(sql, path, { nowMs, vectors }));
  const kept = new Set(uses.filter((use) => use.kept).map((use) => use.content));
  const candidates = new Set(uses.map((use) => use.content).filter((content) => !kept.has(content)));
  return sql.transaction(() => [...candidates].filter((content) => release(sql, content, before)).length);
}

/** What each replica holds that said anything not too long ago; one that is away for longer is not waited for. */
function knownVectors(sql: Sql, nowMs: number): Vector[] {
  return sql
    .prepare<{ vector: string }>('SELECT vector FROM links WHERE coalesce(heard_ms, since_ms) >= ?')
    .all(nowMs - limits.awayReplicaDays * dayMs)
    .map(({ vector }) => {
      const parsed = parseVector(vector);
      return parsed.ok ? parsed.value : {};
    });
}

/** The contents of one file's versions, and whether a rule keeps each for that version's sake. */
function contentUses(
  sql: Sql,
  path: string,
  { nowMs, vectors }: { nowMs: number; vectors: readonly Vector[] },
): { content: number; kept: boolean }[] {
  const rows = sql
    .prepare<VersionRow>(
      `SELECT l.position, l.stamp, l.node, l.sequence, l.parents, l.at_ms AS atMs, l.content, l.local,
              l.position = f.position AS head, l.consolidation IS NULL AND l.baseline = 0 AS pending
       FROM log l JOIN files f ON f.path = l.path WHERE l.path = ? ORDER BY l.position`,
    )
    .all(path);
  const versions = rows
    .filter(({ content }) => content !== null)
    .map((row) => ({ ...row, head: row.head === 1, pending: row.pending === 1 }));
  const positions = new Set(isApart(sql, path) ? [] : collectable(versions, nowMs));
  for (const vector of vectors) for (const position of neededBy(rows, vector)) positions.delete(position);
  return versions.flatMap(({ position, content }) =>
    content === null ? [] : [{ content, kept: !positions.has(position) }],
  );
}

/** Versions stand side by side, and what the file holds is worked out from what they come from. */
const isApart = (sql: Sql, path: string): boolean =>
  (sql.prepare<{ heads: number }>('SELECT count(*) AS heads FROM heads WHERE path = ?').get(path)?.heads ??
    0) > 1;

/**
 * Positions of what a replica with this vector has not got yet, and of what the file is there: whatever is written
 * on top of that comes back here, and is merged from there.
 */
function neededBy(rows: readonly VersionRow[], vector: Vector): number[] {
  const told = rows.filter(({ local }) => local === 0);
  const isThere = ({ node, sequence }: VersionRow): boolean => covers(vector, node, sequence);
  const replaced = new Set(told.filter(isThere).flatMap(({ parents }) => parents.split(',')));
  return told.filter((row) => !isThere(row) || !replaced.has(row.stamp)).map(({ position }) => position);
}

/** Only when every use of the content is older than the time in which every version is kept, and nobody needs it. */
function release(sql: Sql, content: number, before: number): boolean {
  const needed = sql
    .prepare<{ needed: number }>(
      `SELECT EXISTS (SELECT 1 FROM log WHERE (content = ? OR previous = ?) AND (at_ms >= ? OR (consolidation IS NULL AND baseline = 0)))
           OR EXISTS (SELECT 1 FROM files WHERE ? IN (content, shared, home)) OR EXISTS (SELECT 1 FROM own_writes WHERE content = ?)
           OR EXISTS (SELECT 1 FROM heads h JOIN log l ON l.stamp = h.stamp WHERE l.content = ?)
           OR EXISTS (SELECT 1 FROM conflicts k JOIN log l ON l.stamp IN (k.loser, k.winner) WHERE k.state = 'open' AND l.content = ?)
           OR EXISTS (SELECT 1 FROM conflicts k JOIN content c ON c.hash = k.base WHERE k.state = 'open' AND c.id = ?) AS needed`,
    )
    .get(content, content, before, content, content, content, content, content)?.needed;
  if (needed === 1) return false;
  return (
    sql.prepare('UPDATE content SET packed = NULL WHERE id = ? AND packed IS NOT NULL').run(content).changes >
    0
  );
}
