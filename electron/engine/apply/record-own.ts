/** How the log learns of a write of ours: what we wrote, and what somebody wrote in the same moment. */
import { assert } from '../../../shared/assert.ts';
import type { Change } from '../../../shared/domain/change.ts';
import type { NewChange } from '../log/append.ts';
import { type Content, storedContent } from '../log/content-store.ts';
import type { KnownFile } from '../log/known-files.ts';
import type { FileStat } from '../ports.ts';
import type { Lineage } from './lineage.ts';
import type { OwnWrite, OwnWriteDeps } from './own-write.ts';

type Recording = Pick<OwnWriteDeps, 'clock' | 'known' | 'append' | 'settleSoon'>;

type Recorded = Pick<OwnWrite, 'path' | 'fileClass' | 'evidence' | 'consolidation'>;

/**
 * Records the bytes that we wrote, with the facts of the file that holds them. What another replica wrote is a
 * change already: of that only the known state of the file is noted.
 */
export function recordOwn(
  deps: Recording,
  write: Recorded,
  content: Content,
  stat: FileStat,
  lineage?: Lineage,
): Change | undefined {
  if (lineage !== undefined && lineage.joins === undefined && lineage.displaced === undefined) {
    noteFollowed(deps, write, content.hash, stat, lineage);
    return undefined;
  }
  const known = deps.known.get(write.path);
  const change: NewChange = {
    kind: known === undefined || known.content === null ? 'created' : 'modified',
    path: write.path,
    fileClass: write.fileClass,
    content,
    previous: known?.content ?? null,
    parents: lineage?.heads ?? known?.heads ?? [],
    joins: lineage?.joins,
    evidence: [write.evidence],
    stat,
    consolidation: write.consolidation,
    baseline: false,
  };
  return lineage?.displaced === undefined
    ? deps.append.change(change)
    : deps.append.local(change, { heads: lineage.heads, displaced: lineage.displaced });
}

/** `content` null: the file was removed, as another replica did. */
export function noteFollowed(
  { known, clock }: Recording,
  { path, fileClass }: Pick<OwnWrite, 'path' | 'fileClass'>,
  content: string | null,
  stat: FileStat,
  { heads }: Pick<Lineage, 'heads'>,
): void {
  known.follow({ path, fileClass, content, stat, seenMs: clock.nowMs(), heads });
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
    parents: known.heads,
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

/**
 * Keeps a version as `recordRaced` does, where the file holds another that did not come from it: what lies there stands
 * on what both came from, and the two are merged.
 */
export function recordBeside(
  deps: Recording,
  write: Pick<OwnWrite, 'path' | 'fileClass'>,
  content: Content,
): void {
  const before = deps.known.get(write.path);
  if (before === undefined) return;
  recordRaced(deps, write, content);
  noteFollowed(deps, write, before.content, before.stat, before);
  deps.settleSoon();
}

/** The bytes lie there already, but stand for more than before. */
export function recordUnmoved(
  deps: OwnWriteDeps,
  write: OwnWrite,
  known: KnownFile | undefined,
  lineage: Lineage | undefined,
): Change | undefined {
  return deps.sql.transaction(() => {
    write.alongside();
    if (lineage === undefined || known === undefined) return undefined;
    if (lineage.joins === undefined) deps.known.standFor(write.path, lineage.heads);
    if (lineage.displaced !== undefined) deps.known.displace(write.path, lineage.displaced);
    return lineage.joins === undefined ? undefined : recordJoin(deps, write, known, lineage);
  });
}

function recordJoin(deps: OwnWriteDeps, write: OwnWrite, known: KnownFile, lineage: Lineage): Change {
  const { content } = known;
  assert(content !== null, 'only a file that is there joins heads');
  const size = deps.contents.facts(content)?.size ?? 0;
  return deps.append.change({
    kind: 'modified',
    path: write.path,
    fileClass: write.fileClass,
    content: storedContent(content, size),
    previous: content,
    parents: lineage.heads,
    joins: lineage.joins,
    evidence: [write.evidence],
    stat: known.stat,
    consolidation: write.consolidation,
    baseline: false,
  });
}

/** Nothing lies there any more, as we wanted. */
export function recordRemoval(
  deps: OwnWriteDeps,
  write: OwnWrite,
  known: KnownFile,
  lineage: Lineage | undefined,
): Change | undefined {
  write.alongside();
  if (lineage !== undefined && lineage.joins === undefined) {
    noteFollowed(deps, write, null, known.stat, lineage);
    return undefined;
  }
  return deps.append.change({
    kind: 'deleted',
    path: write.path,
    fileClass: write.fileClass,
    content: null,
    previous: known.content,
    parents: known.heads,
    evidence: [write.evidence],
    stat: known.stat,
    consolidation: write.consolidation,
    baseline: false,
  });
}
