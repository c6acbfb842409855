import { describe, expect, it } from 'vitest';
import { nextTriggerWords } from '../../../renderer/src/overview/next-trigger.ts';
import { clockTime, dayOf, shortDay } from '../../../renderer/src/words/time.ts';
import { aStatus, startMs } from '../a-change.ts';

const next = (part: object) => ({
  trigger_type: 'time_based' as const,
  changes_missing: 3,
  due_ms: startMs + 12 * 60_000,
  reason: 'because',
  ...part,
});

describe('what consolidates next', () => {
  it('is a time when time comes first', () => {
    const words = nextTriggerWords(aStatus({ next_trigger: next({}) }), startMs);
    expect(words).toEqual({ headline: 'In 12 min', explanation: 'because' });
  });

  it("names the moment by the viewer's clock, and the day when it is another one", () => {
    const explain = (due_ms: number, reason: string) =>
      nextTriggerWords(aStatus({ next_trigger: next({ due_ms, reason }) }), startMs).explanation;
    const soonMs = startMs + 12 * 60_000;
    const today = `${dayOf(soonMs) === dayOf(startMs) ? '' : `on ${shortDay(dayOf(soonMs))} `}at ${clockTime(soonMs)}`;
    expect(explain(soonMs, '3 more changes, or at 12:05 UTC')).toBe(`3 more changes, or ${today}`);
    const laterMs = startMs + 3 * 86_400_000;
    expect(explain(laterMs, 'on 2026-11-24 at 12:05 UTC')).toBe(
      `on ${shortDay(dayOf(laterMs))} at ${clockTime(laterMs)}`,
    );
  });

  it('is now when the time has come', () => {
    expect(nextTriggerWords(aStatus({ next_trigger: next({ due_ms: startMs }) }), startMs).headline).toBe(
      'Now',
    );
  });

  it('is a number of changes when that comes first', () => {
    const status = aStatus({ next_trigger: next({ trigger_type: 'threshold', changes_missing: 1 }) });
    expect(nextTriggerWords(status, startMs).headline).toBe('After 1 more change');
  });

  it.each([
    [{ pending_changes: 0 }, 'Nothing is pending. Runs at 5 changes, or 60 minutes after the first.'],
    [
      { pending_changes: 0, consolidation_threshold: 0 },
      'Nothing is pending. Runs 60 minutes after the first.',
    ],
    [
      { pending_changes: 0, consolidation_threshold: 0, consolidation_interval_minutes: 0 },
      'Automatic consolidation is off.',
    ],
    [{ pending_changes: 4 }, 'Automatic consolidation is off; use the button.'],
    [{ pending_changes: 4, state: 'paused' as const }, 'Nothing consolidates by itself until you resume.'],
    [{ state: 'disabled' as const }, 'Nothing consolidates by itself while Skein is turned off.'],
  ])('says why nothing is scheduled: %j', (part, explanation) => {
    expect(nextTriggerWords(aStatus(part), startMs)).toEqual({ headline: 'Not scheduled', explanation });
  });
});
