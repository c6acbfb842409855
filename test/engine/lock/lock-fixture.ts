/** Locks of one repository in several made-up processes, on one clock. */

import type { Held } from '../../../electron/engine/lock/held-lock.ts';
import {
  createRepositoryLock,
  type LockRequest,
  type RepositoryLock,
} from '../../../electron/engine/lock/repository-lock.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createFakeLockWorld } from '../../support/fake-os-lock.ts';

export function createLockFixture() {
  const clock = createFakeClock();
  const world = createFakeLockWorld(clock.nowMs);
  const warnings: string[] = [];
  const log = { info: () => {}, warn: (message: string) => void warnings.push(message), error: () => {} };
  return {
    clock,
    world,
    warnings,
    /** The lock as another process has it. */
    process: (pid = 1): RepositoryLock =>
      createRepositoryLock({ clock, log, os: world.open('laptop', pid), repository: '/site' }),
  };
}

export const request = (operation: string, more: Partial<LockRequest> = {}): LockRequest => ({
  operation,
  agent: 'human',
  ...more,
});

/** What a caller has by now: the lock, a problem, or nothing yet. */
export function follow(outcome: Promise<Result<Held>>) {
  const seen: { held?: Held; problem?: Problem } = {};
  void outcome.then((result) => {
    if (result.ok) seen.held = result.value;
    else seen.problem = result.error;
  });
  return seen;
}

export function heldBy(outcome: Result<Held>): Held {
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}
