/** Gives the lock of a repository its adapters: for the host, and for commands that need no running Skein. */
import { hostname } from 'node:os';
import { err, ok, type Result } from '../../shared/result.ts';
import { errorCode } from '../adapters/file-problems.ts';
import { type FoundRepository, findRepository, lockName } from '../adapters/find-repository.ts';
import { excludeFromGit } from '../adapters/git-exclude.ts';
import { openOsLock } from '../adapters/os-lock.ts';
import { createRepositoryLock, type RepositoryLock } from '../engine/lock/repository-lock.ts';
import type { Clock, Log, OsLock } from '../engine/ports.ts';
import { diskProblem } from './disk-problem.ts';

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

/** Git is told to overlook the lock before there is one. A repository that cannot be told still has its lock. */
function excludingFirst(os: OsLock, { excludeFile, folder }: FoundRepository, log: Log): OsLock {
  let isDone = excludeFile === undefined;
  const exclude = () => {
    isDone = true;
    try {
      if (excludeFile !== undefined) excludeFromGit(excludeFile, lockName);
    } catch (cause) {
      const reason = errorCode(cause) ?? String(cause);
      log.warn(`${excludeFile} could not be written (${reason}), so git in ${folder} will list ${lockName}.`);
    }
  };
  return {
    ...os,
    stand(wish) {
      if (!isDone) exclude();
      return os.stand(wish);
    },
  };
}
