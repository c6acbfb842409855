/** A region where both sides changed something, cut into the smallest places that collide or do not. */
import type { EditBlock } from '../line-edits.ts';
import type { Range, Region } from './three-way.ts';

/** A stretch of the base with what both sides have there. Changes that only touch stand in spots of their own. */
export type Spot = {
  base: Range;
  left: Range;
  right: Range;
  changedLeft: boolean;
  changedRight: boolean;
};

type Change = EditBlock & { side: 'left' | 'right' };

/** The spots of a region, in order; together they cover its changes. */
export function splitRegion(region: Region): Spot[] {
  const changes = [
    ...region.leftBlocks.map((block) => ({ ...block, side: 'left' as const })),
    ...region.rightBlocks.map((block) => ({ ...block, side: 'right' as const })),
  ].toSorted(inOrder);
  const spots: Spot[] = [];
  /** How much later each side stands than the base. */
  const shift = {
    left: region.left.start - region.base.start,
    right: region.right.start - region.base.start,
  };
  for (let index = 0; index < changes.length; ) {
    const group = overlapping(changes, index);
    index += group.length;
    const spot = spotOf(group, shift);
    spots.push(spot);
    shift.left = spot.left.end - spot.base.end;
    shift.right = spot.right.end - spot.base.end;
  }
  return spots;
}

/** An insertion stands before what replaces the line at which it stands. */
function inOrder(one: Change, other: Change): number {
  return one.oldStart - other.oldStart || Number(!isInsertion(one)) - Number(!isInsertion(other));
}

function isInsertion(change: Change): boolean {
  return change.oldStart === change.oldEnd;
}

function overlapping(changes: readonly Change[], from: number): Change[] {
  const first = changes[from];
  if (first === undefined) return [];
  const group = [first];
  let end = first.oldEnd;
  for (const change of changes.slice(from + 1)) {
    const inside = change.oldStart < end;
    const sameGap = end === first.oldStart && isInsertion(change) && change.oldStart === first.oldStart;
    if (!inside && !sameGap) break;
    group.push(change);
    end = Math.max(end, change.oldEnd);
  }
  return group;
}

function spotOf(group: readonly Change[], shift: { left: number; right: number }): Spot {
  const start = group[0]?.oldStart ?? 0;
  const end = Math.max(...group.map((change) => change.oldEnd));
  const grown = (side: 'left' | 'right') =>
    group
      .filter((change) => change.side === side)
      .reduce((sum, it) => sum + it.newEnd - it.newStart - (it.oldEnd - it.oldStart), 0);
  return {
    base: { start, end },
    left: { start: start + shift.left, end: end + shift.left + grown('left') },
    right: { start: start + shift.right, end: end + shift.right + grown('right') },
    changedLeft: group.some((change) => change.side === 'left'),
    changedRight: group.some((change) => change.side === 'right'),
  };
}
