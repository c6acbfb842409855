/**
 * The time by which the retention counts. A wall clock that is years ahead would let go of everything at once, so one
 * that leapt is believed only when a peer's clock agrees, or when it still says so at the next collection.
 */
import { limits } from '../../../shared/limits.ts';
import type { Sql } from '../ports.ts';
import { readMeta, writeMeta } from './open-log.ts';

const dayMs = 86_400_000;
const leapMs = limits.clockLeapDays * dayMs;

/** Unix milliseconds, never later than `nowMs`. Call once for each collection: it remembers what the clock said. */
export function retentionTime(sql: Sql, nowMs: number): number {
  return sql.transaction(() => {
    const believedMs = timeIn(sql, 'clock-believed') ?? newestChangeMs(sql);
    const saidMs = timeIn(sql, 'clock-said') ?? Number.NEGATIVE_INFINITY;
    const latestMs = latestElsewhere(sql, nowMs);
    writeMeta(sql, 'clock-said', String(nowMs));
    if (latestMs !== undefined) return believe(sql, Math.min(nowMs, latestMs));
    // A clock that went back needs nobody to agree: then less is let go.
    const agrees = nowMs - believedMs <= leapMs || Math.abs(nowMs - saidMs) <= leapMs;
    return agrees ? believe(sql, nowMs) : believedMs;
  });
}

/** What the latest clock says of all peers that we heard since yesterday; undefined without one. */
function latestElsewhere(sql: Sql, nowMs: number): number | undefined {
  const row = sql
    .prepare<{ offset: number | null }>(
      'SELECT max(clock_offset_ms) AS offset FROM links WHERE asked_ms >= ? AND heard_ms >= ?',
    )
    .get(nowMs - dayMs, nowMs - dayMs);
  return row?.offset == null ? undefined : nowMs + row.offset;
}

function believe(sql: Sql, ms: number): number {
  writeMeta(sql, 'clock-believed', String(ms));
  return ms;
}

function timeIn(sql: Sql, key: string): number | undefined {
  const value = readMeta(sql, key);
  return value === undefined ? undefined : Number(value);
}

const newestChangeMs = (sql: Sql): number =>
  sql.prepare<{ at: number | null }>('SELECT max(at_ms) AS at FROM log').get()?.at ?? 0;
