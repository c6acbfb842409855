import { expect, test } from 'vitest';
import { detailWords, lockHeadline, programWords } from '../../../renderer/src/lock/lock-words.ts';
import type { LockPartyJson } from '../../../shared/contracts/lock-api.ts';

const party = (more: Partial<LockPartyJson>): LockPartyJson => ({
  id: 'a',
  agent: 'claude-code',
  operation: 'release',
  device: 'laptop',
  program: null,
  pid: 4711,
  process_ended: false,
  mode: 'exclusive',
  position: null,
  since_ms: 1,
  elapsed_ms: 1,
  token: 1,
  ...more,
});

test.each([
  [0, 2, 'The lock is free, 2 wait'],
  [1, 0, 'The repository is locked'],
  [1, 1, 'The repository is locked, 1 waits'],
  [2, 3, '2 share the lock of the repository, 3 wait'],
])('%i holders and %i who wait', (holders, waiting, words) => {
  expect(lockHeadline(holders, waiting)).toBe(words);
});

test('a holder says what for and where, a reader that it only reads, and a program what the system knows', () => {
  expect(detailWords(party({}))).toBe('“release”, process 4711 on laptop');
  expect(detailWords(party({ mode: 'shared' }))).toBe('“release”, only reads, process 4711 on laptop');
  expect(detailWords(party({ process_ended: true }))).toBe(
    '“release”, process 4711 on laptop, which has ended: what it started runs on',
  );
  const silent = party({ agent: null, operation: null, device: null, program: 'flock' });
  expect(detailWords(silent)).toBe('process 4711');
  expect(programWords(silent)).toBe('flock');
  const unknown = party({ agent: null, operation: null, device: null, pid: null, mode: null });
  expect(detailWords(unknown)).toBe('It takes the lock without saying what for');
  expect(programWords(unknown)).toBe('Another program');
});
