import { expect, test } from 'vitest';
import { exitCodeMeanings, exitCodeOf, exitCodes } from '../../../electron/cli/exit-codes.ts';

test('every code has a meaning in the help', () => {
  expect(exitCodeMeanings.map(({ code }) => code)).toEqual(Object.values(exitCodes));
});

test.each([
  ['bad-input', 2],
  ['hostile-path', 2],
  ['nothing-pending', 3],
  ['not-found', 3],
  ['no-workspace', 4],
  ['settings-broken', 5],
  ['port-busy', 1],
])('%s ends with %i', (code, exit) => {
  expect(exitCodeOf(code)).toBe(exit);
});

test('a code that a newer engine invented is a failure', () => {
  expect(exitCodeOf('from-the-future')).toBe(exitCodes.failed);
});
