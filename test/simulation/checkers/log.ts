/** Is the log itself whole? */
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { limits } from '../../../shared/limits.ts';
import type { Judged } from '../judge.ts';
import { type LogRow, readConsolidations, readLog } from './log-rows.ts';

/** Sequences without a gap, stamps that grow, parents that exist and hold what the change says it followed. */
export function logIsWellFormed({ sql }: Judged): string[] {
  const rows = readLog(sql);
  const byStamp = new Map(rows.map((row) => [row.stamp, row]));
  const headByPath = new Map<string, string>();
  return rows.flatMap((row, index) => {
    const wrong = [...wrongOrder(row, rows[index - 1], index + 1), ...wrongParents(row, byStamp)];
    if (row.path === null) return wrong;
    const head = headByPath.get(row.path) ?? '';
    if (row.parents !== head)
      wrong.push(`position ${row.position} (${row.path}) does not follow its file's head`);
    headByPath.set(row.path, row.stamp);
    return wrong;
  });
}

function wrongOrder(row: LogRow, before: LogRow | undefined, sequence: number): string[] {
  const wrong: string[] = [];
  if (row.sequence !== sequence)
    wrong.push(`position ${row.position} has sequence ${row.sequence}, expected ${sequence}`);
  if (before !== undefined && row.stamp <= before.stamp)
    wrong.push(`stamp ${row.stamp} does not follow ${before.stamp}`);
  return wrong;
}

function wrongParents(row: LogRow, byStamp: ReadonlyMap<string, LogRow>): string[] {
  const wrong: string[] = [];
  for (const parent of row.parents === '' ? [] : row.parents.split(',')) {
    const found = byStamp.get(parent);
    if (found === undefined || found.path !== row.path)
      wrong.push(`position ${row.position} has a parent that is not there`);
    else if (found.content !== row.previous)
      wrong.push(`position ${row.position} followed other bytes than its parent`);
  }
  if (row.path !== null && row.content === row.previous)
    wrong.push(`position ${row.position} (${row.path}) changes nothing`);
  return wrong;
}

/** Every version's bytes are in the content store and are what their name says. */
export function contentIsWhole({ sql }: Judged): string[] {
  return sql
    .prepare<{ hash: string; packed: Uint8Array | null }>('SELECT hash, packed FROM content')
    .all()
    .filter(
      ({ hash, packed }) =>
        packed === null || nodeCodec.sha256(nodeCodec.decompress(packed, limits.trackedFileBytes)) !== hash,
    )
    .map(({ hash }) => `content ${hash} does not hold its bytes`);
}

/** Each change is pending, a baseline, our own report, or in exactly one consolidation that stands. */
export function eachChangeIsFoldedOnce({ sql }: Judged): string[] {
  const wrong: string[] = [];
  const timesBySequence = new Map<number, number>();
  for (const { stamp, covers, changes, state } of readConsolidations(sql)) {
    const covered = coveredSequences(covers);
    if (covered.length !== changes)
      wrong.push(`consolidation ${stamp} covers ${covered.length} changes, says ${changes}`);
    if (state === 'undone') continue;
    for (const sequence of covered) timesBySequence.set(sequence, (timesBySequence.get(sequence) ?? 0) + 1);
  }
  for (const row of readLog(sql)) {
    const times = timesBySequence.get(row.sequence) ?? 0;
    const expected = row.path === null || row.baseline === 1 ? 0 : timesExpected(row);
    if (times !== expected)
      wrong.push(`change ${row.position} (${row.path}) is folded ${times} times, expected ${expected}`);
  }
  return wrong;
}

/** Our own write of a report comes after the consolidation that it belongs to, and is not folded. */
function timesExpected({ consolidation, position }: LogRow): number {
  return consolidation === null || position > consolidation ? 0 : 1;
}

function coveredSequences(covers: string): number[] {
  const runs = Object.values(JSON.parse(covers) as Record<string, [number, number][]>).flat();
  return runs.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
}
