/** Which of some files differ from the last commit: asked about each of them, never by a walk of the tree. */
import { ok, type Result } from '../../../shared/result.ts';
import type { GitObjects } from './repository.ts';
import { isSameEntry } from './tree-entry.ts';

/** Files that git could not hold count as the same. */
export async function findUncommitted(
  store: GitObjects,
  head: string | undefined,
  paths: readonly string[],
): Promise<Result<string[]>> {
  const committed = head === undefined ? ok(new Map()) : await store.entriesAt(head, paths);
  if (!committed.ok) return committed;
  const entries = await Promise.all(paths.map((path) => store.entryOnDisk(path)));
  return ok(
    paths.filter((path, index) => {
      const entry = entries[index];
      return entry?.ok === true && !isSameEntry(entry.value, committed.value.get(path));
    }),
  );
}
