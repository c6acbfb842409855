/**
 * Until when a server that embeds wants to be left alone. Kept with the index: whoever opens it next, after a pause of a
 * few seconds as a rule, must not ask sooner.
 */
import { limits } from '../../../shared/limits.ts';
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Clock, Sql } from '../ports.ts';

export type ServerRest = {
  /** The server said so. */
  begin(restMs: number): void;
  /** Milliseconds that are left of it. */
  leftMs(): number;
  /** A person wants it to be asked now. */
  cancel(): void;
  /** What is told after that is not kept: the database may be closed. */
  end(): void;
};

export function createServerRest(sql: Sql, clock: Pick<Clock, 'nowMs'>): ServerRest {
  let untilMs = Number(readMeta(sql, 'rests-until') ?? 0);
  let isOver = false;
  function write(ms: number): void {
    if (isOver || ms === untilMs) return;
    untilMs = ms;
    writeMeta(sql, 'rests-until', String(ms));
  }
  return {
    begin: (restMs) => write(clock.nowMs() + restMs),
    leftMs() {
      const leftMs = untilMs - clock.nowMs();
      // More than any server gets was noted by a clock that ran ahead.
      return leftMs > limits.embeddingHoldMs ? 0 : Math.max(0, leftMs);
    },
    cancel: () => write(0),
    end() {
      isOver = true;
    },
  };
}
