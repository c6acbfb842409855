/** Queries of the log: synchronous, indexed, never a table scan on a page (the bench holds a million changes). */
import type { Change } from '../../../shared/domain/change.ts';
import { gitAgent } from '../../../shared/domain/movement.ts';
import type { ChangeFilter, LogReader, TrackedFile } from '../engine-contract.ts';
import type { Sql } from '../ports.ts';
import { createActivity } from './activity.ts';
import { createConsolidationReader } from './consolidation-reader.ts';
import type { ContentStore } from './content-store.ts';
import { type LogRow, selectChanges, toChange } from './rows.ts';
import { createVersionResolver } from './versions.ts';

/** The problem of a file is none of the log's: it lives with the scan, and engine.ts adds it to `files`. */
export function createLogReader(sql: Sql, contents: ContentStore): LogReader {
  const one = sql.prepare<LogRow>(`${selectChanges} WHERE l.position = ? AND l.path IS NOT NULL`);
  const byStamp = sql.prepare<LogRow>(`${selectChanges} WHERE l.stamp = ? AND l.path IS NOT NULL`);
  const pendingCount = sql.prepare<{ pending: number }>(
    'SELECT count(*) AS pending FROM log INDEXED BY log_pending WHERE consolidation IS NULL AND baseline = 0 AND path IS NOT NULL',
  );
  const moved = sql.prepare<{ changes: number }>(
    'SELECT count(*) AS changes FROM log WHERE movement = (SELECT id FROM movements WHERE name = ?)',
  );
  const side = (sign: '<' | '>', order: 'DESC' | 'ASC', path: string) =>
    sql.prepare<LogRow>(
      `${selectChanges} WHERE l.position ${sign} ? AND ${path} ORDER BY l.position ${order} LIMIT ?`,
    );
  const earlier = side('<', 'DESC', 'l.path IS NOT NULL');
  const later = side('>', 'ASC', 'l.path IS NOT NULL');
  const fileSide = (sign: '<' | '>', order: 'DESC' | 'ASC') =>
    sql.prepare<LogRow>(
      `${selectChanges} WHERE l.path = ? AND l.position ${sign} ? ORDER BY l.position ${order} LIMIT 1`,
    );
  const earlierOfFile = fileSide('<', 'DESC');
  const laterOfFile = fileSide('>', 'ASC');
  const maybe = (row: LogRow | undefined): Change | undefined =>
    row === undefined ? undefined : toChange(row);
  return {
    ...createConsolidationReader(sql),
    ...createVersionResolver(sql),
    ...createActivity(sql),
    ...createPathFinder(sql),
    changes: (filter) => listChanges(sql, filter),
    change: (position) => maybe(one.get(position)),
    changeByStamp: (stamp) => maybe(byStamp.get(stamp)),
    neighbours: (position, each) => ({
      earlier: earlier.all(position, each).map(toChange),
      later: later.all(position, each).map(toChange),
    }),
    fileNeighbours: (change) => ({
      earlier: maybe(earlierOfFile.get(change.path, change.position)),
      later: maybe(laterOfFile.get(change.path, change.position)),
    }),
    movedBy: (id) => moved.get(id)?.changes ?? 0,
    pendingCount: () => pendingCount.get()?.pending ?? 0,
    files: () => listFiles(sql),
    content: (hash) => contents.get(hash),
    contentFacts: (hash) => contents.facts(hash),
  };
}

/** Every path of the log has its row in `files`. */
function createPathFinder(sql: Sql): Pick<LogReader, 'findPath'> {
  const exact = sql.prepare<{ path: string }>('SELECT path FROM files WHERE path = ?');
  const all = sql.prepare<{ path: string }>('SELECT path FROM files');
  return {
    findPath(given) {
      const found = exact.get(given)?.path;
      if (found !== undefined || /^\p{ASCII}*$/u.test(given)) return found;
      const form = given.normalize('NFC');
      const [only, ...others] = all.all().filter(({ path }) => path.normalize('NFC') === form);
      return others.length === 0 ? only?.path : undefined;
    },
  };
}

type Term = { sql: string; value: string | number };

function listChanges(sql: Sql, filter: ChangeFilter): Change[] {
  const terms = filterTerms(sql, filter);
  const where = ['l.path IS NOT NULL', ...terms.map((term) => term.sql)];
  if (filter.pending === true) where.push('l.consolidation IS NULL', 'l.baseline = 0');
  if (filter.pending === false) where.push('(l.consolidation IS NOT NULL OR l.baseline = 1)');
  const order = filter.after === undefined ? 'DESC' : 'ASC';
  const text = `${selectChanges} WHERE ${where.join(' AND ')} ORDER BY l.position ${order} LIMIT ?`;
  return sql
    .prepare<LogRow>(text)
    .all(...terms.map((term) => term.value), filter.limit)
    .map(toChange);
}

function filterTerms(sql: Sql, filter: ChangeFilter): Term[] {
  const terms: [string, string | number | undefined][] = [
    ['l.position < ?', filter.before],
    ['l.position > ?', filter.after],
    ['l.path = ?', filter.path],
    ['l.agent = ?', filter.agent],
    // Written this way the planner sees that the partial index of rare kinds applies.
    [filter.kind === 'modified' ? 'l.kind = ?' : "l.kind <> 'modified' AND l.kind = ?", filter.kind],
    ['l.class = ?', filter.fileClass],
    ['l.position >= ?', filter.fromMs === undefined ? undefined : firstPositionAt(sql, filter.fromMs)],
    ['l.position < ?', filter.toMs === undefined ? undefined : firstPositionAt(sql, filter.toMs)],
    [
      'l.consolidation = ?',
      filter.consolidation === undefined ? undefined : consolidationPosition(sql, filter.consolidation),
    ],
  ];
  return terms.flatMap(([text, value]) => (value === undefined ? [] : [{ sql: text, value }]));
}

/** Stamps grow with positions, so a time becomes a position; past the end is a position that no row has. */
function firstPositionAt(sql: Sql, atMs: number): number {
  const from = Math.max(0, Math.floor(atMs)).toString(16).padStart(12, '0');
  const row = sql
    .prepare<{ position: number }>('SELECT position FROM log WHERE stamp >= ? ORDER BY stamp LIMIT 1')
    .get(from);
  return row?.position ?? Number.MAX_SAFE_INTEGER;
}

function consolidationPosition(sql: Sql, stamp: string): number {
  return (
    sql.prepare<{ position: number }>('SELECT position FROM log WHERE stamp = ?').get(stamp)?.position ?? -1
  );
}

type FileRow = {
  path: string;
  class: TrackedFile['fileClass'];
  hash: string | null;
  mtime_ns: string;
  seen_ms: number;
  versions: number;
  displaced: number;
  position: number;
  agent: string;
  pending: number;
};

/** Whose file it is: git owns none that it took away. */
const owner = `CASE WHEN f.content IS NULL AND l.agent = '${gitAgent}' THEN coalesce(
  (SELECT o.agent FROM log o WHERE o.path = f.path AND o.content IS NOT NULL AND o.agent <> '${gitAgent}'
   ORDER BY o.position DESC LIMIT 1), l.agent) ELSE l.agent END`;

function listFiles(sql: Sql): TrackedFile[] {
  const rows = sql
    .prepare<FileRow>(
      `SELECT f.path, f.class, c.hash, f.mtime_ns, f.seen_ms, f.versions, f.displaced, f.position, ${owner} AS agent, coalesce(w.pending, 0) AS pending
       FROM files f JOIN log l ON l.position = f.position LEFT JOIN content c ON c.id = f.content
       LEFT JOIN (SELECT path, count(*) AS pending FROM log INDEXED BY log_pending
                  WHERE consolidation IS NULL AND baseline = 0 AND path IS NOT NULL GROUP BY path) w ON w.path = f.path
       ORDER BY f.path`,
    )
    .all();
  return rows.map((row) => ({
    path: row.path,
    fileClass: row.class,
    content: row.hash,
    modifiedMs: row.hash === null ? row.seen_ms : Number(BigInt(row.mtime_ns) / 1_000_000n),
    problem: null,
    deleted: row.hash === null,
    displaced: row.displaced === 1,
    versions: row.versions,
    pending: row.pending,
    agent: row.agent,
    position: row.position,
  }));
}
