/** How the log learns of a write of ours: what we wrote, and what somebody wrote in the same moment. */
import type { Change } from '../../../shared/domain/change.ts';
import type { Content } from '../log/content-store.ts';
import type { FileStat } from '../ports.ts';
import type { OwnWrite, OwnWriteDeps } from './own-write.ts';

type Recording = Pick<OwnWriteDeps, 'clock' | 'known' | 'append'>;

/** Records the bytes that we wrote, with the facts of the file that holds them. */
export function recordOwn(
  deps: Recording,
  write: Pick<OwnWrite, 'path' | 'fileClass' | 'evidence' | 'consolidation'>,
  content: Content,
  stat: FileStat,
): Change {
  const known = deps.known.get(write.path);
  return deps.append.change({
    kind: known === undefined || known.content === null ? 'created' : 'modified',
    path: write.path,
    fileClass: write.fileClass,
    content,
    previous: known?.content ?? null,
    parents: known === undefined ? [] : [known.head],
    evidence: [write.evidence],
    stat,
    consolidation: write.consolidation,
    baseline: false,
  });
}

/** Keeps a version that stood only for the moment in which we replaced it. Does nothing when the log has it as newest. */
export function recordRaced(
  deps: Recording,
  write: Pick<OwnWrite, 'path' | 'fileClass'>,
  content: Content,
): void {
  const known = deps.known.get(write.path);
  if (known === undefined || known.content === content.hash) return;
  deps.append.change({
    kind: known.content === null ? 'created' : 'modified',
    path: write.path,
    fileClass: write.fileClass,
    content,
    previous: known.content,
    parents: [known.head],
    evidence: [
      {
        agent: 'unknown',
        source: 'none',
        detail: 'Written in the moment in which Skein replaced the file.',
        at: deps.clock.nowMs(),
      },
    ],
    stat: known.stat,
    consolidation: null,
    baseline: false,
  });
}
