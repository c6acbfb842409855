/**
 * Reports of another Skein in our files: two that watch one folder, each with its own log, or one that came by git. To
 * report them again would make the two answer each other for ever.
 */
import type { Evidence } from '../../../shared/domain/change.ts';
import { addedReports } from '../../../shared/domain/merge/lift-reports.ts';
import type { Sql } from '../ports.ts';
import type { Seen } from './seen.ts';

/** What to believe of a version that got nothing but reports of others since `before`, which is asked for a report file only; undefined of any other. */
export function foreignReport(
  sql: Sql,
  before: () => Uint8Array | undefined,
  seen: Seen,
): Evidence | undefined {
  if (seen.fileClass !== 'status') return undefined;
  const ours = sql.prepare('SELECT 1 FROM log WHERE stamp = ?');
  const added = addedReports(before() ?? new Uint8Array(), seen.bytes);
  if (added.length === 0 || added.some((stamp) => ours.get(stamp) !== undefined)) return undefined;
  return {
    agent: 'skein',
    source: 'skein',
    detail: 'Another Skein wrote a report; this one does not report it again.',
    at: seen.seenMs,
  };
}
