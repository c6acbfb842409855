/** Brings the report file up to what the log says: a step that may run twice, and resumes after a crash. */

import type { Change } from '../../../shared/domain/change.ts';
import { insertReport, removeReport } from '../../../shared/domain/report-section.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { err, type Problem, problem, type Result } from '../../../shared/result.ts';
import { type OwnWriteDeps, writeOwn } from '../apply/own-write.ts';
import { waitsForGit } from '../apply/waits-for-git.ts';
import type { Sql } from '../ports.ts';

type Work = {
  position: number;
  stamp: string;
  report: string;
  locale: Settings['locale'];
  report_file: string;
  file_work: 'insert' | 'remove';
};

/** What was written, and the first failure. */
export type ReportsOutcome = { changes: Change[]; failure: Problem | undefined };

/**
 * Does all outstanding work in the report files, oldest first. A failure stops the rest of that file, is kept with
 * its consolidation, and is tried again later; other files go on.
 */
export async function writeReports(
  deps: OwnWriteDeps,
  settings: Settings,
  patienceMs: number,
  isTracked: (path: string) => boolean,
): Promise<ReportsOutcome> {
  const changes: Change[] = [];
  const failureByFile = new Map<string, Problem>();
  for (const work of outstanding(deps.sql)) {
    if (!isTracked(work.report_file)) leaveFile(deps.sql, work, settings.report_file);
  }
  for (const work of outstanding(deps.sql)) {
    if (failureByFile.has(work.report_file)) continue;
    const written = await writeReport(deps, work, settings, patienceMs);
    if (!written.ok) {
      noteProblem(deps.sql, work.position, written.error);
      failureByFile.set(work.report_file, written.error);
    } else if (written.value !== undefined) changes.push(written.value);
  }
  return { changes, failure: [...failureByFile.values()][0] };
}

function outstanding(sql: Sql): Work[] {
  return sql
    .prepare<Work>(
      `SELECT k.position, l.stamp, k.report, k.locale, k.report_file, k.file_work
       FROM consolidations k JOIN log l ON l.position = k.position WHERE k.file_work IS NOT NULL ORDER BY k.position`,
    )
    .all();
}

/** skein.json names another file by now: a report goes there, and what stands in the old file is the user's. */
function leaveFile(sql: Sql, work: Work, to: string | null): void {
  const { position, report_file: from } = work;
  if (to === from) return;
  const next =
    work.file_work === 'insert'
      ? {
          file: to,
          work: to === null ? null : 'insert',
          state: to === null ? 'skipped' : 'waiting',
          problem: null,
        }
      : { file: from, work: null, state: 'undone', problem: JSON.stringify(leftBehind(from)) };
  sql
    .prepare(
      'UPDATE consolidations SET report_file = ?, file_work = ?, state = ?, problem = ? WHERE position = ?',
    )
    .run(next.file, next.work, next.state, next.problem, position);
}

const leftBehind = (file: string): Problem =>
  problem(
    'not-tracked',
    file,
    `The report still stands in ${file}, which Skein does not track any more.`,
    'Take it out there by hand, if it is in the way.',
  );

async function writeReport(
  deps: OwnWriteDeps,
  work: Work,
  settings: Settings,
  patienceMs: number,
): Promise<Result<Change | undefined>> {
  const { stamp, report, locale } = work;
  const why = await waitsForGit(deps.git, work.report_file);
  if (why !== undefined) return err(why);
  return writeOwn(deps, {
    path: work.report_file,
    fileClass: 'status',
    compute: (current) => {
      if (work.file_work === 'insert') {
        return insertReport(current, { stamp, text: report }, { locale, keep: settings.reports_kept });
      }
      return current === undefined ? null : removeReport(current, stamp);
    },
    evidence: {
      agent: 'skein',
      source: 'skein',
      detail: work.file_work === 'insert' ? 'Skein wrote a report.' : 'Skein took a report back, as asked.',
      at: deps.clock.nowMs(),
    },
    consolidation: work.position,
    patienceMs,
    alongside: () => markDone(deps.sql, work),
  });
}

function markDone(sql: Sql, work: Work): void {
  const state = work.file_work === 'insert' ? 'written' : 'undone';
  sql
    .prepare(
      'UPDATE consolidations SET state = ?, file_work = NULL, problem = NULL WHERE position = ? AND file_work = ?',
    )
    .run(state, work.position, work.file_work);
}

function noteProblem(sql: Sql, position: number, failure: Problem): void {
  sql
    .prepare('UPDATE consolidations SET problem = ? WHERE position = ?')
    .run(JSON.stringify(failure), position);
}

/** Why the oldest work in a report file that is still to be done failed. */
export function outstandingProblem(sql: Sql): Problem | undefined {
  const row = sql
    .prepare<{ problem: string }>(
      `SELECT problem FROM consolidations INDEXED BY consolidations_at_work
       WHERE file_work IS NOT NULL AND problem IS NOT NULL ORDER BY position LIMIT 1`,
    )
    .get();
  return row === undefined ? undefined : (JSON.parse(row.problem) as Problem);
}
