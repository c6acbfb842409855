/** Replaces a small file of the data folder as a whole: a reader sees the old text or the new, never half. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { err, ok, type Result } from '../../shared/result.ts';
import { diskProblem } from './disk-problem.ts';

/** Writes `text` beside `file` (mode 0600, synced), then renames it over. Fails as `diskProblem` says. */
export async function writeAtomically(file: string, text: string): Promise<Result<void>> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    return ok(undefined);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return err(diskProblem(cause, file, 'write'));
  }
}
