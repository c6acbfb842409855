/**
 * What a peer lacks, a page at a time, in our order of arrival: so parents always come before their children, and a
 * page that was taken whole leaves nothing to skip.
 */
import type { FileRow, Page, Places, Row } from '../../../shared/contracts/peer-protocol.ts';
import type { Evidence, FileClass } from '../../../shared/domain/change.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { stampMillis } from '../../../shared/domain/stamp.ts';
import { covers, coversAll, emptyVector, formatVector, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { hold } from '../log/take-row.ts';
import type { Sql } from '../ports.ts';
import type { BodyWriter } from './bodies.ts';
import type { LinkRights } from './link.ts';
import { createRunEnds } from './run-ends.ts';

export type PageDeps = {
  sql: Sql;
  node: () => string;
  vector: () => Vector;
  bodies: BodyWriter;
  nowMs: () => number;
};

/** What the asker has, what it is offered, how much it wants, which paths it may see, and of which it wants contents. */
export type PageRequest = {
  since: Vector;
  offered: Vector;
  limit: number;
  mayRead(path: string): boolean;
  wants?: LinkRights['wants'];
};

type Seen = Pick<PageRequest, 'mayRead' | 'wants'>;

type SentRow = {
  position: number;
  stamp: string;
  node: string;
  sequence: number;
  kind: Row['kind'];
  path: string | null;
  class: FileClass | null;
  hash: string | null;
  size: number | null;
  previous: string | null;
  parents: string;
  evidence: string;
  baseline: number;
  merge: number;
  held: number;
  local: number;
  payload: string | null;
  report_of: string | null;
};

/** For each run of `k.covers` the stamp of its last change. */
const endsOfCovered = `(
SELECT json_group_object(n.key, json((
  SELECT json_group_array((SELECT e.stamp FROM log e WHERE e.node = n.key AND e.sequence = r.value ->> 1))
  FROM json_each(n.value) r))) FROM json_each(k.covers) n)`;

const select = `
SELECT l.position, l.stamp, l.node, l.sequence, l.kind, l.path, l.class, c.hash, c.size, p.hash AS previous,
       l.parents, l.evidence, l.baseline, l.merge, l.held, l.local,
       CASE l.kind WHEN 'consolidated' THEN (
         SELECT json_object('trigger_type', k.trigger_type, 'conditions', json(k.conditions), 'covers', json(k.covers),
           'ends', json(${endsOfCovered}), 'changes', k.changes, 'files', k.files, 'agents', json(k.agents), 'report', k.report, 'locale', k.locale,
           'report_file', k.report_file) FROM consolidations k WHERE k.position = l.position)
       ELSE l.payload END AS payload,
       (SELECT k.stamp FROM log k WHERE k.position = l.consolidation AND k.position < l.position) AS report_of
FROM log l LEFT JOIN content c ON c.id = l.content LEFT JOIN content p ON p.id = l.previous`;

export type PageReader = {
  /** What a holder of `since` lacks. */
  after(request: PageRequest): Page;
  /** What stands in these places of what is offered, as far as the asker may know it now. */
  at(places: Places, request: Omit<PageRequest, 'since' | 'limit'>): Page;
  /** What has a later stamp than this, in the order of stamps (reference/002). What arrives late is never in it. */
  afterStamp(stamp: string, request: Omit<PageRequest, 'since' | 'offered'>): Page;
};

export function createPageReader(deps: PageDeps): PageReader {
  const ofNode = deps.sql.prepare<SentRow>(
    `${select} WHERE l.node = ? AND l.sequence > ? AND l.sequence <= ? ORDER BY l.sequence LIMIT ?`,
  );
  const inRun = deps.sql.prepare<SentRow>(
    `${select} WHERE l.node = ? AND l.sequence BETWEEN ? AND ? ORDER BY l.sequence LIMIT ?`,
  );
  const laterThan = deps.sql.prepare<SentRow>(`${select} WHERE l.stamp > ? ORDER BY l.stamp LIMIT ?`);

  const ends = createRunEnds(deps.sql);

  const pageOf = (rows: Row[], hasMore: boolean, vector: Vector): Page => ({
    changes: rows,
    watermark: rows.at(-1)?.hlc ?? '',
    has_more: hasMore,
    node_id: deps.node(),
    vector: formatVector(vector),
    now_ms: deps.nowMs(),
  });

  const after = (request: PageRequest): Page => {
    const { offered: vector } = request;
    const limit = Math.min(request.limit, limits.pageRowsSent);
    const missing = Object.keys(vector)
      .filter((node) => !covers(request.since, node, vector[node] ?? 0))
      .flatMap((node) =>
        passable(ofNode.all(node, request.since[node] ?? 0, vector[node] ?? 0, limit), deps.nowMs()),
      )
      .sort((a, b) => a.position - b.position)
      .slice(0, limit);
    const rows = cutToSize(deps.bodies.forPage(request.since), missing, request);
    const hasMore = !coversAll(vectorAfter(request.since, rows), vector);
    return { ...pageOf(rows, hasMore, vector), ends: ends.between(request.since, vector) };
  };

  function at(places: Places, request: Omit<PageRequest, 'since' | 'limit'>): Page {
    const { offered } = request;
    const found: SentRow[] = [];
    for (const { node, first, last } of places) {
      const room = limits.pageRowsUsual - found.length;
      found.push(...inRun.all(node, first, Math.min(last, offered[node] ?? 0), room));
    }
    // Whoever lacked the rows may lack their contents, too, whatever it holds by its vector.
    return pageOf(cutToSize(deps.bodies.forPage(emptyVector), found, request), false, offered);
  }

  return {
    after,
    at,
    afterStamp(stamp, request) {
      const limit = Math.min(request.limit, limits.pageRowsSent);
      const later = laterThan.all(stamp, limit + 1);
      const rows = cutToSize(deps.bodies.forPage(emptyVector), later.slice(0, limit), request);
      const page = pageOf(rows, rows.length < later.length, deps.vector());
      return rows.length === 0 ? { ...page, watermark: stamp } : page;
    },
  };
}

/**
 * What is hidden from us others may see: they get it, and what comes after it, from who may show it. If they have not
 * after a while, nobody there has it any more; then they get its place from us, and go on from there.
 */
function passable(rows: SentRow[], nowMs: number): SentRow[] {
  const end = rows.findIndex(
    ({ kind, payload, stamp }) =>
      kind === 'hidden' && payload === null && stampMillis(stamp) > nowMs - limits.hiddenKeptMs,
  );
  return end < 0 ? rows : rows.slice(0, end);
}

/** At least one row, then as many as fit. */
function cutToSize(
  bodyOf: ReturnType<BodyWriter['forPage']>,
  missing: readonly SentRow[],
  request: Seen,
): Row[] {
  const rows: Row[] = [];
  let bytes = 0;
  for (const sent of missing) {
    const row = toRow(sent, request, bodyOf);
    bytes += sizeOf(row);
    if (rows.length > 0 && bytes > limits.pageBytes) break;
    rows.push(row);
  }
  return rows;
}

/** Near enough: what a row says besides its body is small. */
const sizeOf = (row: Row): number =>
  300 +
  ('body' in row ? (row.body?.data.length ?? 0) : 'payload' in row ? JSON.stringify(row.payload).length : 0);

/** What a holder of `since` holds once it has taken the rows. */
export function vectorAfter(since: Vector, rows: readonly Row[]): Vector {
  const reached: Record<string, number> = { ...since };
  for (const { node, sequence } of rows) reached[node] = sequence;
  return reached;
}

function toRow(sent: SentRow, request: Seen, bodyOf: ReturnType<BodyWriter['forPage']>): Row {
  const place = { node: sent.node, sequence: sent.sequence, hlc: sent.stamp };
  // What lies on a branch here is for nobody else, also not later.
  if (sent.local === 1) return { ...place, kind: 'hidden', refused: true };
  if (sent.path === null) return recordRow(sent, place, request);
  if (!request.mayRead(sent.path)) return { ...place, kind: 'hidden' };
  const isWanted = sent.hash !== null && request.wants?.(sent.path) !== false;
  const { hash, size, previous } = sent;
  const body = hash !== null && isWanted ? bodyOf({ hash, size: size ?? 0, previous }) : undefined;
  return {
    ...place,
    kind: sent.kind as FileRow['kind'],
    path: sent.path,
    class: sent.class ?? 'note',
    content: sent.hash,
    size: sent.size ?? 0,
    previous: sent.previous,
    parents: sent.parents === '' ? [] : sent.parents.split(','),
    evidence: (JSON.parse(sent.evidence) as Evidence[]).slice(0, limits.evidenceEntries),
    ...(sent.baseline === 1 ? { baseline: true as const } : {}),
    ...(sent.merge === 0 ? {} : { joins: sent.merge === 1 ? ('merge' as const) : ('choice' as const) }),
    ...(sent.report_of === null ? {} : { report_of: sent.report_of }),
    ...(isUndecided(sent.held) ? { waiting: true as const } : {}),
    ...(body === undefined ? {} : { body }),
  };
}

/** Nobody here said that it counts; that this device does not take the file means nothing for others. */
const isUndecided = (held: number): boolean => held !== hold.none && held !== hold.leftOut;

const usualReportFile = defaultSettings.report_file ?? '';

function recordRow(sent: SentRow, place: Pick<Row, 'node' | 'sequence' | 'hlc'>, request: Seen): Row {
  if (sent.kind === 'hidden' && sent.payload !== null) return { ...place, kind: 'hidden', refused: true };
  const payload =
    sent.payload === null
      ? null
      : (JSON.parse(sent.payload) as { path?: string; report_file?: string | null });
  // A report names files of every folder: it is for whoever may read the file in which reports stand, or would.
  const reports = sent.kind === 'consolidated' ? (payload?.report_file ?? usualReportFile) : undefined;
  const path = payload?.path ?? reports;
  const secret = path !== undefined && !request.mayRead(path);
  if (payload === null || secret) return { ...place, kind: 'hidden' };
  return { ...place, kind: sent.kind, payload } as Row;
}
