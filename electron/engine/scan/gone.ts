/** A file that is gone, and its way into the log. */
import type { Change } from '../../../shared/domain/change.ts';
import type { Movement } from '../../../shared/domain/movement.ts';
import type { Home, KnownFile } from '../log/known-files.ts';
import type { Clock } from '../ports.ts';
import { homeChanged, recordMoved } from './brought.ts';
import type { SeenDeps } from './seen.ts';

/** `home`: of a displaced file that is there again, where nothing lies now. */
export type Gone = { movement?: Movement | undefined; home?: Home | undefined };

/** Undefined when nothing lay at its home either. */
export function recordGone(
  deps: SeenDeps & { clock: Clock },
  known: KnownFile,
  { movement, home }: Gone,
): Change | undefined {
  const at = deps.clock.nowMs();
  const isMoved = movement?.grew === false;
  const base = home ?? (isMoved ? homeChanged(deps, known, null, movement) : undefined);
  if (isMoved && base === undefined)
    return recordMoved(deps, { ...known, content: null, seenMs: at }, movement);
  if (home?.content === null) {
    deps.known.follow({ ...known, content: null, seenMs: at, heads: home.heads });
    deps.settleSoon();
    return undefined;
  }
  const before = base ?? known;
  const record = base === undefined ? deps.append.change : deps.append.share;
  return record({
    kind: 'deleted',
    path: known.path,
    fileClass: known.fileClass,
    content: null,
    previous: before.content,
    parents: before.heads,
    evidence: [
      { agent: 'unknown', source: 'none', detail: 'A deleted file tells nothing about who deleted it.', at },
    ],
    stat: known.stat,
    consolidation: null,
    baseline: false,
    movement,
  });
}
