/** What consolidates next, as a short headline and the sentence that explains it. */
import type { StatusJson } from '../../../shared/contracts/shapes.ts';
import { plural, upperFirst } from '../words/text.ts';
import { clockTime, dayOf, relativeTime, shortDay } from '../words/time.ts';

export type NextWords = { headline: string; explanation: string };

export function nextTriggerWords(status: StatusJson, nowMs: number): NextWords {
  const next = status.next_trigger;
  if (next === null) return { headline: 'Not scheduled', explanation: idleReason(status) };
  const byCount =
    next.changes_missing > 0 ? `after ${plural(next.changes_missing, 'more change')}` : undefined;
  const byTime = next.due_ms === null ? undefined : dueWords(next.due_ms, nowMs);
  const headline = next.trigger_type === 'time_based' ? (byTime ?? byCount) : (byCount ?? byTime);
  const explanation =
    next.due_ms === null ? next.reason : next.reason.replace(engineMoment, localMoment(next.due_ms, nowMs));
  return { headline: upperFirst(headline ?? 'now'), explanation };
}

/** How the engine names a moment, for logs and scripts as well; a person looks at the clock on the wall. */
const engineMoment = /(?:on \d{4}-\d\d-\d\d )?at \d\d:\d\d UTC/;

function localMoment(atMs: number, nowMs: number): string {
  const day = dayOf(atMs);
  return `${day === dayOf(nowMs) ? '' : `on ${shortDay(day)} `}at ${clockTime(atMs)}`;
}

const dueWords = (dueMs: number, nowMs: number): string =>
  dueMs <= nowMs + 10_000 ? 'now' : relativeTime(dueMs, nowMs);

function idleReason(status: StatusJson): string {
  if (status.state === 'paused') return 'Nothing consolidates by itself until you resume.';
  if (status.state === 'disabled') return 'Nothing consolidates by itself while Skein is turned off.';
  if (status.pending_changes > 0) return 'Automatic consolidation is off; use the button.';
  const conditions = [
    status.consolidation_threshold > 0 ? `at ${plural(status.consolidation_threshold, 'change')}` : '',
    status.consolidation_interval_minutes > 0
      ? `${plural(status.consolidation_interval_minutes, 'minute')} after the first`
      : '',
  ].filter((condition) => condition !== '');
  if (conditions.length === 0) return 'Automatic consolidation is off.';
  return `Nothing is pending. Runs ${conditions.join(', or ')}.`;
}
