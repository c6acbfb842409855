/**
 * News of a file that git displaced on the branch where it was at home, by a rebase or a reset: what was there is not
 * coming back, so the news are carried over to what lies there, as edits made there are to what is shared. Nothing of the
 * movement is told to anybody.
 */
import { carryEdit } from '../../../shared/domain/carry-edit.ts';
import type { BlobIds } from '../agents/blob-ids.ts';
import type { Lineage } from '../apply/lineage.ts';
import { type ContentStore, contentOf } from '../log/content-store.ts';
import type { Displaced, KnownFile, KnownFiles } from '../log/known-files.ts';
import type { Codec, GitRepository, Sql } from '../ports.ts';
import type { FilePlan } from './plan-file.ts';

type Asking = {
  sql: Sql;
  known: KnownFiles;
  git: Pick<GitRepository, 'checkedOut' | 'hasCommitted' | 'isStashed'>;
  blobIds: BlobIds;
};

/**
 * Those of the paths whose files lie displaced on their own branch. Over what we wrote git could not bring a stash back, so
 * news wait for what is on one.
 */
export async function movedAtHome(
  { sql, known, git, blobIds }: Asking,
  paths: readonly string[],
): Promise<Set<string>> {
  // Each question by itself would lock the database and let it go.
  const homes = sql.transaction(() =>
    paths.flatMap((path) => {
      const home = known.get(path)?.displaced?.home;
      return home?.place?.branch === undefined || home.content === null ? [] : [{ path, home }];
    }),
  );
  const here = homes.length === 0 ? undefined : await git.checkedOut();
  const found = new Set<string>();
  for (const { path, home } of homes) {
    const { place, content } = home;
    if (here === undefined || place === undefined || place.branch !== here.branch || content === null)
      continue;
    const wasCommitted = await git.hasCommitted(place.commit, path, await blobIds(content));
    if (wasCommitted || !(await git.isStashed(path))) found.add(path);
  }
  return found;
}

/** What carries news over to what lies there; undefined where nothing is carried. */
export type NewsCarrier = {
  /** From what lies there now; the same where the news cannot be told from it. */
  compute(current: Uint8Array | undefined): Uint8Array | null;
  lineage(): Lineage | undefined;
  isCarried(): boolean;
};

export function carryNews(
  { contents, codec }: { contents: ContentStore; codec: Codec },
  { path, displaced }: KnownFile & { displaced: Displaced },
  plan: Exclude<FilePlan, { kind: 'wait' }>,
): NewsCarrier | undefined {
  const next =
    plan.kind === 'join' ? plan.bytes : plan.content === null ? undefined : contents.get(plan.content);
  const before = displaced.shared === null ? undefined : contents.get(displaced.shared);
  if (next === undefined || before === undefined) return undefined;
  let isCarried = false;
  return {
    isCarried: () => isCarried,
    compute(current) {
      const carried = current && carryEdit({ path, before, after: next, shared: current, returns: true });
      isCarried = carried != null;
      return carried ?? current ?? null;
    },
    lineage() {
      if (!isCarried) return undefined;
      const shared = contentOf(codec, next);
      contents.put(shared);
      const { heads, losers } = plan;
      return { heads, losers, joins: undefined, displaced: { ...displaced, shared: shared.hash } };
    },
  };
}
