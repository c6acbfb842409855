/** Replaces a small file of the data folder as a whole: a reader sees the old text or the new, never half. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../shared/result.ts';
import { renameSynced, writeSynced } from '../adapters/atomic-write.ts';
import { diskProblem } from './disk-problem.ts';

/** Writes `text` beside `file`, for its owner only, then renames it over. Fails as `diskProblem` says. */
export async function writeAtomically(file: string, text: string): Promise<Result<void>> {
  try {
    const { name } = await writeSynced(dirname(file), Buffer.from(text), 0o600);
    const temporary = join(dirname(file), name);
    await renameSynced(temporary, file).catch((cause) => discard(temporary, cause));
    return ok(undefined);
  } catch (cause) {
    return err(diskProblem(cause, file, 'write'));
  }
}

async function discard(temporary: string, cause: unknown): Promise<never> {
  await rm(temporary, { force: true }).catch(() => undefined);
  throw cause;
}
