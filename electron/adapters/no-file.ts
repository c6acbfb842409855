/** What lies at a path of a work tree where git looks for a file. */
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { foldersAbove } from '../../shared/domain/paths.ts';
import type { NoFile } from '../engine/git/repository.ts';

/** See `GitObjects.noFileAt`. */
export function noFileAt(top: string, path: string): NoFile {
  try {
    const link = linkAbove(top, path);
    if (link !== undefined) return { is: 'behind', link };
    if (!lstatSync(join(top, path)).isDirectory()) return { is: 'other' };
    return { is: isRepository(join(top, path)) ? 'repository' : 'folder' };
  } catch {
    return { is: 'other' };
  }
}

/** The link on the way to a path. Throws when there is no such way. */
export function linkAbove(top: string, path: string): string | undefined {
  return foldersAbove(path)
    .toReversed()
    .find((folder) => lstatSync(join(top, folder)).isSymbolicLink());
}

/** As git tells it: what only has the name of a repository is a folder like others. */
function isRepository(folder: string): boolean {
  const inside = join(folder, '.git');
  const stats = statSync(inside, { throwIfNoEntry: false });
  if (stats?.isFile()) return readFileSync(inside, 'latin1').startsWith('gitdir: ');
  const parts = ['HEAD', 'objects', 'refs'].map((name) => join(inside, name));
  return (
    stats !== undefined && parts.every((part) => lstatSync(part, { throwIfNoEntry: false }) !== undefined)
  );
}
