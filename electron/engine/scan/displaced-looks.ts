/** When files that git displaced are looked at: git comes to their home without touching them, so no hint tells. */
import type { Change } from '../../../shared/domain/change.ts';
import type { KnownFiles } from '../log/known-files.ts';
import type { GitRepository } from '../ports.ts';

type Deps = { known: KnownFiles; git: Pick<GitRepository, 'checkedOut'>; settleSoon(): void };

/** Looks at them if something else is checked out than when this was asked last. */
export function createDisplacedLooks(
  { known, git, settleSoon }: Deps,
  lookAt: (path: string) => Promise<Change[]>,
): () => Promise<Change[]> {
  let last: string | undefined;
  return async () => {
    const paths = known.displaced();
    const now = paths.length === 0 ? undefined : await git.checkedOut();
    if (now === undefined || `${now.branch} ${now.commit}` === last) return [];
    const changes: Change[] = [];
    for (const path of paths) changes.push(...(await lookAt(path)));
    last = `${now.branch} ${now.commit}`;
    // What others wrote to those that git moved on their own branch may have waited for it.
    settleSoon();
    return changes;
  };
}
