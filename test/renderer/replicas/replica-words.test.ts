import { expect, test } from 'vitest';
import { kindWords, progressWords } from '../../../renderer/src/replicas/replica-words.ts';

test('a replica is a clone, or a worktree on something', () => {
  expect(kindWords({ kind: 'clone', branch: null })).toBe('Clone');
  expect(kindWords({ kind: 'worktree', branch: 'fix/one' })).toBe('Worktree on fix/one');
  expect(kindWords({ kind: 'worktree', branch: null })).toBe('Worktree without a branch');
});

test('what is kept back is said only where something is kept back', () => {
  const replica = { behind: 0, ahead: 0, pending: 2, share: 'shared' as const };
  expect(progressWords(replica)).toBe('Nothing left to exchange');
  expect(progressWords({ ...replica, share: 'staged' })).toBe(
    'Nothing left to exchange; 2 changes wait there for a consolidation',
  );
  expect(progressWords({ ...replica, share: 'staged', pending: 1, behind: 3 })).toBe(
    '3 changes to get; 1 change waits there for a consolidation',
  );
});
