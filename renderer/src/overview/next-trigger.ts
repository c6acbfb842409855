/** What consolidates next, as a short headline and the sentence that explains it. */
import type { StatusJson } from '../../../shared/contracts/shapes.ts';
import { plural, upperFirst } from '../words/text.ts';
import { relativeTime } from '../words/time.ts';

export type NextWords = { headline: string; explanation: string };

export function nextTriggerWords(status: StatusJson, nowMs: number): NextWords {
  const next = status.next_trigger;
  if (next === null) return { headline: 'Not scheduled', explanation: idleReason(status) };
  const byCount =
    next.changes_missing > 0 ? `after ${plural(next.changes_missing, 'more change')}` : undefined;
  const byTime = next.due_ms === null ? undefined : dueWords(next.due_ms, nowMs);
  const headline = next.trigger_type === 'time_based' ? (byTime ?? byCount) : (byCount ?? byTime);
  return { headline: upperFirst(headline ?? 'now'), explanation: next.reason };
}

const dueWords = (dueMs: number, nowMs: number): string =>
  dueMs <= nowMs + 10_000 ? 'now' : relativeTime(dueMs, nowMs);

function idleReason(status: StatusJson): string {
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
