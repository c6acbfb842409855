/** What an interrupted pull has mixed into changed files, as a file beside git's own. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { err, ok } from '../../shared/result.ts';
import type { MixedNotes } from '../engine/git/repository.ts';
import { renameSynced, writeSynced } from './atomic-write.ts';
import { describeFileError, meansAbsent } from './file-problems.ts';

const noteShape = z.array(
  z.object({ path: z.string(), theirs: z.string(), content: z.string(), before: z.string() }),
);

/** `gitFolder` is git's own of this work tree. A note that cannot be read counts as none. */
export function createMixedNotes(gitFolder: string): MixedNotes {
  const file = join(gitFolder, 'skein-mixed.json');
  return {
    async read() {
      try {
        const parsed = noteShape.safeParse(JSON.parse(await readFile(file, 'utf8')));
        return ok(parsed.success ? parsed.data : []);
      } catch (cause) {
        if (meansAbsent(cause) || cause instanceof SyntaxError) return ok([]);
        return err(describeFileError(cause, file, 'read'));
      }
    },
    async write(mixed) {
      try {
        if (mixed.length === 0) await rm(file, { force: true });
        else {
          const { name } = await writeSynced(gitFolder, Buffer.from(JSON.stringify(mixed)), 0o600);
          await renameSynced(join(gitFolder, name), file);
        }
        return ok(null);
      } catch (cause) {
        return err(describeFileError(cause, file, 'written'));
      }
    },
  };
}
