import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideTrigger,
  groupPending,
  nextTrigger,
  type PendingState,
} from '../../../shared/domain/pending.ts';

const minute = 60_000;
const noon = Date.UTC(2026, 10, 21, 12);
const defaults = { consolidation_threshold: 5, consolidation_interval_minutes: 60 };
const off = { consolidation_threshold: 0, consolidation_interval_minutes: 0 };
const timeOnly = { ...defaults, consolidation_threshold: 0 };
const thresholdOnly = { ...defaults, consolidation_interval_minutes: 0 };

/** Three changes, the oldest ten minutes old, and no report yet. */
function state(changes: Partial<PendingState> = {}): PendingState {
  return {
    pending: 3,
    newestPendingPosition: 30,
    lastUndoPosition: 0,
    newestPendingMs: 0,
    newestPendingIsOurs: true,
    lastConsolidationMs: null,
    oldestPendingMs: noon - 10 * minute,
    nowMs: noon,
    ...changes,
  };
}

describe('the threshold trigger', () => {
  test.each([
    [4, undefined],
    [5, { type: 'threshold', conditions: { pending_changes: 5, threshold: 5 } }],
    [9, { type: 'threshold', conditions: { pending_changes: 9, threshold: 5 } }],
  ])('%i pending changes of 5', (pending, expected) => {
    expect(decideTrigger(state({ pending }), defaults)).toEqual(expected);
  });

  test('is off at 0', () => {
    expect(decideTrigger(state({ pending: 1_000 }), timeOnly)).toBeUndefined();
    expect(decideTrigger(state({ pending: 0 }), off)).toBeUndefined();
  });

  test('comes before the time trigger when both are due', () => {
    const both = state({ pending: 5, oldestPendingMs: noon - 90 * minute });
    expect(decideTrigger(both, defaults)?.type).toBe('threshold');
  });
});

describe('the time trigger', () => {
  test('counts from the oldest change when there was no report', () => {
    expect(decideTrigger(state({ oldestPendingMs: noon - 60 * minute + 1 }), defaults)).toBeUndefined();
    expect(decideTrigger(state({ oldestPendingMs: noon - 60 * minute }), defaults)).toEqual({
      type: 'time_based',
      conditions: { pending_changes: 3, time_since_last_minutes: 60 },
    });
  });

  test('does not take a fresh change at once only because the last report is old', () => {
    const fresh = state({ lastConsolidationMs: noon - 600 * minute, oldestPendingMs: noon - minute });
    expect(decideTrigger(fresh, defaults)).toBeUndefined();
    expect(decideTrigger({ ...fresh, nowMs: noon + 58 * minute }, defaults)).toBeUndefined();
    expect(decideTrigger({ ...fresh, nowMs: noon + 59 * minute }, defaults)).toEqual({
      type: 'time_based',
      conditions: { pending_changes: 3, time_since_last_minutes: 659 },
    });
  });

  test('counts from the last report when a change is older than it', () => {
    const late = state({ lastConsolidationMs: noon - 30 * minute, oldestPendingMs: noon - 300 * minute });
    expect(decideTrigger(late, defaults)).toBeUndefined();
    expect(decideTrigger({ ...late, nowMs: noon + 30 * minute }, defaults)?.type).toBe('time_based');
  });

  test('is off at 0, and needs something pending', () => {
    expect(decideTrigger(state({ oldestPendingMs: 0 }), thresholdOnly)).toBeUndefined();
    expect(decideTrigger(state({ pending: 0, oldestPendingMs: 0 }), defaults)).toBeUndefined();
  });

  test('takes intervals of less than a minute', () => {
    const halfMinute = { ...timeOnly, consolidation_interval_minutes: 0.5 };
    expect(decideTrigger(state({ oldestPendingMs: noon - 30_000 }), halfMinute)?.conditions).toEqual({
      pending_changes: 3,
      time_since_last_minutes: 0,
    });
  });
});

describe('after an undo', () => {
  const undone = state({ pending: 8, newestPendingPosition: 30, lastUndoPosition: 31, oldestPendingMs: 0 });

  test('the same changes do not start a report again', () => {
    expect(decideTrigger(undone, defaults)).toBeUndefined();
    expect(decideTrigger(undone, timeOnly)).toBeUndefined();
  });

  test('a newer change does', () => {
    const newer = { ...undone, pending: 9, newestPendingPosition: 32 };
    expect(decideTrigger(newer, defaults)?.type).toBe('threshold');
    expect(decideTrigger(newer, timeOnly)?.type).toBe('time_based');
  });

  test('the next trigger is a new change', () => {
    expect(nextTrigger(undone, defaults)).toEqual({
      type: 'threshold',
      changesMissing: 1,
      dueMs: null,
      reason: 'a new change, because the last report was undone',
    });
    expect(nextTrigger({ ...undone, pending: 2 }, defaults)?.changesMissing).toBe(3);
    expect(nextTrigger(undone, timeOnly)).toMatchObject({
      type: 'time_based',
      changesMissing: 1,
      dueMs: null,
    });
  });
});

describe('a clock that jumped back', () => {
  test('leaves a report from the future out of account', () => {
    const jumped = state({ lastConsolidationMs: noon + 9_000 * minute, oldestPendingMs: noon - 59 * minute });
    expect(decideTrigger(jumped, timeOnly)).toBeUndefined();
    expect(decideTrigger({ ...jumped, nowMs: noon + minute }, timeOnly)?.conditions).toEqual({
      pending_changes: 3,
      time_since_last_minutes: 60,
    });
  });

  test('does not hold a change from next year until then', () => {
    const future = state({ lastConsolidationMs: null, oldestPendingMs: noon + 500_000 * minute });
    expect(decideTrigger(future, timeOnly)).toEqual({
      type: 'time_based',
      conditions: { pending_changes: 3, time_since_last_minutes: 0 },
    });
    expect(nextTrigger(future, timeOnly)).toMatchObject({ dueMs: noon, reason: 'now' });
  });

  test('by seconds does not make a change be taken at once', () => {
    const slightly = state({ lastConsolidationMs: noon + 2_000, oldestPendingMs: noon + 1_000 });
    expect(decideTrigger(slightly, timeOnly)).toBeUndefined();
  });
});

describe('nextTrigger', () => {
  test('names the missing changes and the time', () => {
    expect(nextTrigger(state({ oldestPendingMs: noon + 95 * minute - 60 * minute }), defaults)).toEqual({
      type: 'time_based',
      changesMissing: 2,
      dueMs: noon + 95 * minute,
      reason: '2 more changes, or at 13:35 UTC',
    });
  });

  test('names one missing change in the singular', () => {
    expect(nextTrigger(state({ pending: 4 }), thresholdOnly)).toEqual({
      type: 'threshold',
      changesMissing: 1,
      dueMs: null,
      reason: '1 more change',
    });
  });

  test('names only the time when the threshold is off, with the day when it is not today', () => {
    expect(nextTrigger(state(), timeOnly)).toMatchObject({ changesMissing: 0, reason: 'at 12:50 UTC' });
    const daily = { ...timeOnly, consolidation_interval_minutes: 24 * 60 };
    expect(nextTrigger(state(), daily)?.reason).toBe('on 2026-11-22 at 11:50 UTC');
  });

  test('says now when a trigger is due', () => {
    expect(nextTrigger(state({ pending: 7 }), thresholdOnly)).toEqual({
      type: 'threshold',
      changesMissing: 0,
      dueMs: null,
      reason: 'now',
    });
    expect(nextTrigger(state({ oldestPendingMs: 0 }), defaults)).toMatchObject({
      type: 'time_based',
      changesMissing: 2,
      reason: 'now',
    });
  });

  test('is nothing when nothing is pending or nothing happens by itself', () => {
    expect(nextTrigger(state({ pending: 0 }), defaults)).toBeNull();
    expect(nextTrigger(state(), off)).toBeNull();
    expect(nextTrigger(state({ lastUndoPosition: 99 }), off)).toBeNull();
  });
});

const times = fc.integer({ min: -200, max: 200 }).map((minutes) => noon + minutes * minute);
const states = fc.record({
  pending: fc.integer({ min: 0, max: 8 }),
  newestPendingPosition: fc.integer({ min: 1, max: 9 }),
  lastUndoPosition: fc.integer({ min: 0, max: 9 }),
  newestPendingMs: fc.integer({ min: 0, max: 1_000_000 }),
  newestPendingIsOurs: fc.boolean(),
  lastConsolidationMs: fc.option(times),
  oldestPendingMs: times,
  nowMs: fc.constant(noon),
});
const settings = fc.record({
  consolidation_threshold: fc.integer({ min: 0, max: 8 }),
  consolidation_interval_minutes: fc.integer({ min: 0, max: 100 }),
});

describe('whatever the state and the settings', () => {
  test('what fires now was announced as now, and what was announced as now fires', () => {
    fc.assert(
      fc.property(states, settings, (anyState, anySettings) => {
        const fires = decideTrigger(anyState, anySettings);
        const next = nextTrigger(anyState, anySettings);
        expect(next?.reason === 'now').toBe(fires !== undefined);
        if (fires) expect(next?.type).toBe(fires.type);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the announced time is the time at which it fires, not a millisecond earlier', () => {
    fc.assert(
      fc.property(states, settings, (anyState, { consolidation_interval_minutes }) => {
        const onlyTime = { consolidation_threshold: 0, consolidation_interval_minutes };
        const dueMs = nextTrigger(anyState, onlyTime)?.dueMs ?? null;
        fc.pre(dueMs !== null && dueMs > noon && (anyState.lastConsolidationMs ?? 0) <= noon);
        const at = (nowMs: number) => decideTrigger({ ...anyState, nowMs }, onlyTime);
        expect(at(dueMs!)?.type).toBe('time_based');
        expect(at(dueMs! - 1)).toBeUndefined();
      }),
    );
  });

  test('something pending never waits longer than two intervals, however wrong the recorded times are', () => {
    const wild = fc.integer({ min: 0, max: 4e12 });
    fc.assert(
      fc.property(fc.option(wild), wild, fc.integer({ min: 1, max: 100 }), (last, oldest, interval) => {
        const onlyTime = { consolidation_threshold: 0, consolidation_interval_minutes: interval };
        const wrong = state({ lastConsolidationMs: last, oldestPendingMs: oldest });
        const later = { ...wrong, nowMs: noon + 2 * interval * minute };
        const fired = [wrong, later].some((it) => decideTrigger(it, onlyTime) !== undefined);
        // A report that was in the future at first may lie in the past by then, and then it counts.
        const reportCameInto = last !== null && last > noon && last <= later.nowMs;
        expect(fired || reportCameInto).toBe(true);
      }),
    );
  });

  test('reasons are plain text', () => {
    fc.assert(
      fc.property(states, settings, (anyState, anySettings) => {
        const reason = nextTrigger(anyState, anySettings)?.reason ?? 'now';
        expect(reason).toMatch(/^[\w ,:-]+$/);
      }),
    );
  });
});

describe('groupPending', () => {
  const change = (path: string, agent: string, atMs: number, kind: 'created' | 'modified' | 'deleted') => ({
    path,
    agent,
    atMs,
    kind,
  });
  const changes = [
    change('b.md', 'codex-local', 1, 'created'),
    change('a.md', 'human', 2, 'modified'),
    change('b.md', 'claude-code', 3, 'modified'),
    change('b.md', 'claude-code', 4, 'deleted'),
  ];

  test('groups by file with agents, kinds and times', () => {
    expect(groupPending(changes)).toEqual([
      {
        path: 'a.md',
        changes: [changes[1]],
        agents: [{ agent: 'human', changes: 1 }],
        kinds: { created: 0, modified: 1, deleted: 0 },
        firstMs: 2,
        newestMs: 2,
      },
      {
        path: 'b.md',
        changes: [changes[0], changes[2], changes[3]],
        agents: [
          { agent: 'claude-code', changes: 2 },
          { agent: 'codex-local', changes: 1 },
        ],
        kinds: { created: 1, modified: 1, deleted: 1 },
        firstMs: 1,
        newestMs: 4,
      },
    ]);
  });

  test('agents with equally many changes stand by name', () => {
    const equal = ['z', 'a', 'm'].map((agent) => change('a.md', agent, 1, 'modified'));
    expect(groupPending(equal)[0]?.agents.map((it) => it.agent)).toEqual(['a', 'm', 'z']);
  });

  test('every change is in exactly one group, and nothing gives no groups', () => {
    const some = fc.record({
      path: fc.constantFrom('a.md', 'B.md', 'docs/a.md', 'é.md'),
      agent: fc.constantFrom('human', 'codex-local'),
      atMs: fc.nat(),
      kind: fc.constantFrom('created' as const, 'modified', 'deleted'),
    });
    fc.assert(
      fc.property(fc.array(some), (all) => {
        const groups = groupPending(all);
        expect(groups.flatMap((group) => group.changes)).toHaveLength(all.length);
        expect(groups.map((group) => group.path)).toEqual([...new Set(all.map((it) => it.path))].sort());
        for (const group of groups) {
          expect(group.changes).toEqual(all.filter((it) => it.path === group.path));
          expect(group.agents.reduce((sum, it) => sum + it.changes, 0)).toBe(group.changes.length);
        }
      }),
    );
    expect(groupPending([])).toEqual([]);
  });
});
