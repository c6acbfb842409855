/**
 * Versions that are too large to be hashed and packed within the loop. A look has read each of them, whole and
 * settled, so it is recorded whatever the disk holds by the time it is prepared. Until then nothing else of its path
 * is recorded: it follows what it followed when it was seen.
 */
import { assert } from '../../../shared/assert.ts';
import type { Change, Evidence } from '../../../shared/domain/change.ts';
import type { Brought } from '../../../shared/domain/movement.ts';
import { limits } from '../../../shared/limits.ts';
import type { Attribute } from '../agents/attribute.ts';
import type { Content } from '../log/content-store.ts';
import type { ContentWork } from '../log/content-work.ts';
import { type FindHome, homeOf } from './at-home.ts';
import type { FindMovement } from './brought.ts';
import { recordSeen, recordUnder, type Seen, type SeenDeps } from './seen.ts';

/** `news` is missing when the log has these bytes as newest. */
type Prepared = {
  hash: string;
  news?: { content: Content; evidence: [Evidence, ...Evidence[]]; brought: Brought | undefined };
};

export type LargeVersion = {
  readonly seen: Seen;
  readonly prepared: Promise<Prepared>;
  /** True once recording it does not have to wait. */
  isPrepared: boolean;
  /** Somebody wanted to look at the path meanwhile. */
  lookAgain: boolean;
};

export type LargeVersions = {
  /** Begins to prepare a version; no other of its path may be on its way. */
  begin(seen: Seen): LargeVersion;
  /** The version of the path that is on its way. */
  of(path: string): LargeVersion | undefined;
  /** All that are on their way, oldest first. */
  all(): LargeVersion[];
  /**
   * Records the version once it is prepared; undefined when it was no news. What could not be written stays on its
   * way: by the next try the disk may hold something else.
   */
  record(version: LargeVersion): Promise<Change | undefined>;
};

export type LargeVersionsDeps = SeenDeps & {
  contentWork: ContentWork;
  attribute: Attribute;
  findMovement: FindMovement;
  findHome: FindHome;
};

/** `prepared` is called once for each version, beside the loop. */
export function createLargeVersions(
  deps: LargeVersionsDeps,
  prepared: (version: LargeVersion) => void,
): LargeVersions {
  const versionByPath = new Map<string, LargeVersion>();
  /** One after another: each keeps a thread, and much of a processor, to itself. */
  let last: Promise<unknown> = Promise.resolve();

  async function recordPrepared(
    { seen }: LargeVersion,
    { hash, news }: Prepared,
  ): Promise<Change | undefined> {
    if (deps.known.get(seen.path)?.content === hash) {
      deps.known.touch(seen.path, seen.stat, seen.seenMs);
      return undefined;
    }
    assert(news !== undefined, `nothing else of ${seen.path} was recorded while it was prepared`);
    const movement = await recordUnder(deps, seen, news.brought);
    const moved = { ...seen, movement };
    const home = await homeOf(deps, moved);
    return recordSeen(deps, { ...moved, home }, news.content, news.evidence);
  }

  return {
    begin(seen) {
      const work = last.then(() => prepare(deps, seen));
      const version = { seen, prepared: work, isPrepared: false, lookAgain: false };
      versionByPath.set(seen.path, version);
      last = work
        .catch(() => undefined)
        .then(() => {
          version.isPrepared = true;
          prepared(version);
        });
      return version;
    },
    of: (path) => versionByPath.get(path),
    all: () => [...versionByPath.values()],
    async record(version) {
      const { path } = version.seen;
      const ready = await version.prepared.catch((failure: unknown) => {
        versionByPath.delete(path);
        throw failure;
      });
      const change = await recordPrepared(version, ready);
      versionByPath.delete(path);
      return change;
    },
  };
}

async function prepare(deps: LargeVersionsDeps, { path, bytes, ageMs, baseline }: Seen): Promise<Prepared> {
  const { contentWork, attribute, known, findMovement } = deps;
  const hash = await contentWork.hash(bytes);
  const before = known.get(path);
  if (before?.content === hash) return { hash };
  const evidence = await attribute({ path, fresh: ageMs < limits.racyStatMs });
  const brought = baseline ? undefined : await findMovement(path, bytes, before);
  return { hash, news: { evidence, brought, content: await contentWork.prepare(bytes, hash) } };
}
