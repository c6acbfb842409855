/** The log as rows: a heading per day, then its changes. */
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import { dayOf } from '../words/time.ts';

export type LogRow = { row: 'day'; day: string } | { row: 'change'; change: ChangeJson };

/** `changes` are newest first. A day that appears again (a clock was set back) gets no second heading. */
export function logRows(changes: readonly ChangeJson[]): LogRow[] {
  const rows: LogRow[] = [];
  const seen = new Set<string>();
  for (const change of changes) {
    const day = dayOf(change.at_ms);
    if (!seen.has(day)) rows.push({ row: 'day', day });
    seen.add(day);
    rows.push({ row: 'change', change });
  }
  return rows;
}

export const logRowKey = (row: LogRow): string => (row.row === 'day' ? row.day : `${row.change.position}`);
