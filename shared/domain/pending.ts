/**
 * When pending changes are consolidated by themselves (reference/004, section 2): when enough of them wait, or when
 * they have waited long enough.
 */

import { limits } from '../limits.ts';
import type { ChangeKind } from './change.ts';
import type { Settings } from './settings.ts';

/** What the rules look at. Positions are those of the local log; a change after the undo has a higher one. */
export type PendingState = {
  pending: number;
  newestPendingPosition: number;
  /** Position of the newest undo of a consolidation; 0 when there was none. */
  lastUndoPosition: number;
  /** Unix milliseconds; null when nothing was consolidated yet. */
  lastConsolidationMs: number | null;
  oldestPendingMs: number;
  newestPendingMs: number;
  /** Whether this replica recorded the newest pending change. */
  newestPendingIsOurs: boolean;
  nowMs: number;
};
type TriggerSettings = Pick<Settings, 'consolidation_threshold' | 'consolidation_interval_minutes'>;

const minuteMs = 60_000;

/** The trigger that fires now, with the conditions that a report quotes; undefined when none does. */
export function decideTrigger(
  state: PendingState,
  settings: TriggerSettings,
): { type: 'threshold' | 'time_based'; conditions: Record<string, number> } | undefined {
  if (state.pending === 0 || waitsSinceUndo(state) || waitsForWriter(state)) return undefined;
  const threshold = settings.consolidation_threshold;
  if (threshold > 0 && state.pending >= threshold) {
    return { type: 'threshold', conditions: { pending_changes: state.pending, threshold } };
  }
  const dueMs = timeDueMs(state, settings);
  if (dueMs === null || state.nowMs < dueMs) return undefined;
  const minutes = Math.floor(Math.max(0, state.nowMs - lastReportMs(state)) / minuteMs);
  return {
    type: 'time_based',
    conditions: { pending_changes: state.pending, time_since_last_minutes: minutes },
  };
}

/**
 * Every replica of a workspace sees the same changes pending. Where the newest was written, the report is written, too;
 * the others only step in when that one does not.
 */
const waitsForWriter = (state: PendingState): boolean =>
  !state.newestPendingIsOurs && state.nowMs - state.newestPendingMs < limits.consolidationGraceMs;

/**
 * What will consolidate next, and a sentence that says why; null when nothing is pending or both triggers are off.
 * `dueMs` is the moment of the time trigger, null when that is off or waits for a newer change.
 */
export function nextTrigger(
  state: PendingState,
  settings: TriggerSettings,
): { type: 'threshold' | 'time_based'; changesMissing: number; dueMs: number | null; reason: string } | null {
  const threshold = settings.consolidation_threshold;
  const dueMs = timeDueMs(state, settings);
  if (state.pending === 0 || (threshold === 0 && dueMs === null)) return null;
  const missing = threshold === 0 ? 0 : Math.max(0, threshold - state.pending);
  if (waitsSinceUndo(state)) {
    const reason = 'a new change, because the last report was undone';
    return { type: typeOf(threshold), changesMissing: Math.max(1, missing), dueMs: null, reason };
  }
  const isFull = threshold > 0 && missing === 0;
  const isDue = isFull || (dueMs !== null && dueMs <= state.nowMs);
  const moments = [
    missing === 0 ? [] : `${missing} more ${missing === 1 ? 'change' : 'changes'}`,
    dueMs === null ? [] : momentText(dueMs, state.nowMs),
  ].flat();
  return {
    type: isFull || dueMs === null ? 'threshold' : 'time_based',
    changesMissing: missing,
    dueMs,
    reason: isDue ? 'now' : moments.join(', or '),
  };
}

/** Changes of one file, oldest first, and who made how many of them. */
export type PendingGroup<It> = {
  path: string;
  changes: It[];
  /** Most changes first, then by name. */
  agents: { agent: string; changes: number }[];
  kinds: Record<ChangeKind, number>;
  firstMs: number;
  newestMs: number;
};

/** Groups changes, given oldest first, by file. The groups are ordered by path, alike on every device. */
export function groupPending<It extends { path: string; agent: string; kind: ChangeKind; atMs: number }>(
  changes: readonly It[],
): PendingGroup<It>[] {
  const changesByPath = Map.groupBy(changes, (change) => change.path);
  return [...changesByPath]
    .sort(([left], [right]) => compare(left, right))
    .map(([path, own]) => ({
      path,
      changes: own,
      agents: countAgents(own),
      kinds: countKinds(own),
      firstMs: own.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY),
      newestMs: own.reduce((most, { atMs }) => Math.max(most, atMs), Number.NEGATIVE_INFINITY),
    }));
}

/** After an undo the same changes are pending again; consolidating them at once would undo the undo. */
function waitsSinceUndo(state: PendingState): boolean {
  return state.newestPendingPosition <= state.lastUndoPosition;
}

/**
 * When the time trigger is due: one interval after the last report, and one after the oldest change, so that an old
 * report does not make a fresh change be consolidated at once. Null when the trigger is off.
 *
 * A report from the future was made before the clock jumped back and tells nothing. A change from further ahead than
 * an interval is of that sort too; it is due now, because a report too early is better than none for a year.
 */
function timeDueMs(state: PendingState, settings: TriggerSettings): number | null {
  const intervalMs = settings.consolidation_interval_minutes * minuteMs;
  if (intervalMs === 0) return null;
  if (state.oldestPendingMs > state.nowMs + intervalMs) return state.nowMs;
  return Math.max(lastReportMs(state), state.oldestPendingMs) + intervalMs;
}

/** The last report, or the oldest change when there is no report that the clock has reached. */
function lastReportMs({ lastConsolidationMs, oldestPendingMs, nowMs }: PendingState): number {
  return lastConsolidationMs === null || lastConsolidationMs > nowMs ? oldestPendingMs : lastConsolidationMs;
}

const typeOf = (threshold: number) => (threshold > 0 ? 'threshold' : 'time_based');

/** UTC, because the engine knows no time zone of its readers; the day only when it is another one. */
function momentText(atMs: number, nowMs: number): string {
  const at = new Date(atMs).toISOString();
  const day = at.slice(0, 10);
  const isToday = day === new Date(nowMs).toISOString().slice(0, 10);
  return `${isToday ? '' : `on ${day} `}at ${at.slice(11, 16)} UTC`;
}

function countAgents(changes: readonly { agent: string }[]): { agent: string; changes: number }[] {
  return [...Map.groupBy(changes, (change) => change.agent)]
    .map(([agent, own]) => ({ agent, changes: own.length }))
    .sort((left, right) => right.changes - left.changes || compare(left.agent, right.agent));
}

function countKinds(changes: readonly { kind: ChangeKind }[]): Record<ChangeKind, number> {
  const kinds = { created: 0, modified: 0, deleted: 0 };
  for (const { kind } of changes) kinds[kind] += 1;
  return kinds;
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
