import type { CommitHold } from '../../electron/engine/git/commit.ts';
import { ok } from '../../shared/result.ts';

/** The lock of a repository of which nobody else wants anything. */
export const alwaysHeld: CommitHold = {
  id: 'test',
  token: 1,
  check: () => ok(undefined),
  renew: () => ok(undefined),
};
