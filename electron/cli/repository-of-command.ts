/** The git repository that a command is about; no Skein need be running for it. */
import { ok, type Result } from '../../shared/result.ts';
import { openCredentialFile } from '../adapters/credential-file.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { type ComposedRepository, composeRepository } from '../host/compose-repository.ts';
import { createRepositoryWork, type RepositoryWork } from '../host/repository-work.ts';
import type { Context } from './context.ts';
import { throughAncestors } from './inherited-lock.ts';
import { quietLog } from './log.ts';
import { folderOfCommand } from './repository-lock.ts';

/** Fails with `not-found` where there is none. */
export async function repositoryOfCommand(context: Context): Promise<Result<ComposedRepository>> {
  const folder = await folderOfCommand(context);
  if (!folder.ok) return folder;
  const { env, dataFolder, tell } = context;
  const log = quietLog(tell);
  const around = { clock: systemClock, log, env, credentials: openCredentialFile(dataFolder, log) };
  const composed = await composeRepository(folder.value, around);
  if (!composed.ok) return composed;
  return ok({ ...composed.value, lock: throughAncestors(env, composed.value.lock) });
}

/** What is asked of it, done in this process. */
export async function workOfCommand(context: Context): Promise<Result<RepositoryWork>> {
  const repository = await repositoryOfCommand(context);
  if (!repository.ok) return repository;
  const nothing = { trackedPaths: () => [], changed: () => undefined };
  return ok(createRepositoryWork({ repository: repository.value, ...nothing }));
}
