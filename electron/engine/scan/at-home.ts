/**
 * Files that git displaced, and that are at home again: their branch is checked out, or has what lies here. However git
 * came to that, what lies there was committed, so it is a version for all, on top of what lay there before. So is what
 * was never committed, once everything that is shared is back.
 */
import { isAllBack } from '../../../shared/domain/came-back.ts';
import type { Change } from '../../../shared/domain/change.ts';
import type { Attribute } from '../agents/attribute.ts';
import { type BlobIds, blobIdsOf } from '../agents/blob-ids.ts';
import { type ContentStore, storedContent } from '../log/content-store.ts';
import type { ContentWork } from '../log/content-work.ts';
import type { Home, KnownFile } from '../log/known-files.ts';
import type { Clock, GitRepository } from '../ports.ts';
import { recordGone } from './gone.ts';
import { recordSeen, type Seen, type SeenDeps } from './seen.ts';

/**
 * The home of a file that is there again, with what lies there now: said in blobs of git, none for no file, undefined for
 * what git moved without growing a branch; and the bytes, where these are others than before.
 */
export type FindHome = (
  known: KnownFile | undefined,
  lying: (() => Promise<readonly string[]>) | undefined,
  bytes?: Uint8Array,
) => Promise<Home | undefined>;

type FindDeps = {
  git: Pick<GitRepository, 'isAtHome' | 'isThere'>;
  blobIds: BlobIds;
  contentWork: Pick<ContentWork, 'read'>;
};

export function createFindHome({ git, blobIds, contentWork }: FindDeps): FindHome {
  /** What a stash took away was never committed, and git tells nobody that it brought it back: its lines do. */
  async function isBack({ content, displaced }: KnownFile, after: Uint8Array): Promise<boolean> {
    const read = async (hash: string | null) => (hash === null ? undefined : contentWork.read(hash));
    const [before = null, shared] = [await read(content), await read(displaced?.shared ?? null)];
    return shared !== undefined && isAllBack({ before, after, shared });
  }

  return async (known, lying, bytes) => {
    const home = known?.displaced?.home;
    if (known === undefined || home?.place === undefined) return undefined;
    const lay = async () => (home.content === null ? [] : blobIds(home.content));
    if (lying && (await git.isAtHome(known.path, home.place, { lying, lay }))) return home;
    if (bytes === undefined || !(await git.isThere(home.place)) || !(await isBack(known, bytes)))
      return undefined;
    return { content: known.displaced?.shared ?? null, heads: known.heads, branch: undefined };
  };
}

/** Of what was seen. */
export async function homeOf(
  {
    known,
    contentWork,
    findHome,
  }: Pick<SeenDeps, 'known'> & { contentWork: ContentWork; findHome: FindHome },
  { path, bytes, movement }: Seen,
): Promise<Home | undefined> {
  const lying = movement?.grew === false ? undefined : () => blobIdsOf(contentWork, bytes);
  return findHome(known.get(path), lying, bytes);
}

type Deps = SeenDeps & {
  clock: Clock;
  contents: ContentStore;
  attribute: Attribute;
  findHome: FindHome;
  blobIds: BlobIds;
};

/** Of a file that lies as it is known: git may have come to its home without touching it. */
export async function recordAtHome(deps: Deps, known: KnownFile): Promise<Change | undefined> {
  const { path, fileClass, content, stat } = known;
  const home = await deps.findHome(known, async () => (content === null ? [] : deps.blobIds(content)));
  if (home === undefined) return undefined;
  if (content === null) return recordGone(deps, known, { home });
  const size = deps.contents.facts(content)?.size ?? 0;
  const evidence = await deps.attribute({ path, fresh: false });
  const seen = { path, fileClass, stat, seenMs: deps.clock.nowMs(), baseline: false, home };
  return recordSeen(deps, seen, storedContent(content, size), evidence);
}
