/** A version as a look saw it, whole and settled, and its way into the log. */
import type { Change, Evidence, FileClass } from '../../../shared/domain/change.ts';
import type { Brought, Movement } from '../../../shared/domain/movement.ts';
import type { Arrived } from '../log/arrived.ts';
import type { Content } from '../log/content-store.ts';
import type { ContentWork } from '../log/content-work.ts';
import { type Home, unknownStat } from '../log/known-files.ts';
import type { FileStat } from '../ports.ts';
import { homeChanged, type MovedDeps, recordMoved } from './brought.ts';

export type SeenDeps = MovedDeps & { arrived: Arrived; settleSoon(): void };

export type Seen = {
  path: string;
  fileClass: FileClass;
  bytes: Uint8Array;
  stat: FileStat;
  /** Unix milliseconds of the look. */
  seenMs: number;
  /** Milliseconds since its own last change. */
  ageMs: number;
  /** It was there before us, unless we know an earlier version. */
  baseline: boolean;
  /** What git did to bring it; undefined when somebody wrote it. */
  movement?: Movement | undefined;
  /** Where a file that was displaced is at home, and is again: what was seen stands on what lay there. */
  home?: Home | undefined;
};

/** What a version needs to be recorded when its content is known. */
export type Sighting = Omit<Seen, 'bytes' | 'ageMs'>;

/**
 * Records what git brought under what somebody wrote since, if so; returns the movement that brought what was seen. The
 * facts of that are another's, so that whoever dies in between looks again.
 */
export async function recordUnder(
  deps: SeenDeps & { contentWork: ContentWork },
  { path, fileClass, seenMs }: Pick<Seen, 'path' | 'fileClass' | 'seenMs'>,
  brought: Brought | undefined,
): Promise<Movement | undefined> {
  if (brought?.under === undefined) return brought?.movement;
  const { movement, under } = brought;
  const content = under === null ? null : await deps.contentWork.prepare(under);
  if ((deps.known.get(path)?.content ?? null) === (content?.hash ?? null)) return undefined;
  const file = { path, fileClass, content, stat: unknownStat, seenMs };
  const heads = content === null ? [] : deps.arrived(path, content.hash, deps.known.get(path)?.heads ?? []);
  recordMoved(deps, file, movement, heads);
  return undefined;
}

/**
 * Records what was seen on top of what is known. Undefined when another replica's change, which stands on what lay
 * here, says the same already: its bytes came another way, by git for example. `consolidation` is where it is folded
 * already; null while it is pending.
 */
export function recordSeen(
  deps: SeenDeps,
  seen: Sighting,
  content: Content,
  evidence: readonly [Evidence, ...Evidence[]],
  consolidation: number | null = null,
): Change | undefined {
  const { path, fileClass, stat, seenMs, movement } = seen;
  const known = deps.known.get(path);
  const heads = headsOf(deps, seen, content.hash);
  const isMoved = movement?.grew === false;
  const home = seen.home ?? (isMoved ? homeChanged(deps, known, content.hash, movement) : undefined);
  if (isMoved && home === undefined && !deps.followsBranches())
    return recordMoved(deps, { ...seen, content }, movement, heads);
  if (heads.length > 0) {
    deps.known.follow({ path, fileClass, content: content.hash, stat, seenMs, heads });
    // Beside them may stand versions that had to wait while something else lay here.
    deps.settleSoon();
    return undefined;
  }
  if (isMoved && home === undefined) return recordMoved(deps, { ...seen, content }, movement);
  const before = home ?? known;
  const record = home === undefined ? deps.append.change : deps.append.share;
  return record({
    kind: before === undefined || before.content === null ? 'created' : 'modified',
    path,
    fileClass,
    content,
    previous: before?.content ?? null,
    parents: before?.heads ?? [],
    evidence,
    stat,
    seenMs,
    consolidation,
    baseline: seen.baseline && known === undefined,
    movement,
  });
}

/** Heads that say the same: what lies there stands for them. */
function headsOf({ known, arrived }: SeenDeps, { path, home }: Sighting, hash: string): readonly string[] {
  if (home !== undefined && home.content === hash) return home.heads;
  return arrived(path, hash, (home ?? known.get(path))?.heads ?? []);
}
