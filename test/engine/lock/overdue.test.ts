import { expect, test } from 'vitest';
import type { LockParty } from '../../../electron/engine/lock/lock-ports.ts';
import { createOverdue, createStalled } from '../../../electron/engine/lock/overdue.ts';
import { limits } from '../../../shared/limits.ts';

const patience = limits.lockLeaseMs + limits.lockGraceMs;

const holder = (id: string, renewals: number | undefined): LockParty => ({
  id,
  facts:
    renewals === undefined
      ? undefined
      : {
          device: 'laptop',
          pid: 1,
          agent: 'human',
          operation: 'pull',
          mode: 'exclusive',
          sinceMs: 0,
          renewals,
        },
  mode: 'exclusive',
  pid: 1,
  program: undefined,
});

const idsOf = (parties: readonly LockParty[]) => parties.map(({ id }) => id);

test('a holder is overdue after a lease and its grace from the first look, not from its own beginning', () => {
  const overdue = createOverdue();
  expect(overdue.among([holder('a', 0)], 5_000)).toEqual([]);
  expect(overdue.among([holder('a', 0)], 5_000 + patience - 1)).toEqual([]);
  expect(idsOf(overdue.among([holder('a', 0)], 5_000 + patience))).toEqual(['a']);
});

test('of a Skein that has ended, what it started runs on, and never agreed to a lease', () => {
  const overdue = createOverdue();
  const ended: LockParty = { ...holder('a', 0), hasEnded: true };
  overdue.among([ended], 0);
  expect(overdue.among([ended], patience)).toEqual([]);
});

test('a renewal begins anew, and so does a holder that was away', () => {
  const overdue = createOverdue();
  overdue.among([holder('a', 0)], 0);
  expect(overdue.among([holder('a', 1)], patience)).toEqual([]);
  expect(idsOf(overdue.among([holder('a', 1)], 2 * patience))).toEqual(['a']);
  overdue.among([], 2 * patience);
  expect(overdue.among([holder('a', 1)], 3 * patience)).toEqual([]);
});

test('each of several holders has a time of its own', () => {
  const overdue = createOverdue();
  overdue.among([holder('a', 0)], 0);
  overdue.among([holder('a', 0), holder('b', 0)], 1_000);
  expect(idsOf(overdue.among([holder('a', 0), holder('b', 0)], patience))).toEqual(['a']);
});

test('a program that never agreed to a lease is never overdue', () => {
  const overdue = createOverdue();
  overdue.among([holder('stranger', undefined)], 0);
  expect(overdue.among([holder('stranger', undefined)], 100 * patience)).toEqual([]);
});

test('who stands first counts as stopped only while nobody holds the lock and it is always the same', () => {
  const [a, b] = [holder('a', 0), holder('b', 0)];
  const stalled = createStalled();
  const stall = limits.lockStallMs;
  expect(stalled.firstIn({ holders: [], waiting: [a, b] }, 0)).toBeUndefined();
  expect(stalled.firstIn({ holders: [], waiting: [a, b] }, stall - 1)).toBeUndefined();
  expect(stalled.firstIn({ holders: [], waiting: [a, b] }, stall)).toBe('a');
  expect(stalled.firstIn({ holders: [], waiting: [b] }, stall)).toBeUndefined();
  expect(stalled.firstIn({ holders: [a], waiting: [b] }, 2 * stall)).toBeUndefined();
  expect(stalled.firstIn({ holders: [], waiting: [b] }, 2 * stall)).toBeUndefined();
  expect(stalled.firstIn({ holders: [], waiting: [b] }, 3 * stall)).toBe('b');
  expect(stalled.firstIn({ holders: [], waiting: [] }, 3 * stall)).toBeUndefined();
});
