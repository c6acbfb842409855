/** Which of some files differ from the last commit: asked about each of them, never by a walk of the tree. */
import { ok, type Result } from '../../../shared/result.ts';
import type { GitObjects, TreeEntry } from './repository.ts';
import { isSubmodule } from './submodule.ts';
import { isSameEntry } from './tree-entry.ts';

/** Files that git could not hold count as the same, but for those whose place a folder has taken: they are gone. */
export async function findUncommitted(
  store: GitObjects,
  head: string | undefined,
  paths: readonly string[],
): Promise<Result<string[]>> {
  const committed = head === undefined ? ok(new Map()) : await store.entriesAt(head, paths);
  if (!committed.ok) return committed;
  const differs = await Promise.all(paths.map((path) => isOther(store, path, committed.value.get(path))));
  return ok(paths.filter((_, index) => differs[index]));
}

async function isOther(store: GitObjects, path: string, was: TreeEntry | undefined): Promise<boolean> {
  const entry = await store.entryOnDisk(path);
  if (entry.ok) return !isSameEntry(entry.value, was);
  if (entry.error.code !== 'not-found' || was === undefined || isSubmodule(was)) return false;
  return (await store.noFileAt(path)).is === 'folder';
}
