/**
 * What a file should hold, from what the log knows of it: pure reading, the same on every replica that has the same
 * rows. Where the bytes of old versions count, which some replica may have let go, those that have them write down
 * what they decide, and the others take that (docs/decisions/0020-tombstones-stay.md). Nothing here looks at the disk.
 */
import {
  type Ancestor,
  type Base,
  type FindAncestor,
  nearestBase,
  primaryHeads,
  remembering,
  usableHeads,
  withoutOldCopies,
} from '../../../shared/domain/lineage.ts';
import { mergeVersions } from '../../../shared/domain/merge/merge.ts';
import type { ConflictStrategy } from '../../../shared/domain/settings.ts';
import { stampNode } from '../../../shared/domain/stamp.ts';
import { limits } from '../../../shared/limits.ts';
import type { Loser } from '../apply/lineage.ts';
import type { ContentStore } from '../log/content-store.ts';
import type { Heads } from '../log/heads.ts';

export type FilePlan =
  /** No head may be used, or a content is not here yet. */
  | { kind: 'wait'; missing: string[] }
  /** The content of a change that is there already; null removes the file. */
  | {
      kind: 'follow';
      content: string | null;
      heads: string[];
      losers: Loser[];
      /** What they come from was let go here; where somebody has it, they can be merged after all. */
      wanted?: string;
    }
  /** A change of ours joins the heads: with bytes that nobody wrote, or with those of a version. */
  | {
      kind: 'join';
      how: 'merge' | 'choice';
      bytes: Uint8Array;
      heads: string[];
      losers: Loser[];
      notes: readonly string[];
    };

export type PlanDeps = {
  find: FindAncestor;
  heads: Heads;
  contents: ContentStore;
  sha256(bytes: Uint8Array): string;
  strategy(path: string): ConflictStrategy;
  /** Node ids that this log has written under, so that `prefer-local` knows what is local. */
  isLocal(node: string): boolean;
  /** Whether a change is so old that some replica may have let go of its bytes. */
  isAged(stamp: string): boolean;
};

export function planFile(given: PlanDeps, path: string): FilePlan {
  const plan = planAll(given, path);
  // Of those that are left out the next change takes some more. What they hold is in the plan already.
  return plan.kind === 'wait' ? plan : { ...plan, heads: plan.heads.slice(0, limits.mergedHeads) };
}

function planAll(given: PlanDeps, path: string): FilePlan {
  const deps = { ...given, find: remembering(given.find) };
  const heads = usableHeads(deps.find, deps.heads.of(path));
  if (heads.length === 0) return { kind: 'wait', missing: [] };
  const versions = heads.map((head) => versionOf(deps, head));
  const [only] = distinct(versions);
  if (only !== undefined && distinct(versions).length === 1) return follow(deps, only, heads);
  return planSeveral(deps, path, heads);
}

function follow(
  { contents }: PlanDeps,
  { content }: Ancestor,
  heads: string[],
  losers: Loser[] = [],
): FilePlan {
  if (content !== null && !contents.has(content)) return { kind: 'wait', missing: [content] };
  return { kind: 'follow', content, heads, losers };
}

/** Heads with different contents: what somebody wrote is taken together. */
function planSeveral(deps: PlanDeps, path: string, heads: string[]): FilePlan {
  const versions = sideBySide(deps, heads);
  const standing = versions.slice(0, limits.mergedVersions);
  const [newest] = standing;
  if (newest === undefined) return { kind: 'wait', missing: [] };
  const base = standing.length === 1 ? undefined : baseOf(deps, standing);
  const plan =
    standing.length === 1
      ? follow(deps, newest, heads)
      : decide(deps, path, { heads, standing, base: base?.content ?? null });
  const tooMany = losersOf(newest, versions.slice(standing.length), null);
  const whole = plan.kind === 'wait' ? plan : { ...plan, losers: [...plan.losers, ...tooMany] };
  const isMerged = base !== undefined && deps.strategy(path) === 'merge' && !isCollected(deps, base.content);
  return mayLackElsewhere(deps, heads, isMerged ? [...standing, base] : standing)
    ? writtenDown(deps, whole)
    : whole;
}

/** What somebody wrote; the heads themselves, which everybody has, once the bytes of some of that are gone. */
function sideBySide(deps: PlanDeps, heads: readonly string[]): Ancestor[] {
  const primaries = standingOf(deps, primaryHeads(deps.find, heads));
  return primaries.some(({ away }) => away) ? standingOf(deps, heads) : primaries;
}

/** One version for each content; a deletion gives way to an edit. */
function standingOf(deps: PlanDeps, stamps: readonly string[]): Ancestor[] {
  const all = withoutOldCopies(
    deps.find,
    stamps.map((stamp) => versionOf(deps, stamp)),
    limits.ancestorsWalked,
  );
  const edits = all.filter((version) => version.content !== null);
  return distinct(edits.length === 0 ? all : edits);
}

const baseOf = ({ find }: PlanDeps, standing: readonly Ancestor[]): Base =>
  nearestBase(
    find,
    standing.map((version) => version.stamp),
    limits.ancestorsWalked,
  );

/** Whether some replica may have no bytes of what was needed to decide. Those of the heads all have. */
function mayLackElsewhere(
  deps: PlanDeps,
  heads: readonly string[],
  needed: readonly Pick<Ancestor, 'stamp' | 'content'>[],
): boolean {
  const present = new Set(heads.map((head) => versionOf(deps, head).content));
  return needed.some(({ stamp, content }) => !present.has(content) && deps.isAged(stamp));
}

/** A version of its own, which others take, and which is not worked out again: some of them could not. */
function writtenDown(deps: PlanDeps, plan: FilePlan): FilePlan {
  if (plan.kind === 'join') return { ...plan, how: 'choice' };
  if (plan.kind === 'wait' || plan.content === null) return plan;
  const bytes = deps.contents.get(plan.content);
  if (bytes === undefined) return plan;
  return { kind: 'join', how: 'choice', bytes, heads: plan.heads, losers: plan.losers, notes: [] };
}

/** `standing` are newest first and have different contents. */
type Several = { heads: string[]; standing: Ancestor[]; base: string | null };

function decide(deps: PlanDeps, path: string, several: Several): FilePlan {
  const strategy = deps.strategy(path);
  if (strategy === 'merge') return mergeSeveral(deps, path, several);
  const { heads, standing, base } = several;
  const [newest] = standing as [Ancestor];
  // Replicas that prefer different versions would go on choosing for ever: then the newest counts.
  const winner = standing.every((version) => version.choice) ? newest : preferred(deps, strategy, standing);
  const losers = losersOf(
    winner,
    standing.filter((version) => version !== winner),
    base,
  );
  if (winner === newest) return follow(deps, winner, heads, losers);
  const bytes = winner.content === null ? undefined : deps.contents.get(winner.content);
  if (bytes === undefined) return follow(deps, winner, heads, losers);
  return { kind: 'join', how: 'choice', bytes, heads, losers, notes: [] };
}

function preferred({ isLocal }: PlanDeps, strategy: ConflictStrategy, standing: Ancestor[]): Ancestor {
  const [newest] = standing as [Ancestor];
  if (strategy === 'last-writer-wins') return newest;
  const wanted = strategy === 'prefer-local';
  return standing.find((version) => isLocal(stampNode(version.stamp)) === wanted) ?? newest;
}

const losersOf = (winner: Ancestor, losers: readonly Ancestor[], base: string | null): Loser[] =>
  losers.map((loser) => ({ winner: winner.stamp, loser: loser.stamp, base }));

function mergeSeveral(deps: PlanDeps, path: string, { heads, standing, base }: Several): FilePlan {
  const versions = standing.map((version) => deps.contents.get(version.content ?? ''));
  const before = base === null ? null : deps.contents.get(base);
  const missing = standing
    .map((version) => version.content ?? '')
    .filter((_, index) => versions[index] === undefined);
  if (missing.length > 0) return { kind: 'wait', missing };
  if (base !== null && isCollected(deps, base)) return keepNewest(deps, { heads, standing, base }, base);
  const outcome = mergeVersions(before ?? null, versions as Uint8Array[], { path, keep: 0 });
  const kept = standing.filter((_, index) => !outcome.losers.includes(index));
  const winner = kept.find((version) => version.content !== base) ?? standing[0];
  const losers =
    winner === undefined
      ? []
      : losersOf(
          winner,
          outcome.losers.flatMap((index) => standing[index] ?? []),
          base,
        );
  const hash = deps.sha256(outcome.content);
  const same = heads.map((head) => versionOf(deps, head)).find((version) => version.content === hash);
  const there = same ?? standing.find((version) => version.content === hash);
  if (there !== undefined) return follow(deps, there, heads, losers);
  return { kind: 'join', how: 'merge', bytes: outcome.content, heads, losers, notes: outcome.notes };
}

/** Without the version that both come from, what one side took out would come back from the other. */
function keepNewest(deps: PlanDeps, { heads, standing }: Several, base: string): FilePlan {
  const [newest, ...others] = standing as [Ancestor, ...Ancestor[]];
  const plan = follow(deps, newest, heads, losersOf(newest, others, base));
  return plan.kind === 'follow' ? { ...plan, wanted: base } : plan;
}

/** Not on its way: the retention let it go. */
const isCollected = ({ contents }: PlanDeps, hash: string): boolean =>
  !contents.has(hash) && contents.facts(hash)?.md5 !== '';

function versionOf({ find }: PlanDeps, stamp: string): Ancestor {
  return (
    find(stamp) ?? {
      stamp,
      parents: [],
      content: null,
      merge: false,
      choice: false,
      baseline: false,
      held: false,
      away: false,
    }
  );
}

/** One version for each content, the newest of them, newest first. */
function distinct(versions: readonly Ancestor[]): Ancestor[] {
  const byContent = new Map<string | null, Ancestor>();
  const newestFirst = versions.toSorted((a, b) => (a.stamp < b.stamp ? 1 : -1));
  for (const version of newestFirst) {
    if (!byContent.has(version.content)) byContent.set(version.content, version);
  }
  return [...byContent.values()];
}
