/** Reading the log: pages of changes, what is pending, one change and its surroundings. */

import type { Change } from '../../../shared/domain/change.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { ChangeFilter, LogReader } from '../../engine/engine-contract.ts';
import { chooseEngine } from '../choose-workspace.ts';
import { diffOfContents } from '../content-diff.ts';
import type { Handler } from '../deps.ts';
import { changeWriter } from '../to-json.ts';

/** The log, newest first; with `after` oldest first, for those who follow it. */
export const listChanges: Handler<'listChanges'> = ({ host }, input) => {
  const engine = chooseEngine(host, input.workspace);
  if (!engine.ok) return engine;
  return ok(
    pageOf(engine.value.log, {
      before: input.before,
      after: input.after,
      limit: input.limit ?? limits.pageRows,
      path: input.path,
      agent: input.agent,
      kind: input.kind,
      fileClass: input.file_class,
      fromMs: input.from_ms,
      toMs: input.to_ms,
      pending: input.pending,
      consolidation: input.consolidation,
    }),
  );
};

/** Versions of one file, newest first, the baseline too. Fails with `not-tracked` when the log has none at all. */
export const listVersions: Handler<'listVersions'> = ({ host }, { workspace, path, before, limit }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const { log } = engine.value;
  const page = pageOf(log, { path, before, limit: limit ?? limits.pageRows });
  const unknown = page.changes.length === 0 && log.changes({ path, limit: 1 }).length === 0;
  return unknown ? err(notTracked(path)) : ok(page);
};

/** What is not consolidated yet, oldest first. The count is exact whatever the page holds. */
export const listPending: Handler<'listPending'> = ({ host }, { workspace, after, limit }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const { log } = engine.value;
  const page = pageOf(log, { pending: true, after: after ?? 0, limit: limit ?? limits.pendingRows });
  return ok({ count: log.pendingCount(), ...page });
};

function pageOf(log: LogReader, filter: ChangeFilter) {
  const rows = log.changes(filter);
  return { changes: rows.map(changeWriter(log)), next: nextOf(log, filter, rows) };
}

/** The cursor of the next page. A full page may be the last one, so we look whether a row follows. */
function nextOf(log: LogReader, filter: ChangeFilter, rows: readonly Change[]): number | null {
  const last = rows.at(-1)?.position;
  if (last === undefined || rows.length < filter.limit) return null;
  const cursor = filter.after === undefined ? { before: last } : { after: last };
  return log.changes({ ...filter, ...cursor, limit: 1 }).length > 0 ? last : null;
}

/** One change, its neighbours in time (nearest first), and its neighbours in the life of its file. */
export const getChange: Handler<'getChange'> = ({ host }, { workspace, position }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const { log } = engine.value;
  const change = findChange(log, position);
  if (!change.ok) return change;
  const write = changeWriter(log);
  const { earlier, later } = log.neighbours(position, limits.neighbourRows);
  const ofFile = log.fileNeighbours(change.value);
  return ok({
    change: write(change.value),
    earlier: earlier.map(write),
    later: later.map(write),
    earlier_of_file: ofFile.earlier === undefined ? null : write(ofFile.earlier),
    later_of_file: ofFile.later === undefined ? null : write(ofFile.later),
  });
};

/** What one change did. Fails with `content-collected` when a side is no longer kept. */
export const getChangeDiff: Handler<'getChangeDiff'> = ({ host }, { workspace, position, context }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const change = findChange(engine.value.log, position);
  if (!change.ok) return change;
  const { path, previous, content } = change.value;
  return diffOfContents(engine.value.log, path, { from: previous, to: content }, context);
};

function findChange(log: LogReader, position: number): Result<Change> {
  const change = log.change(position);
  if (change !== undefined) return ok(change);
  return err(
    problem(
      'not-found',
      String(position),
      `The log has no change at position ${position}.`,
      'GET /api/changes lists the changes with their positions.',
    ),
  );
}

const notTracked = (path: string) =>
  problem(
    'not-tracked',
    path,
    `The log has no version of ${JSON.stringify(path)}.`,
    'Check the spelling, or let a pattern in skein.json select the file.',
  );
