/** A diff as the rows of its two layouts. */
import type { DiffJson } from '../../../shared/contracts/shapes.ts';

export type DiffLine = DiffJson['hunks'][number]['lines'][number];
export type LinePair = { old: DiffLine | undefined; new: DiffLine | undefined };

/** Puts removed and added lines of one run side by side; what one side lacks stays empty. */
export function pairLines(lines: readonly DiffLine[]): LinePair[] {
  const pairs: LinePair[] = [];
  let removed: DiffLine[] = [];
  let added: DiffLine[] = [];
  const flush = () => {
    const rows = Math.max(removed.length, added.length);
    for (let row = 0; row < rows; row += 1) pairs.push({ old: removed[row], new: added[row] });
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === 'removed' && added.length > 0) flush();
    if (line.kind === 'removed') removed.push(line);
    else if (line.kind === 'added') added.push(line);
    else {
      flush();
      pairs.push({ old: line, new: line });
    }
  }
  flush();
  return pairs;
}

/** Lines that stand between two hunks and are not shown. */
export function hiddenBefore(hunks: DiffJson['hunks'], index: number): number {
  const here = hunks[index];
  const before = hunks[index - 1];
  if (here === undefined) return 0;
  if (before === undefined) return Math.max(0, here.new_start - 1);
  const shown = before.lines.filter((line) => line.new_line !== null).length;
  return Math.max(0, here.new_start - (before.new_start + shown));
}

/** Cuts long runs so that the browser lays out only the blocks near the screen. */
export function inBlocks<Row>(rows: readonly Row[], size: number): Row[][] {
  const count = Math.ceil(rows.length / size);
  return Array.from({ length: count }, (_, block) => rows.slice(block * size, (block + 1) * size));
}
