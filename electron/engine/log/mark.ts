/**
 * How far the log went when something of it last left this device, kept beside the database. A log that ends before
 * that was put back from a backup, or lost its last commits with the power. Others have seen sequences that it would
 * give out again, so it takes a new node id (docs/decisions/0018-one-node-id-one-run.md).
 */
import type { Log, LogMarks, Random, Sql } from '../ports.ts';
import { nodeOf, nodesOf, renewNode } from './open-log.ts';

export type Mark = {
  /** Call before anything that tells how far the log goes leaves this device. Throws when it cannot be kept. */
  tell(): void;
};

type MarkDeps = { sql: Sql; random: Random; marks: LogMarks; log: Log; clock: { nowMs(): number } };

/** Compares the log with its mark, and renews the node id of one that is behind. */
export function openMark({ sql, random, marks, log, clock }: MarkDeps): Mark {
  const end = sql.prepare<{ position: number }>('SELECT coalesce(max(position), 0) AS position FROM log');
  const positionNow = (): number => end.get()?.position ?? 0;
  let told = marks.read();
  if (told !== undefined && (positionNow() < told.position || !nodesOf(sql).includes(told.node))) {
    renewNode(sql, random, clock.nowMs());
    log.warn('The log is older than what was told of it; it goes on under a new node id');
  }
  return {
    tell() {
      const now = { node: nodeOf(sql), position: positionNow() };
      if (told?.node === now.node && told.position === now.position) return;
      marks.write(now);
      told = now;
    },
  };
}
