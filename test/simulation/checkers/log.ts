/** Is the log itself whole? */
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { limits } from '../../../shared/limits.ts';
import type { Judged } from '../judge.ts';
import { type LogRow, readConsolidations, readLog } from './log-rows.ts';

/**
 * Sequences without a gap, stamps that grow, parents that exist and hold what the change says it followed. A version
 * follows its file's head, or stands beside it: in the middle of a swap two are written that did not see each other.
 * In the end all are one.
 */
export function logIsWellFormed({ sql }: Judged): string[] {
  const rows = readLog(sql);
  const byStamp = new Map(rows.map((row) => [row.stamp, row]));
  const headsByPath = new Map<string, LogRow[]>();
  const wrong = rows.flatMap((row, index) => {
    const order = wrongOrder(row, rows[index - 1], index + 1);
    if (row.path === null) return order;
    const heads = headsByPath.get(row.path) ?? [];
    headsByPath.set(row.path, [...heads.filter(({ stamp }) => !parentsOf(row).includes(stamp)), row]);
    return [...order, ...wrongParents(row, byStamp), ...wrongPlace(row, heads)];
  });
  const apart = [...headsByPath].filter(([, heads]) => heads.length > 1);
  return [
    ...wrong,
    ...apart.map(([path, heads]) => `${path} has ${heads.length} heads that were never merged`),
  ];
}

const parentsOf = ({ parents }: LogRow): string[] => (parents === '' ? [] : parents.split(','));

function wrongPlace(row: LogRow, heads: readonly LogRow[]): string[] {
  const parents = parentsOf(row);
  const follows =
    parents.length > 0 && parents.every((parent) => heads.some(({ stamp }) => stamp === parent));
  const isBeside = heads.some((head) => head.parents === row.parents);
  const isFirst = heads.length === 0 && parents.length === 0;
  return follows || isBeside || isFirst
    ? []
    : [`position ${row.position} (${row.path}) does not follow its file's head`];
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
  const parents = parentsOf(row).map((parent) => byStamp.get(parent));
  if (parents.some((parent) => parent?.path !== row.path))
    wrong.push(`position ${row.position} has a parent that is not there`);
  else if (parents.length > 0 && !parents.some((parent) => parent?.content === row.previous))
    wrong.push(`position ${row.position} followed other bytes than its parent`);
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
