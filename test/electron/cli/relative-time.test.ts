import { expect, test } from 'vitest';
import { localDate, relativeTime, spanWords, timeAgo } from '../../../electron/cli/relative-time.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

test.each([
  [0, 'just now'],
  [4_999, 'just now'],
  [5_000, '5 s ago'],
  [59_000, '59 s ago'],
  [minute, '1 min ago'],
  [90 * minute, '90 min ago'],
  [2 * hour, '2 h ago'],
  [47 * hour, '47 h ago'],
  [2 * day, '2 days ago'],
  [60 * day, '60 days ago'],
])('%i ms before now is %j', (distanceMs, words) => {
  expect(relativeTime(nowMs - distanceMs, nowMs)).toBe(words);
});

test('the future is told ahead', () => {
  expect(relativeTime(nowMs + 12 * minute, nowMs)).toBe('in 12 min');
  expect(relativeTime(nowMs + 1_000, nowMs)).toBe('now');
});

test('what is long ago is a date', () => {
  expect(relativeTime(nowMs - 61 * day, nowMs)).toBe(localDate(nowMs - 61 * day));
  expect(localDate(new Date(2026, 0, 5).getTime())).toBe('2026-01-05');
});

test('what happened while the command started is past', () => {
  expect(timeAgo(nowMs + 1_000, nowMs)).toBe('just now');
});

test('spans have one word each', () => {
  expect(spanWords(500)).toBe('1 s');
  expect(spanWords(3 * day)).toBe('3 days');
});
