/** Gives the lock of a repository its adapters: for the host, and for commands that need no running Skein. */
import { hostname } from 'node:os';
import { err, ok, type Result } from '../../shared/result.ts';
import { type FoundRepository, findRepository, lockName } from '../adapters/find-repository.ts';
import { openOsLock } from '../adapters/os-lock.ts';
import type { OsLock } from '../engine/lock/lock-ports.ts';
import { createRepositoryLock, type RepositoryLock } from '../engine/lock/repository-lock.ts';
import type { Clock, Log } from '../engine/ports.ts';
import { diskProblem } from './disk-problem.ts';
import { onceExcluded } from './hide-from-git.ts';

export type LockOfFolder = { found: FoundRepository; lock: RepositoryLock };

/** Makes the lock of the repository around a folder that exists. Touches nothing. Fails as `diskProblem` says. */
export async function composeLock(
  folder: string,
  { clock, log }: { clock: Clock; log: Log },
): Promise<Result<LockOfFolder>> {
  try {
    const found = await findRepository(folder);
    const os = excludingFirst(openOsLock(found.lock, hostname()), found, log);
    return ok({ found, lock: createRepositoryLock({ clock, log, os, repository: found.folder }) });
  } catch (cause) {
    return err(diskProblem(cause, folder, 'find the repository of'));
  }
}

/** Git is told to overlook the lock before there is one. */
function excludingFirst(os: OsLock, found: FoundRepository, log: Log): OsLock {
  const exclude = onceExcluded(found, `/${lockName}`, log);
  return {
    ...os,
    stand(wish) {
      exclude();
      return os.stand(wish);
    },
  };
}
