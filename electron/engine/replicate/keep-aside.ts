/**
 * Versions that a pull of git could not merge go to the inbox, as those of peers do: the other side is whole in the file
 * by now. One that the log does not hold yet joins it as a version that was there before what the pull left.
 */
import type { Change, FileClass } from '../../../shared/domain/change.ts';
import { limits } from '../../../shared/limits.ts';
import type { Core } from '../core.ts';
import { needsNoReport } from '../log/append.ts';
import { type Content, storedContent } from '../log/content-store.ts';
import type { KnownFile } from '../log/known-files.ts';
import type { RecordDisk } from '../record-disk.ts';
import type { ReplicationWork } from './replication-work.ts';

/** Both sides of a file come from `base`; `commit` holds the side that is not in the file. */
export type PulledAside = { path: string; bytes: Uint8Array; base: Uint8Array | undefined; commit: string };

/** Where a version waits: the stamp that `skein resolve` takes. */
export type KeptAside = { path: string; loser: string };

type Deps = {
  core: Core;
  inbox: Pick<ReplicationWork['inbox'], 'has' | 'open'>;
  recordDisk: RecordDisk;
};

export type AsideOutcome = { kept: KeptAside[]; changes: Change[] };

/** What is of no tracked file, or of one in the place of which git left another branch's, stays with git alone. */
export async function keepAside(deps: Deps, versions: readonly PulledAside[]): Promise<AsideOutcome> {
  const outcome: AsideOutcome = { kept: [], changes: [] };
  for (const version of versions) {
    const fileClass = deps.core.settings.tracked().classify(version.path);
    if (fileClass === undefined) continue;
    const untilMs = deps.core.clock.monotonicMs() + limits.commandPatienceMs;
    const seen = await deps.recordDisk(version.path, untilMs);
    const file = deps.core.known.get(version.path);
    if (!seen.ok || file === undefined || file.content === null || file.displaced !== undefined) continue;
    const content = await deps.core.contentWork.prepare(version.bytes);
    const base = version.base && (await deps.core.contentWork.prepare(version.base));
    deps.core.sql.transaction(() => keep(deps, { version, file, fileClass, content, base }, outcome));
  }
  return outcome;
}

type Keeping = {
  version: PulledAside;
  file: KnownFile;
  fileClass: FileClass;
  content: Content;
  base: Content | undefined;
};

function keep({ core, inbox }: Deps, keeping: Keeping, { kept, changes }: AsideOutcome): void {
  const { file, content, base } = keeping;
  const { path } = file;
  if (content.hash === file.content) return;
  if (base !== undefined) core.contents.put(base);
  let loser = findVersion(core, path, content.hash);
  let [winner = ''] = file.heads;
  if (loser === undefined) {
    const added = addBelow(core, keeping);
    changes.push(...added);
    [loser, winner] = [added[0].stamp, added[1].stamp];
  }
  kept.push({ path, loser });
  if (inbox.has(path, loser)) return;
  const conflict = { path, winner, loser, base: base?.hash ?? null };
  core.append.record('conflict', conflict);
  inbox.open({ ...conflict, atMs: core.clock.nowMs() });
}

/** The newest change with this content that all know. */
function findVersion({ sql }: Core, path: string, hash: string): string | undefined {
  return sql
    .prepare<{ stamp: string }>(
      `SELECT l.stamp FROM log l JOIN content c ON c.id = l.content
       WHERE l.path = ? AND c.hash = ? AND l.local = 0 ORDER BY l.position DESC LIMIT 1`,
    )
    .get(path, hash)?.stamp;
}

/** The version, and again what the file holds: that stays the newest, on every replica. */
function addBelow({ append, clock }: Core, { version, file, content, fileClass }: Keeping): [Change, Change] {
  const { path, heads, stat } = file;
  const rest = {
    kind: 'modified' as const,
    path,
    fileClass,
    stat,
    consolidation: needsNoReport,
    baseline: false,
  };
  const at = clock.nowMs();
  const of = version.commit.slice(0, 10);
  const other = append.change({
    ...rest,
    content,
    previous: file.content,
    parents: heads,
    evidence: [
      { agent: 'unknown', source: 'none', detail: `Commit ${of} holds it; a pull could not merge it.`, at },
    ],
  });
  const held = append.change({
    ...rest,
    content: storedContent(file.content ?? '', stat.size),
    previous: content.hash,
    parents: [other.stamp],
    evidence: [
      { agent: 'skein', source: 'skein', detail: `The pull kept this beside what commit ${of} holds.`, at },
    ],
  });
  return [other, held];
}
