/**
 * Looks at one path and records what changed. The disk decides, by content; hints and time stamps only say where
 * and whether to look (DESIGN rule 2).
 */
import type { Change, FileClass } from '../../../shared/domain/change.ts';
import { looksCut, mayBeCut } from '../../../shared/domain/text.ts';
import type { TrackedSet } from '../../../shared/domain/tracked-files.ts';
import { limits } from '../../../shared/limits.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import type { Attribute } from '../agents/attribute.ts';
import type { BlobIds } from '../agents/blob-ids.ts';
import { needsNoReport } from '../log/append.ts';
import { type Content, type ContentStore, contentOf } from '../log/content-store.ts';
import type { ContentWork } from '../log/content-work.ts';
import { type KnownFile, sameFile, statKey } from '../log/known-files.ts';
import type { Clock, Codec, FileStat, Files, GitRepository, Sql } from '../ports.ts';
import { type FindHome, homeOf, recordAtHome } from './at-home.ts';
import type { FindMovement } from './brought.ts';
import { foreignReport } from './foreign-report.ts';
import { recordGone, recordTakenAway } from './gone.ts';
import type { OwnFacts } from './own-facts.ts';
import { rootProblem } from './root.ts';
import { seePath } from './see.ts';
import { recordSeen, recordUnder, type Seen, type SeenDeps } from './seen.ts';
import { ageMs, type Settling, settleWait, settlingAfter, wasRenamedIntoPlace } from './settle.ts';
import { createUnmergedFiles } from './unmerged.ts';

export type Look =
  | { kind: 'same' }
  | { kind: 'recorded'; change: Change }
  /** It has settled, but is too large to be hashed and packed here: large-versions.ts finds out whether it is news. */
  | { kind: 'large'; seen: Seen }
  /** The file is still being written; look again after so many milliseconds. */
  | { kind: 'wait'; delayMs: number; forGit?: true }
  /** A folder lies there: its entries are to be looked at. */
  | { kind: 'folder' }
  | { kind: 'untracked' }
  /** The workspace itself is gone, so the missing file is not deleted; the next scan says so. */
  | { kind: 'lost'; problem: Problem }
  /** `againMs`: it may be over by then, and nobody tells. `kept`: recorded for this replica all the same. */
  | { kind: 'problem'; problem: Problem; againMs?: number; kept?: Change };

export type LookDeps = SeenDeps & {
  sql: Sql;
  clock: Clock;
  codec: Codec;
  files: Files;
  contents: ContentStore;
  contentWork: ContentWork;
  attribute: Attribute;
  git: Pick<GitRepository, 'isAtWork' | 'isInTheMiddle' | 'unfinishedAt' | 'unmergedAt' | 'checkedOut'>;
  findMovement: FindMovement;
  findHome: FindHome;
  blobIds: BlobIds;
  ownFacts: OwnFacts;
  tracked: () => TrackedSet;
};

/** `baseline`: a file seen for the first time was there before us. `now`: record what stands, without settling. */
export type LookOptions = { baseline: boolean; now: boolean };

export type Looker = {
  look(path: string, options: LookOptions): Promise<Look>;
  /** Tracked files that cannot be recorded right now, by path. */
  problems(): ReadonlyMap<string, Problem>;
  /** Forgets problems of paths for which `keep` is false. */
  forget(keep: (path: string) => boolean): void;
};

export function createLooker(deps: LookDeps): Looker {
  const settlingByPath = new Map<string, Settling>();
  const problemByPath = new Map<string, Problem>();
  const unmerged = createUnmergedFiles(deps);

  async function look(path: string, options: LookOptions): Promise<Look> {
    const fileClass = deps.tracked().classify(path);
    const sight = await seePath(deps.files, path, (other) => deps.tracked().classify(other) !== undefined);
    if (fileClass === undefined) return { kind: sight.kind === 'folder' ? 'folder' : 'untracked' };
    if (sight.kind === 'problem') return sight;
    if (sight.kind === 'file') return lookAtFile(path, fileClass, sight, options);
    const gone = await lookAtGone(path, options);
    return gone.kind === 'same' && sight.kind === 'folder' ? { kind: 'folder' } : gone;
  }

  /** Nothing of ours lies there. An atomic save leaves such a moment, so absence must last, too. */
  async function lookAtGone(path: string, options: LookOptions): Promise<Look> {
    const known = deps.known.get(path);
    if (known === undefined || known.content === null) return lookAtNothing(path, known);
    const delayMs = waitFor(path, { key: 'absent', cut: true }, { renamed: options.now, ageMs: -1 });
    if (delayMs > 0) return { kind: 'wait', delayMs };
    const lost = await rootProblem(deps);
    if (lost !== undefined) return { kind: 'lost', problem: lost };
    if (await isGitAtWork(path, options)) return waitForGit;
    const gone = await unmerged.ofGone(path);
    if (gone !== undefined) return gone;
    const brought = await deps.findMovement(path, undefined, known);
    const seenMs = deps.clock.nowMs();
    const movement = await recordUnder(deps, { path, fileClass: known.fileClass, seenMs }, brought);
    const now = deps.known.get(path) ?? known;
    if (now.content === null) return lookAtSame(now);
    const home = movement?.grew === false ? undefined : await deps.findHome(now, async () => []);
    return lookOf(recordGone(deps, now, { movement, home }));
  }

  /** Nothing is known to lie there. */
  async function lookAtNothing(path: string, known: KnownFile | undefined): Promise<Look> {
    const added = unmerged.addedAt(path);
    if (added === undefined) return lookAtSame(known);
    const unfinished = await unmerged.ofGone(path);
    return unfinished ?? lookOf(await recordTakenAway(deps, added));
  }

  /** It lies there, or does not, as it is known. */
  async function lookAtSame(known: KnownFile | undefined): Promise<Look> {
    return known?.displaced === undefined ? { kind: 'same' } : lookOf(await recordAtHome(deps, known));
  }

  /** What git is bringing is known for that only when HEAD has moved; one that never rests is not waited for. */
  async function isGitAtWork(path: string, { now, baseline }: LookOptions): Promise<boolean> {
    if (now || baseline) return false;
    const sinceMs = settlingByPath.get(path)?.sinceMs ?? deps.clock.monotonicMs();
    if (deps.clock.monotonicMs() - sinceMs > limits.gitPatienceMs) return false;
    return deps.git.isAtWork(deps.clock.nowMs());
  }

  async function lookAtFile(
    path: string,
    fileClass: FileClass,
    sight: { stat: FileStat; readPath: string },
    options: LookOptions,
  ): Promise<Look> {
    const known = deps.known.get(path);
    const isOurs = deps.ownFacts.areSeen(path, sight.stat);
    if (isOurs || (known !== undefined && sameFile(known, sight.stat))) return lookAtSame(known);
    const wasKept = await unmerged.wasKept(path, sight.stat);
    if (wasKept !== undefined) return wasKept;
    const settleMs = (stat: FileStat, cut: boolean): number =>
      options.now ? 0 : settle(known, path, stat, cut);
    // Reading it again and again while it grows would keep the disk busy for nothing.
    const growingMs = deps.contentWork.isLarge(sight.stat.size) ? settleMs(sight.stat, false) : 0;
    if (growingMs > 0) return { kind: 'wait', delayMs: growingMs };
    if (settlingByPath.has(path) && (await isGitAtWork(path, options))) return waitForGit;
    const read = await readWhole(deps.files, sight.readPath);
    if (!read.ok) return { kind: 'problem', problem: read.error };
    if (read.value === undefined) return { kind: 'wait', delayMs: limits.settleWholeMs };
    const { bytes, stat } = read.value;
    const hash = deps.contentWork.isLarge(bytes.length) ? undefined : deps.codec.sha256(bytes);
    const seenMs = deps.clock.nowMs();
    if (hash !== undefined && hash === known?.content) {
      deps.known.touch(path, stat, seenMs);
      unmerged.takenBack(path);
      return lookAtSame(known);
    }
    const delayMs = settleMs(stat, seemsCut(deps, known, bytes));
    if (delayMs > 0) return { kind: 'wait', delayMs };
    if (await isGitAtWork(path, options)) return waitForGit;
    const kept = await unmerged.keep({ path, fileClass, bytes, stat, seenMs });
    if (kept !== undefined) return kept;
    const { baseline } = options;
    const seen: Seen = { path, fileClass, bytes, stat, seenMs, ageMs: ageMs(stat, seenMs), baseline };
    if (hash === undefined) return { kind: 'large', seen };
    const brought = baseline ? undefined : await deps.findMovement(path, bytes, known);
    seen.movement = await recordUnder(deps, seen, brought);
    seen.home = unmerged.takenBack(path) ?? (await homeOf(deps, seen));
    return lookOf(await recordNow(seen, contentOf(deps.codec, bytes, hash), known));
  }

  async function recordNow(
    seen: Seen,
    content: Content,
    known: KnownFile | undefined,
  ): Promise<Change | undefined> {
    const report = foreignReport(deps.sql, () => previousBytes(deps, known), seen);
    if (report !== undefined) return recordSeen(deps, seen, content, [report], needsNoReport);
    const evidence = await deps.attribute({ path: seen.path, fresh: seen.ageMs < limits.racyStatMs });
    return recordSeen(deps, seen, content, evidence);
  }

  /** Milliseconds until the file may have settled. */
  function settle(known: KnownFile | undefined, path: string, stat: FileStat, cut: boolean): number {
    const renamed = wasRenamedIntoPlace(known?.stat.inode, stat);
    return waitFor(path, { key: statKey(stat), cut }, { renamed, ageMs: ageMs(stat, deps.clock.nowMs()) });
  }

  function waitFor(
    path: string,
    seen: Pick<Settling, 'key' | 'cut'>,
    evidence: { renamed: boolean; ageMs: number },
  ): number {
    const nowMs = deps.clock.monotonicMs();
    const settling = settlingAfter(settlingByPath.get(path), seen, nowMs);
    settlingByPath.set(path, settling);
    return settleWait(settling, evidence, nowMs);
  }

  /** What could not be recorded begins to settle anew: it may be another file by the next look. */
  async function lookAndSettle(path: string, options: LookOptions): Promise<Look> {
    let isSettling = false;
    try {
      const seen = await look(path, options);
      isSettling = seen.kind === 'wait';
      return seen;
    } finally {
      if (!isSettling) settlingByPath.delete(path);
    }
  }

  return {
    async look(path, options) {
      const seen = await lookAndSettle(path, options);
      if (seen.kind === 'problem') problemByPath.set(path, seen.problem);
      else if (seen.kind !== 'wait') problemByPath.delete(path);
      return seen;
    },
    problems: () => problemByPath,
    forget(keep) {
      for (const path of problemByPath.keys()) if (!keep(path)) problemByPath.delete(path);
    },
  };
}

const lookOf = (change: Change | undefined): Look =>
  change === undefined ? { kind: 'same' } : { kind: 'recorded', change };

const waitForGit: Look = { kind: 'wait', delayMs: limits.gitMovesHeadMs };

/** A large version is not unpacked only to be compared with. */
function seemsCut(deps: LookDeps, known: KnownFile | undefined, bytes: Uint8Array): boolean {
  const size = known?.content == null ? 0 : (deps.contents.facts(known.content)?.size ?? 0);
  if (deps.contentWork.isLarge(Math.max(size, bytes.length))) return mayBeCut(size, bytes);
  return looksCut(previousBytes(deps, known), bytes);
}

/** Only evidence: a version that is damaged in the log must not keep us from recording the next one. */
function previousBytes(deps: LookDeps, known: KnownFile | undefined): Uint8Array | undefined {
  try {
    return known?.content == null ? undefined : deps.contents.get(known.content);
  } catch {
    return undefined;
  }
}

/** Undefined when the file moved or changed while it was read. */
export async function readWhole(
  files: Files,
  path: string,
): Promise<Result<{ bytes: Uint8Array; stat: FileStat } | undefined>> {
  const held = await files.hold(path);
  if (!held.ok) return held;
  if (held.value === undefined) return { ok: true, value: undefined };
  try {
    const before = await held.value.stat();
    const bytes = await held.value.read();
    const after = await held.value.stat();
    const whole = statKey(before) === statKey(after) && bytes.length === after.size;
    return { ok: true, value: whole ? { bytes, stat: after } : undefined };
  } finally {
    await held.value.close();
  }
}
