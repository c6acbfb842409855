/** The lock of the repository that a command is about; no Skein need be running for it. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ok, type Result } from '../../shared/result.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { composeLock, type LockOfFolder } from '../host/compose-lock.ts';
import type { Context } from './context.ts';
import { quietLog } from './log.ts';

/** Of the folder that `--workspace` names, else of the working folder. */
export async function lockOfCommand(context: Context): Promise<Result<LockOfFolder>> {
  const folder = await folderOfCommand(context);
  if (!folder.ok) return folder;
  return composeLock(folder.value, { clock: systemClock, log: quietLog(context.tell) });
}

/** The folder that `--workspace` names, else the working folder. */
export async function folderOfCommand(context: Context): Promise<Result<string>> {
  const { workingFolder, globals } = context;
  if (globals.workspace === undefined) return ok(workingFolder);
  const folder = resolve(workingFolder, globals.workspace);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return ok(folder);
  // An id, then, which only the engine knows.
  const found = await context.workspace();
  return found.ok ? ok(found.value.workspace.folder) : found;
}
