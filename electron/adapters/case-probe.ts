import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * True when the disk under `folder` (absolute) treats `A.md` and `a.md` as one file. Writes nothing: looks up a
 * name that exists with its letters swapped, first one inside the folder, then the folder's own; else guesses by
 * system. A folder can differ from its parent (a mount, a casefold folder of ext4, a Windows folder made by WSL).
 */
export async function isCaseInsensitive(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const known = new Set(names);
  for (const name of names) {
    const swapped = swapCase(name);
    if (swapped === name) continue;
    return !known.has(swapped) && (await isSameEntry(folder, name, swapped));
  }
  const own = basename(folder);
  if (swapCase(own) !== own) return isSameEntry(dirname(folder), own, swapCase(own));
  return process.platform === 'darwin' || process.platform === 'win32';
}

async function isSameEntry(folder: string, name: string, other: string): Promise<boolean> {
  const [one, two] = await Promise.all(
    [name, other].map((it) => lstat(join(folder, it), { bigint: true }).catch(() => undefined)),
  );
  return one !== undefined && two !== undefined && one.ino === two.ino && one.dev === two.dev;
}

function swapCase(name: string): string {
  return name.replace(/[a-z]|([A-Z])/g, (letter, upper) =>
    upper ? letter.toLowerCase() : letter.toUpperCase(),
  );
}
