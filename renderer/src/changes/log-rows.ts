/** The log as rows: a heading per day, then its changes; what git moved at once is folded under one of its own. */
import type { ChangeJson, MovementJson } from '../../../shared/contracts/shapes.ts';
import { dayOf } from '../words/time.ts';

export type LogRow =
  | { row: 'day'; day: string }
  | { row: 'movement'; movement: MovementJson; newest: ChangeJson; open: boolean }
  /** `inside`: it stands below the movement that it is a part of. */
  | { row: 'change'; change: ChangeJson; inside: boolean };

/**
 * `changes` are newest first; `open` are the ids of movements of which the changes are shown. A day that appears again
 * (a clock was set back) gets no second heading.
 */
export function logRows(changes: readonly ChangeJson[], open: ReadonlySet<string> = new Set()): LogRow[] {
  const rows: LogRow[] = [];
  const seen = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const day = dayOf(change.at_ms);
    if (!seen.has(day)) rows.push({ row: 'day', day });
    seen.add(day);
    const { movement } = change;
    const isBegun = areOfOne(changes[index - 1], change);
    const isGroup = isBegun || areOfOne(change, changes[index + 1]);
    const isOpen = movement !== null && open.has(movement.id);
    if (movement !== null && isGroup && !isBegun)
      rows.push({ row: 'movement', movement, newest: change, open: isOpen });
    if (!isGroup || isOpen) rows.push({ row: 'change', change, inside: isGroup });
  }
  return rows;
}

const areOfOne = (one: ChangeJson | undefined, other: ChangeJson | undefined): boolean =>
  one?.movement != null && one.movement.id === other?.movement?.id;

export function logRowKey(row: LogRow): string {
  if (row.row === 'day') return row.day;
  return row.row === 'movement' ? `movement ${row.newest.position}` : `${row.change.position}`;
}
