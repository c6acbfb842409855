/**
 * Brings files on the disk to where the log says they should be: forward to what another replica wrote, or to what
 * several wrote together. Whatever lies there unseen is recorded first, and takes part (DESIGN rule 7).
 */
import type { Change, Evidence, FileClass } from '../../../shared/domain/change.ts';
import { limits } from '../../../shared/limits.ts';
import { ok, type Result } from '../../../shared/result.ts';
import type { BlobIds } from '../agents/blob-ids.ts';
import type { Lineage, Loser } from '../apply/lineage.ts';
import { type OwnWrite, type OwnWriteDeps, writeOwnTogether } from '../apply/own-write.ts';
import type { Appender } from '../log/append.ts';
import { joinHeads, type KnownFile, unknownStat } from '../log/known-files.ts';
import { carryNews, movedAtHome } from './carry-news.ts';
import type { Inbox } from './inbox.ts';
import { type FilePlan, type PlanDeps, planFile } from './plan-file.ts';

export type SettleDeps = {
  write: OwnWriteDeps;
  plan: PlanDeps;
  inbox: Inbox;
  append: Appender;
  classify(path: string): FileClass | undefined;
  blobIds: BlobIds;
};

/**
 * For each path the merge of ours that was needed, if any; or what the disk says: the log is then as it was, and the
 * next try begins anew.
 */
export async function settleFiles(
  deps: SettleDeps,
  paths: readonly string[],
): Promise<Map<string, Result<Change | undefined>>> {
  const movedHere = await movedAtHome({ ...deps.write, blobIds: deps.blobIds }, paths);
  // Each question by itself would lock the database and let it go.
  const writes = deps.write.sql.transaction(() =>
    paths.flatMap((path) => writeFor(deps, path, movedHere.has(path)) ?? []),
  );
  const written = await writeOwnTogether(deps.write, writes);
  const outcomes = writes.map(({ path }, index) => [path, written[index] ?? ok(undefined)] as const);
  return new Map([...paths.map((path) => [path, ok(undefined)] as const), ...outcomes]);
}

/**
 * Undefined when the file is where it should be, or has to wait for a content. `movedHere`: git displaced it on its own
 * branch.
 */
function writeFor(deps: SettleDeps, path: string, movedHere: boolean): OwnWrite | undefined {
  const fileClass = deps.classify(path);
  if (fileClass === undefined) return undefined;
  const first = planFile(deps.plan, path);
  if (first.kind === 'wait') return undefined;
  if (first.kind === 'follow' && first.wanted !== undefined) deps.plan.contents.want(first.wanted);
  const before = deps.write.known.get(path);
  if (before === undefined && first.kind === 'follow' && first.content === null) {
    noteGone(deps, { path, fileClass }, first.heads);
    return undefined;
  }
  if (before !== undefined && isSettled(deps, before, first)) return undefined;
  if (before !== undefined && isElsewhere(before, first))
    return movedHere ? newsFor(deps, before, first, fileClass) : undefined;
  const headsAtFirst = deps.plan.heads.of(path).join();
  // A merge is worked out once more when its file is written, or those of many files would be in memory at a time.
  let plan: FilePlan | undefined = first.kind === 'join' ? undefined : first;
  // What was found on the disk a moment ago is in the log by now: then the plan is made again.
  function planNow(): FilePlan {
    if (plan === undefined || deps.plan.heads.of(path).join() !== headsAtFirst)
      plan = planFile(deps.plan, path);
    return plan;
  }
  // So may what git did a moment ago: then the file stays as it is.
  function isMoved(): boolean {
    const file = deps.write.known.get(path);
    return file !== undefined && isElsewhere(file, planNow());
  }
  return {
    path,
    fileClass,
    merges: first.kind === 'join',
    size: sizeOf(deps, first),
    version() {
      const now = planNow();
      return now.kind === 'follow' && !isMoved() ? now.content : undefined;
    },
    compute: (current) => (plan?.kind === 'join' && !isMoved() ? plan.bytes : (current ?? null)),
    lineage: () => (plan === undefined || isMoved() ? undefined : lineageOf(plan)),
    evidence: evidenceOf(deps),
    consolidation: null,
    patienceMs: limits.reportPatienceMs,
    alongside: () => enterLosers(deps, path, plan === undefined || plan.kind === 'wait' ? [] : plan.losers),
  };
}

/** Brings what others wrote to a file that lies displaced where it was at home. */
function newsFor(
  deps: SettleDeps,
  file: KnownFile,
  plan: FilePlan,
  fileClass: FileClass,
): OwnWrite | undefined {
  const { displaced, heads, path } = file;
  if (displaced === undefined || plan.kind === 'wait' || joinHeads(heads) === joinHeads(plan.heads))
    return undefined;
  const carrier = carryNews(deps.write, { ...file, displaced }, plan);
  if (carrier === undefined) return undefined;
  // What was found on the disk a moment ago may have ended that, or told the others an edit; then the plan is made again.
  const expected = [heads, plan.heads].map(joinHeads);
  const isStill = () => {
    const now = deps.write.known.get(path);
    return now?.displaced !== undefined && expected.includes(joinHeads(now.heads));
  };
  return {
    path,
    fileClass,
    compute(current) {
      if (isStill()) return carrier.compute(current);
      deps.write.settleSoon();
      return current ?? null;
    },
    lineage: () => (isStill() ? carrier.lineage() : undefined),
    evidence: evidenceOf(deps),
    consolidation: null,
    patienceMs: limits.reportPatienceMs,
    alongside: () => enterLosers(deps, path, carrier.isCarried() ? plan.losers : []),
  };
}

function sizeOf({ plan: { contents } }: SettleDeps, plan: FilePlan): number {
  if (plan.kind === 'join') return plan.bytes.length;
  return plan.kind === 'wait' || plan.content === null ? 0 : (contents.facts(plan.content)?.size ?? 0);
}

/** The file came and went elsewhere. Whoever writes one of this name from now on stands on that. */
function noteGone(
  { write: { known, clock } }: SettleDeps,
  file: { path: string; fileClass: FileClass },
  heads: readonly string[],
): void {
  known.follow({ ...file, content: null, stat: unknownStat, seenMs: clock.nowMs(), heads });
}

function lineageOf(plan: FilePlan): Lineage | undefined {
  if (plan.kind === 'wait') return undefined;
  const { heads, losers } = plan;
  return { heads, losers, joins: plan.kind === 'join' ? plan.how : undefined };
}

/** The same heads may hold more than before: what one of them merged may have been approved since. */
function isSettled({ plan: { sha256 } }: SettleDeps, known: KnownFile, plan: FilePlan): boolean {
  if (plan.kind === 'wait') return true;
  const content = plan.kind === 'join' ? sha256(plan.bytes) : plan.content;
  const isSame =
    known.heads.length === plan.heads.length && plan.heads.every((head) => known.heads.includes(head));
  return isSame && known.content === content;
}

/**
 * Git put something else in the place of what is shared: news of that come when the branch does. To write them now would
 * mix branches, and git would let nobody leave this one.
 */
const isElsewhere = ({ displaced, content }: KnownFile, plan: FilePlan): boolean =>
  displaced !== undefined && !(plan.kind === 'follow' && plan.content === content);

const evidenceOf = ({ write }: SettleDeps): Evidence => ({
  agent: 'skein',
  source: 'skein',
  detail: 'Skein merged what was written in several places at once.',
  at: write.clock.nowMs(),
});

/** Each loser is told to every replica once, so that the inbox is the same everywhere. */
export function enterLosers(
  { inbox, append, write }: Pick<SettleDeps, 'inbox' | 'append' | 'write'>,
  path: string,
  losers: readonly Loser[],
): void {
  for (const { winner, loser, base } of losers) {
    if (inbox.has(path, loser)) continue;
    append.record('conflict', { path, winner, loser, base });
    inbox.open({ path, winner, loser, base, atMs: write.clock.nowMs() });
  }
}
