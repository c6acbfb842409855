/** Sub-folders, for choosing a workspace in a browser, which cannot name a folder by itself. */
import { opendir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { diskProblem } from '../../host/disk-problem.ts';
import { badField } from '../collect-input.ts';
import type { Handler } from '../deps.ts';

/** The folders in `folder` (absolute; default: the home folder), hidden ones last, at most `limits.folderRows`. */
export const listFolders: Handler<'listFolders'> = async ({ homeFolder }, input) => {
  const asked = input.folder ?? homeFolder;
  if (!isAbsolute(asked) || asked.includes('\0')) return err(notAbsolute);
  const folder = resolve(asked);
  const names = await folderNames(folder);
  if (!names.ok) return names;
  const parent = dirname(folder);
  return ok({
    folder,
    parent: parent === folder ? null : parent,
    folders: await Promise.all(names.value.slice(0, limits.folderRows).map((name) => rowOf(folder, name))),
  });
};

async function rowOf(parent: string, name: string) {
  const folder = join(parent, name);
  return { name, folder, repository: await exists(join(folder, '.git')) };
}

/** Names of sub-folders, links to folders too, sorted as a person looks for them. */
async function folderNames(folder: string): Promise<Result<string[]>> {
  const found: string[] = [];
  let seen = 0;
  try {
    for await (const entry of await opendir(folder)) {
      const isFolder =
        entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(join(folder, entry.name))));
      if (isFolder) found.push(entry.name);
      seen += 1;
      if (seen >= limits.folderEntries) break;
    }
  } catch (cause) {
    return err(diskProblem(cause, folder, 'look into'));
  }
  return ok(found.toSorted(byVisibilityAndName));
}

function byVisibilityAndName(left: string, right: string): number {
  const hidden = (name: string) => (name.startsWith('.') ? 1 : 0);
  const numeric = { numeric: true, sensitivity: 'base' } as const;
  return hidden(left) - hidden(right) || left.localeCompare(right, 'en', numeric);
}

const leadsToFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

const notAbsolute = badField(
  'folder',
  'is not a full path',
  'Give the whole path, from the root of the disk.',
);
