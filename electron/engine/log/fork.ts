/**
 * Two runs of changes under one node id: a machine was put back from an image, or copied. Where they part, the run
 * whose first change is older keeps the node id; the other moves to one of its own, which everybody works out alike
 * from that change. Stamps stay, and with them parents, heads and conflicts (docs/decisions/0019-two-runs.md).
 */
import { stampNode } from '../../../shared/domain/stamp.ts';
import { encodeUtf8 } from '../../../shared/domain/utf8.ts';
import type { Codec, Sql } from '../ports.ts';

/** The node id of the run that begins with this change. */
export const forkNode = (codec: Pick<Codec, 'sha256'>, firstStamp: string): string =>
  codec.sha256(encodeUtf8(`fork ${firstStamp}`)).slice(0, 16);

/**
 * Whether a change with this stamp may stand in the run of `node`: it was stamped there, or that run moved aside.
 * `before` is the stamp before it in the run.
 */
export function isOfRun(
  codec: Pick<Codec, 'sha256'>,
  node: string,
  stamp: string,
  before: string | undefined,
): boolean {
  if (stampNode(stamp) === node) return true;
  return before === undefined
    ? node === forkNode(codec, stamp)
    : stampNode(before) !== node && stampNode(before) === stampNode(stamp);
}

/** A run that moved: `count` changes are now those of `node` from 1 on. */
export type Moved = { node: string; count: number };

/** Moves what this log holds of `node` from the sequence `from` on. Call in the transaction that takes the other run. */
export function moveAside({ sql, codec }: { sql: Sql; codec: Codec }, node: string, from: number): Moved {
  const first = sql
    .prepare<{ stamp: string }>('SELECT stamp FROM log WHERE node = ? AND sequence = ?')
    .get(node, from);
  const fork = forkNode(codec, first?.stamp ?? '');
  const { changes } = sql
    .prepare('UPDATE log SET node = ?, sequence = sequence - ? WHERE node = ? AND sequence >= ?')
    .run(fork, from - 1, node, from);
  moveCovers(sql, { node, from, fork });
  return { node: fork, count: changes };
}

type Runs = Record<string, [number, number][]>;

/** Of consolidations only those are here whose changes are: all that name the moved run mean it. */
function moveCovers(sql: Sql, { node, from, fork }: { node: string; from: number; fork: string }): void {
  const rows = sql
    .prepare<{ position: number; covers: string }>(
      "SELECT position, covers FROM consolidations WHERE instr(covers, '\"' || ? || '\"') > 0",
    )
    .all(node);
  const update = sql.prepare('UPDATE consolidations SET covers = ? WHERE position = ?');
  for (const { position, covers } of rows) {
    const { [node]: runs = [], ...others } = JSON.parse(covers) as Runs;
    const kept = runs.filter(([first]) => first < from).map(([a, b]) => [a, Math.min(b, from - 1)]);
    const moved = runs
      .filter(([, last]) => last >= from)
      .map(([a, b]) => [Math.max(a, from) - from + 1, b - from + 1]);
    const both = {
      ...others,
      ...(kept.length > 0 ? { [node]: kept } : {}),
      ...(moved.length > 0 ? { [fork]: moved } : {}),
    };
    update.run(JSON.stringify(both), position);
  }
}
