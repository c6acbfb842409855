/** A file that is gone, and its way into the log. */
import { type Change, type Evidence, unknownAgent } from '../../../shared/domain/change.ts';
import { gitAgent, type Movement } from '../../../shared/domain/movement.ts';
import { type NewChange, needsNoReport } from '../log/append.ts';
import { type Home, type KnownFile, unknownStat } from '../log/known-files.ts';
import type { Clock, GitRepository } from '../ports.ts';
import { homeChanged, recordMoved } from './brought.ts';
import type { SeenDeps } from './seen.ts';
import type { TakenAway } from './unmerged.ts';

type Deps = SeenDeps & { clock: Clock; git: Pick<GitRepository, 'isInTheMiddle'> };

/**
 * A new file that was staged in the middle of a merge or the like, of which the others know nothing: so they hear nothing
 * of its end. It is in the list of files from now on, as one that can be restored.
 */
export async function recordTakenAway(
  { known, append, clock, git }: Deps,
  { path, fileClass, content }: TakenAway,
): Promise<Change> {
  const isOver = !(await git.isInTheMiddle());
  const { heads = [], displaced } = known.get(path) ?? {};
  const evidence = (isOver ? tookAway : nobodyKnown)(clock.nowMs());
  const change = deletion({ path, fileClass, content, heads, stat: unknownStat }, evidence);
  return append.local({ ...change, consolidation: needsNoReport }, { heads, displaced });
}

const tookAway = (at: number): Evidence => ({
  agent: gitAgent,
  source: 'git',
  detail: 'It was staged and never committed: git took it away when it gave up what it was in the middle of.',
  at,
});

const nobodyKnown = (at: number): Evidence => ({
  agent: unknownAgent,
  source: 'none',
  detail: 'A deleted file tells nothing about who deleted it.',
  at,
});

/** `home`: of a displaced file that is there again, where nothing lies now. */
export type Gone = { movement?: Movement | undefined; home?: Home | undefined };

/** A row for this replica alone, where nothing lay at its home either. */
export function recordGone(
  deps: SeenDeps & { clock: Clock },
  known: KnownFile,
  { movement, home }: Gone,
): Change {
  const at = deps.clock.nowMs();
  const isMoved = movement?.grew === false;
  const base = home ?? (isMoved ? homeChanged(deps, known, null, movement) : undefined);
  if (isMoved && base === undefined)
    return recordMoved(deps, { ...known, content: null, seenMs: at }, movement);
  const change = { ...deletion(known, nobodyKnown(at)), movement };
  if (home?.content === null) {
    // Versions of others may have waited while something else lay here.
    deps.settleSoon();
    return deps.append.local(change, { heads: home.heads, displaced: undefined });
  }
  if (base === undefined) return deps.append.change(change);
  return deps.append.share({ ...change, previous: base.content, parents: base.heads });
}

type Lost = Pick<KnownFile, 'path' | 'fileClass' | 'content' | 'heads' | 'stat'>;

const deletion = ({ path, fileClass, content, heads, stat }: Lost, evidence: Evidence): NewChange => ({
  kind: 'deleted',
  path,
  fileClass,
  content: null,
  previous: content,
  parents: heads,
  evidence: [evidence],
  stat,
  consolidation: null,
  baseline: false,
});
