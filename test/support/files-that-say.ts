/** Which files below a folder hold a text: how tests prove where a secret lies, and where it does not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The whole paths. A file that goes while it is looked at, as a database's own do when it is closed, holds nothing. */
export const filesThatSay = (folder: string, text: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => contentOf(file).includes(text));

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw cause;
  }
}
