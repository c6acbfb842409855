/** The pending changes as the rows of one long list: a heading per file or agent, then its changes, newest first. */
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';

export type PendingBy = 'file' | 'agent';
export type PendingRow =
  | { row: 'heading'; key: string; name: string; changes: number; newestMs: number; open: boolean }
  | { row: 'change'; key: number; change: ChangeJson };

/** Groups by `by`; the group with the newest change comes first. `changes` are oldest first. */
export function pendingRows(
  changes: readonly ChangeJson[],
  by: PendingBy,
  closed: ReadonlySet<string>,
): PendingRow[] {
  const groups = new Map<string, ChangeJson[]>();
  for (let index = changes.length - 1; index >= 0; index -= 1) {
    const change = changes[index];
    if (change === undefined) continue;
    const name = by === 'file' ? change.file_path : change.agent_owner;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [change]);
    else group.push(change);
  }
  return [...groups].flatMap(([name, members]) => groupRows(name, members, !closed.has(name)));
}

function groupRows(name: string, members: ChangeJson[], open: boolean): PendingRow[] {
  const heading: PendingRow = {
    row: 'heading',
    key: name,
    name,
    changes: members.length,
    newestMs: members[0]?.at_ms ?? 0,
    open,
  };
  if (!open) return [heading];
  return [heading, ...members.map((change): PendingRow => ({ row: 'change', key: change.position, change }))];
}

export const pendingRowKey = (row: PendingRow): string =>
  row.row === 'heading' ? `group ${row.key}` : `${row.key}`;

/** How many files the changes are of. */
export const countFiles = (changes: readonly ChangeJson[]): number =>
  new Set(changes.map((change) => change.file_path)).size;
