import { expect, test } from 'vitest';
import { createEchoes } from '../../../electron/cli/stop-signal.ts';
import { limits } from '../../../shared/limits.ts';

/** By a clock that the test sets. */
function echoes() {
  let nowMs = 7;
  return {
    isEcho: createEchoes({ monotonicMs: () => nowMs }),
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

test('the same signal right after it is the same one, however often it is passed on', () => {
  const { isEcho, pass } = echoes();
  expect(isEcho('SIGINT')).toBe(false);
  expect(isEcho('SIGINT')).toBe(true);
  pass(limits.signalEchoMs - 1);
  expect(isEcho('SIGINT')).toBe(true);
});

test('a second press is one: what is passed on does not put it off', () => {
  const { isEcho, pass } = echoes();
  isEcho('SIGINT');
  pass(limits.signalEchoMs - 1);
  isEcho('SIGINT');
  pass(1);
  expect(isEcho('SIGINT')).toBe(false);
});

test('another signal is another wish', () => {
  const { isEcho } = echoes();
  isEcho('SIGINT');
  expect(isEcho('SIGTERM')).toBe(false);
  expect(isEcho('SIGINT')).toBe(true);
});
