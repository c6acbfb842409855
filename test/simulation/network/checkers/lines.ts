/** Is every line that somebody wrote still somewhere? */
import { nodeCodec } from '../../../../electron/adapters/node-codec.ts';
import { limits } from '../../../../shared/limits.ts';
import { nothingThatStoodIsMissing } from '../../checkers/disk.ts';
import { textOf } from '../actions.ts';
import type { Judged } from '../judge.ts';
import type { Replica } from '../replica.ts';

/**
 * Lines that agents added to a journal, from which nobody takes any, are in the file or in a version that the inbox
 * holds. Whoever wrote over ours in the middle of a swap never saw what ours had displaced for a moment, and what
 * stood in a database that was put back may be forgotten: such a line is in some version of some log at least, or
 * never stood long enough to be seen.
 */
export function journalLinesRemain(network: Judged): string[] {
  return [...network.journalLines].flatMap(([path, lines]) => {
    const kept = network.replicas
      .flatMap((replica) => [
        textOf(replica, path) ?? '',
        ...textsOf(replica, path, excuses(network, path) ? 'log' : 'inbox'),
      ])
      .join('\n');
    const present = new Set(kept.split('\n'));
    const seen = network.replicas.flatMap((replica) => textsOf(replica, path, 'log')).join('\n');
    return [...lines]
      .filter((line) => !present.has(line) && seen.includes(line))
      .map((line) => `${path}: the line "${line}" is neither in the file nor in the inbox`);
  });
}

const excuses = ({ replicas }: Judged, path: string): boolean =>
  replicas.some(({ witness, restoredMs }) => witness.overtaken.has(path) || restoredMs !== undefined);

const queries = {
  log: `SELECT c.packed FROM log l JOIN content c ON c.id = l.content WHERE l.path = ? AND c.packed IS NOT NULL`,
  inbox: `SELECT c.packed FROM conflicts k JOIN log l ON l.stamp = k.loser JOIN content c ON c.id = l.content
          WHERE k.path = ? AND c.packed IS NOT NULL`,
};

const textsOf = ({ sql }: Replica, path: string, where: keyof typeof queries): string[] =>
  sql
    .prepare<{ packed: Uint8Array }>(queries[where])
    .all(path)
    .map(({ packed }) => Buffer.from(nodeCodec.decompress(packed, limits.trackedFileBytes)).toString());

/** Every version that stood long enough on some disk, all of it within one life of its engine, is in that log. */
export function versionsAreRecorded({ replicas, clock, longestUnseenMs }: Judged): string[] {
  return replicas.flatMap(({ name, sql, disk, shifts, restoredMs }) => {
    // A database that was put back has forgotten what it knew.
    const remembered = shifts.filter(({ fromMs }) => fromMs >= (restoredMs ?? 0));
    return nothingThatStoodIsMissing({ sql, disk, clock, shifts: remembered, longestUnseenMs }).map(
      (sentence) => `${name}: ${sentence}`,
    );
  });
}
