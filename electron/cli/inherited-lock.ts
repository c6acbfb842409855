/** The lock of a repository for a command that a program may run which holds it already (`skein lock run`). */
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Held } from '../engine/lock/held-lock.ts';
import type { RepositoryLock } from '../engine/lock/repository-lock.ts';
import { isInherited } from './run-locked.ts';

/** Under the lock there is nothing to wait for: what is held is that of the program above, for as long as it is. */
export function throughAncestors(env: NodeJS.ProcessEnv, lock: RepositoryLock): RepositoryLock {
  if (!isInherited(env, lock)) return lock;
  const held = inheritedHold(env, lock);
  return {
    ...lock,
    acquire: async () => ok(held),
    during: (_, work) => work(held),
  };
}

function inheritedHold(env: NodeJS.ProcessEnv, lock: RepositoryLock): Held {
  const check = (): Result<void> => (isInherited(env, lock) ? ok(undefined) : err(lost(lock.repository)));
  return {
    id: '',
    token: 0,
    mode: 'exclusive',
    waitedMs: 0,
    // What we start has those of the program above, where it needs them.
    descriptors: [],
    check,
    isValid: () => check().ok,
    // The program above renews it.
    renew: check,
    release: () => undefined,
  };
}

const lost = (repository: string): Problem =>
  problem(
    'lock-lost',
    repository,
    `The program that ran this held the lock of ${repository} and lost it meanwhile.`,
    'Run it again; skein lock status says who holds it now.',
  );
