/** Brings the report file up to what the log says: a step that may run twice, and resumes after a crash. */

import type { Change } from '../../../shared/domain/change.ts';
import { insertReport, removeReport } from '../../../shared/domain/report-section.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { ok, type Problem, type Result } from '../../../shared/result.ts';
import { type OwnWriteDeps, writeOwn } from '../apply/own-write.ts';
import type { Sql } from '../ports.ts';

type Work = {
  position: number;
  stamp: string;
  report: string;
  locale: Settings['locale'];
  report_file: string;
  file_work: 'insert' | 'remove';
};

/**
 * Does all outstanding work in the report files, oldest first. Returns the changes that it wrote; the first failure
 * stops the rest, is kept with its consolidation, and is tried again at the next check.
 */
export async function writeReports(deps: OwnWriteDeps, settings: Settings): Promise<Result<Change[]>> {
  const changes: Change[] = [];
  for (const work of outstanding(deps.sql)) {
    const written = await writeReport(deps, work, settings);
    if (!written.ok) {
      noteProblem(deps.sql, work.position, written.error);
      return written;
    }
    if (written.value !== undefined) changes.push(written.value);
  }
  return ok(changes);
}

function outstanding(sql: Sql): Work[] {
  return sql
    .prepare<Work>(
      `SELECT k.position, l.stamp, k.report, k.locale, k.report_file, k.file_work
       FROM consolidations k JOIN log l ON l.position = k.position WHERE k.file_work IS NOT NULL ORDER BY k.position`,
    )
    .all();
}

function writeReport(
  deps: OwnWriteDeps,
  work: Work,
  settings: Settings,
): Promise<Result<Change | undefined>> {
  const { stamp, report, locale } = work;
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
