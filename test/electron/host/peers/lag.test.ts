/** The lag of peers over time: a step for each change of the figures, in spans of which the worst is kept. */
import { expect, test } from 'vitest';
import { createLagHistory, type Lag } from '../../../../electron/host/peers/lag.ts';
import { limits } from '../../../../shared/limits.ts';

const span = limits.lagSpanMs;
const startMs = 1_000 * span;

function createHistory() {
  let nowMs = startMs;
  const history = createLagHistory(() => nowMs);
  const note = (behind: number, ahead = 0, peer = 'ann') =>
    history.note(new Map([[peer, { behind, ahead } as Lag]]));
  /** In spans since the start: `[2, 5, 1]` is 5 behind and 1 ahead from the second span on. */
  const steps = (peer = 'ann') =>
    history.points(peer).map(({ atMs, behind, ahead }) => [(atMs - startMs) / span, behind, ahead]);
  const pass = (spans: number) => {
    nowMs += spans * span;
  };
  return { history, note, steps, pass };
}

test('a figure holds until it is another; what stays the same is one point', () => {
  const { note, steps, pass } = createHistory();
  note(0);
  pass(1);
  note(0);
  pass(3);
  note(4, 1);
  pass(2);
  note(4, 1);
  expect(steps()).toEqual([
    [0, 0, 0],
    [4, 4, 1],
  ]);
});

test('a moment of lag is seen for a span, at its worst', () => {
  const { note, steps, pass } = createHistory();
  note(0);
  pass(1.25);
  note(7);
  note(9, 2);
  note(1);
  note(0);
  expect(steps()).toEqual([
    [0, 0, 0],
    [1, 9, 2],
  ]);
  pass(1);
  expect(steps()).toEqual([
    [0, 0, 0],
    [1, 9, 2],
    [2, 0, 0],
  ]);
});

test('what held when a span began belongs to it', () => {
  const { note, steps, pass } = createHistory();
  note(5);
  pass(3);
  note(0);
  pass(1);
  note(2);
  expect(steps()).toEqual([
    [0, 5, 0],
    [4, 2, 0],
  ]);
});

test('only a day is remembered; what held at its beginning still does', () => {
  const { history, note, steps, pass } = createHistory();
  const day = limits.lagHistoryMs / span;
  for (let count = 0; count < 10; count++) {
    note(count);
    pass(2);
  }
  pass(day);
  note(1);
  expect(history.fromMs()).toBe(startMs + 20 * span);
  expect(steps()[0]).toEqual([20, 9, 0]);
  pass(3 * day);
  expect(steps()).toEqual([[20 + 3 * day, 1, 0]]);
  for (let count = 0; count < 3 * day; count++) {
    note(count % 2);
    pass(1);
  }
  expect(steps().length).toBeLessThanOrEqual(day + 2);
});

test('it begins when Skein started, and a clock that goes back makes no point in the past', () => {
  const { note, steps, pass } = createHistory();
  pass(0.5);
  const half = createLagHistory(() => startMs + span / 2);
  half.note(new Map([['ann', { behind: 3, ahead: 0 }]]));
  expect(half.points('ann')).toEqual([{ atMs: startMs + span / 2, behind: 3, ahead: 0 }]);
  pass(5);
  note(1);
  pass(-4);
  note(6);
  pass(5);
  expect(steps()).toEqual([[5, 6, 0]]);
});

test('who is no peer any more, or has nothing open here, is forgotten', () => {
  const { history, note } = createHistory();
  note(1);
  expect(history.points('ann')).toHaveLength(1);
  note(1, 0, 'bob');
  expect(history.points('ann')).toEqual([]);
  expect(history.points('bob')).toHaveLength(1);
});
