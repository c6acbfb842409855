/** The git repository that a command is about; no Skein need be running for it. */
import type { Result } from '../../shared/result.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { type ComposedRepository, composeRepository } from '../host/compose-repository.ts';
import type { Context } from './context.ts';
import { quietLog } from './log.ts';
import { folderOfCommand } from './repository-lock.ts';

/** Fails with `not-found` where there is none. */
export async function repositoryOfCommand(context: Context): Promise<Result<ComposedRepository>> {
  const folder = await folderOfCommand(context);
  if (!folder.ok) return folder;
  const { env, dataFolder, tell } = context;
  return composeRepository(folder.value, { clock: systemClock, log: quietLog(tell), env, dataFolder });
}
