/** Is every change in one report at most, the same everywhere, and does the report file hold what stands, once? */
import type { Sql } from '../../../../electron/engine/ports.ts';
import type { Judged } from '../judge.ts';

const reportFile = 'SYNC_STATUS.md';

/** Which standing consolidation folded which change, both by their stamps. */
function readFolded(sql: Sql): Map<string, string> {
  const rows = sql
    .prepare<{ stamp: string; folded: string }>(
      `SELECT l.stamp, k.stamp AS folded FROM log l JOIN consolidations c ON c.position = l.consolidation
       JOIN log k ON k.position = c.position WHERE c.state <> 'undone' AND l.path IS NOT NULL`,
    )
    .all();
  return new Map(rows.map(({ stamp, folded }) => [stamp, folded]));
}

export function consolidationsAgree({ replicas }: Judged): string[] {
  const all = replicas.map(({ name, sql }) => ({ name, folded: readFolded(sql) }));
  const stamps = new Set(all.flatMap(({ folded }) => [...folded.keys()]));
  return [...stamps].flatMap((stamp) => {
    const said = all.map(({ name, folded }) => `${name}: ${folded.get(stamp) ?? 'none'}`);
    const isSame = new Set(all.map(({ folded }) => folded.get(stamp))).size === 1;
    return isSame ? [] : [`change ${stamp} is in the report ${said.join(', ')}`];
  });
}

/**
 * Whoever reads the file finds each report that stands once, and none that was withdrawn. A report whose record went
 * with a database that was put back is text like any other, and stays; one whose withdrawal went with it is gone, as
 * if somebody had taken it out.
 */
export function reportsStandOnce({ replicas, plan, met }: Judged): string[] {
  // Of two report files one is taken whole then, and the other waits in the inbox.
  if (plan.strategies !== undefined) return [];
  const mayLack = met.undo > 0 && replicas.some(({ restoredMs }) => restoredMs !== undefined);
  return replicas.flatMap(({ name, sql, disk }) => {
    const present = markersOf(disk.read(reportFile));
    const twice = present.filter((stamp, index) => present.indexOf(stamp) !== index);
    const [standing, withdrawn] = [readReports(sql, false), readReports(sql, true)];
    return [
      ...twice.map((stamp) => `${reportFile} of ${name} holds report ${stamp} twice`),
      ...standing
        .filter((stamp) => !present.includes(stamp) && !mayLack)
        .map((stamp) => `${reportFile} of ${name} lacks report ${stamp}`),
      ...present
        .filter((stamp) => withdrawn.includes(stamp))
        .map((stamp) => `${reportFile} of ${name} holds report ${stamp}, which was withdrawn`),
    ];
  });
}

const readReports = (sql: Sql, areWithdrawn: boolean): string[] =>
  sql
    .prepare<{ stamp: string }>(
      "SELECT l.stamp FROM consolidations c JOIN log l ON l.position = c.position WHERE (c.state = 'undone') = ?",
    )
    .all(areWithdrawn ? 1 : 0)
    .map(({ stamp }) => stamp);

function markersOf(bytes: Uint8Array | undefined): string[] {
  const text = new TextDecoder().decode(bytes ?? new Uint8Array());
  return [...text.matchAll(/<!-- skein:([0-9a-f]{32}) -->/g)].map((match) => match[1] ?? '');
}
