/** Are the logs whole, and the same everywhere? Read from the raw tables. */

import { nodeCodec } from '../../../../electron/adapters/node-codec.ts';
import type { Sql } from '../../../../electron/engine/ports.ts';
import { limits } from '../../../../shared/limits.ts';
import { type LogRow, readLog } from '../../checkers/log-rows.ts';
import type { Judged } from '../judge.ts';
import { displacedIn } from './branches.ts';

/** As others have it: of what is told to nobody, the place. */
const readTold = (sql: Sql): LogRow[] =>
  readLog(sql).map((row) =>
    row.local === 1 ? { ...row, kind: 'hidden', path: null, content: null, parents: '' } : row,
  );

/** Every log holds the same rows, whatever their order. */
export function logsAgree({ replicas }: Judged): string[] {
  const logs = replicas.map(({ name, sql }) => ({ name, rows: new Set(readTold(sql).map(nameOf)) }));
  const all = new Set(logs.flatMap(({ rows }) => [...rows]));
  return logs.flatMap(({ name, rows }) =>
    [...all].filter((row) => !rows.has(row)).map((row) => `${name} lacks the row ${row}`),
  );
}

const nameOf = ({ node, sequence, stamp, kind, path, content, parents }: LogRow): string =>
  [`${node.slice(0, 4)}:${sequence}`, stamp, kind, path, content?.slice(0, 8), parents].join(' ');

/** The rows of each node are 1, 2, 3 … in the order in which they came. */
export function sequencesHaveNoGap({ replicas }: Judged): string[] {
  return replicas.flatMap(({ name, sql }) => {
    const last = new Map<string, number>();
    return readTold(sql).flatMap(({ node, sequence }) => {
      const expected = (last.get(node) ?? 0) + 1;
      last.set(node, sequence);
      return sequence === expected ? [] : [`${name}: after ${node}:${expected - 1} came ${sequence}`];
    });
  });
}

/** A change is younger than what it stands on and comes after it, and one node's stamps grow. */
export function stampsRespectCausality({ replicas, plan }: Judged): string[] {
  // Of a change that is hidden nobody knows what it stands on, so that may come later.
  const comesLater = plan.edges.some(({ hides }) => hides);
  return replicas.flatMap(({ name, sql }) => {
    const rows = readTold(sql);
    const byStamp = new Map<string, LogRow>(comesLater ? rows.map((row) => [row.stamp, row]) : []);
    const newest = new Map<string, string>();
    return rows.flatMap((row) => {
      const wrong = parentsOf(row).flatMap((parent) => wrongParent(row, parent, byStamp));
      if (row.stamp <= (newest.get(row.node) ?? ''))
        wrong.push(`${row.stamp} does not follow ${newest.get(row.node)}`);
      byStamp.set(row.stamp, row);
      newest.set(row.node, row.stamp);
      return wrong.map((sentence) => `${name}: ${sentence}`);
    });
  });
}

const parentsOf = ({ parents }: LogRow): string[] => (parents === '' ? [] : parents.split(','));

function wrongParent(row: LogRow, parent: string, byStamp: ReadonlyMap<string, LogRow>): string[] {
  const found = byStamp.get(parent);
  if (found === undefined) return [`${row.stamp} came before its parent ${parent}`];
  if (parent >= row.stamp) return [`${row.stamp} is not younger than its parent ${parent}`];
  return found.kind === 'hidden' || found.path === row.path
    ? []
    : [`${row.stamp} (${row.path}) stands on a change of ${found.path}`];
}

/** The heads of each file are its changes that are nobody's parent, and what lies on the disk stands for all of them. */
export function headsAreRight({ replicas, hopeless }: Judged): string[] {
  return replicas.flatMap(({ name, sql }) => {
    const rows = readTold(sql).filter(({ path }) => path !== null);
    const parents = new Set(rows.flatMap(parentsOf));
    const expected = rows
      .filter(({ stamp }) => !parents.has(stamp))
      .map(({ path, stamp }) => `${path} ${stamp}`);
    const heads = sql.prepare<{ path: string; stamp: string }>('SELECT path, stamp FROM heads').all();
    const found = new Set(heads.map(({ path, stamp }) => `${path} ${stamp}`));
    const known = new Map(
      sql
        .prepare<{ path: string; head: string }>('SELECT path, head FROM files')
        .all()
        .map((row) => [row.path, row.head.split(',')]),
    );
    const wrong = expected
      .filter((it) => !found.delete(it))
      .map((it) => `the head ${it} is not known as one`);
    wrong.push(...[...found].map((it) => `${it} is known as a head and is none`));
    const displaced = displacedIn({ sql });
    const stampsByPath = Map.groupBy(heads, ({ path }) => path);
    for (const [path, own] of stampsByPath) {
      if (displaced.has(path)) continue;
      const missing = own.filter(
        ({ stamp }) => known.get(path)?.includes(stamp) !== true && !isHopeless(rows, hopeless, stamp),
      );
      // Of so many that say the same, the next change takes some more.
      if (missing.length <= Math.max(0, own.length - limits.mergedHeads)) continue;
      for (const { stamp } of missing)
        wrong.push(`what lies at ${path} does not stand for its head ${stamp}`);
    }
    return wrong.map((sentence) => `${name}: ${sentence}`);
  });
}

/** What nobody has the bytes of cannot lie anywhere. */
const isHopeless = (rows: readonly LogRow[], hopeless: ReadonlySet<string>, stamp: string): boolean =>
  hopeless.has(rows.find((row) => row.stamp === stamp)?.content ?? '');

/**
 * Every version's bytes are in every store and are what their name says, unless the retention let them go.
 * The newest versions of each file it never lets go.
 */
export function contentsAreWhole({ replicas, hopeless, met }: Judged): string[] {
  const stores = replicas.map(({ name, sql }) => ({
    name,
    rows: sql
      .prepare<{ hash: string; size: number; packed: Uint8Array | null }>(
        'SELECT hash, size, packed FROM content',
      )
      .all(),
  }));
  const needed = new Set(
    replicas.flatMap(({ sql }) =>
      sql
        .prepare<{ hash: string }>(
          'SELECT c.hash FROM heads h JOIN log l ON l.stamp = h.stamp JOIN content c ON c.id = l.content',
        )
        .all()
        .map(({ hash }) => hash),
    ),
  );
  const mayLack = ({ hash }: { hash: string }): boolean =>
    hopeless.has(hash) || (met.collected > 0 && !needed.has(hash));
  return stores.flatMap(({ name, rows }) =>
    rows
      .filter((row) => !holds(row.packed, row.hash, row.size) && !(row.packed === null && mayLack(row)))
      .map(({ hash }) => `${name}: content ${hash} does not hold its bytes`),
  );
}

function holds(packed: Uint8Array | null, hash: string, size: number): boolean {
  if (packed === null) return false;
  const bytes = nodeCodec.decompress(packed, limits.trackedFileBytes);
  return bytes.length === size && nodeCodec.sha256(bytes) === hash;
}
