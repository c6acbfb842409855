/** When a repository was last pulled, pushed and committed to by Skein, as a file beside git's own: every process says so. */
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeSynced } from './atomic-write.ts';

const doneShape = z.object({ at_ms: z.number(), success: z.boolean(), message: z.string() });
const lastShape = z.object({
  pull: doneShape.optional(),
  push: doneShape.optional(),
  commit: doneShape.optional(),
});
export type Done = z.infer<typeof doneShape>;
export type LastDone = z.infer<typeof lastShape>;

export type LastDoneFile = {
  read(): Promise<LastDone>;
  /** What cannot be written is not told later: it is only for people. */
  note(deed: keyof LastDone, done: Done): Promise<void>;
};

export function openLastDone(gitFolder: string): LastDoneFile {
  const file = join(gitFolder, 'skein-last.json');
  const read = async (): Promise<LastDone> => {
    const text = await readFile(file, 'utf8').catch(() => '{}');
    const parsed = lastShape.safeParse(parseJson(text));
    return parsed.success ? parsed.data : {};
  };
  return {
    read,
    async note(deed, done) {
      const bytes = Buffer.from(JSON.stringify({ ...(await read()), [deed]: done }));
      const written = await writeSynced(gitFolder, bytes, 0o600).catch(() => undefined);
      if (written !== undefined) await rename(join(gitFolder, written.name), file).catch(() => undefined);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
