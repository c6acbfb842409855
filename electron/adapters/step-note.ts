/** The step that is being taken, as a file beside git's own: whoever comes after a crash finds what was begun. */
import { closeSync, fsync, openSync, renameSync, writeFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import type { RepositoryStep, StepParts } from '../engine/git/repository.ts';
import { describeFileError, meansAbsent } from './file-problems.ts';

const entryShape = z.object({ mode: z.string(), id: z.string() });
const changeShape = z.object({
  path: z.string(),
  before: entryShape.optional(),
  after: entryShape.optional(),
});
const noteShape = z.object({
  operation: z.string(),
  branch: z.string(),
  from: z.string().optional(),
  to: z.string(),
  index: z.array(
    changeShape.extend({
      outside: z.literal(true).optional(),
      staged: z.union([entryShape, z.enum(['unmerged', 'nothing'])]).optional(),
    }),
  ),
  files: z.array(changeShape),
});

export type StepNotes = Pick<StepParts, 'readNote' | 'writeNote' | 'clearNote'>;

export const stepNoteName = 'skein-step.json';

/** A note that cannot be read was cut by the crash: nothing of its step had begun. */
export function createStepNotes(gitFolder: string): StepNotes {
  const file = join(gitFolder, stepNoteName);
  return {
    async readNote() {
      try {
        const parsed = noteShape.safeParse(JSON.parse(await readFile(file, 'utf8')));
        return ok(parsed.success ? (parsed.data as RepositoryStep) : undefined);
      } catch (cause) {
        if (meansAbsent(cause) || cause instanceof SyntaxError) return ok(undefined);
        return err(describeFileError(cause, file, 'read'));
      }
    },
    writeNote: (step) =>
      attempt(file, async () => {
        const handle = openSync(`${file}.new`, 'w', 0o600);
        try {
          writeFileSync(handle, JSON.stringify(step));
          await promisify(fsync)(handle);
        } finally {
          closeSync(handle);
        }
        renameSync(`${file}.new`, file);
      }),
    clearNote: () => attempt(file, () => rm(file, { force: true })),
  };
}

async function attempt(file: string, work: () => Promise<void>): Promise<Result<null>> {
  try {
    await work();
    return ok(null);
  } catch (cause) {
    return err(describeFileError(cause, file, 'written'));
  }
}
