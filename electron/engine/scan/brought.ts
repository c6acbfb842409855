/**
 * Whether git brought what lies at a path, and how that is recorded: what a branch got is a change like any other; what
 * git put in the place of it, by a switch or a reset, is no edit, and stays here unless the workspace follows branches.
 */
import type { Change, Evidence, FileClass } from '../../../shared/domain/change.ts';
import { newestWith } from '../../../shared/domain/lineage.ts';
import { type Brought, gitAgent, type Movement, movementWords } from '../../../shared/domain/movement.ts';
import { limits } from '../../../shared/limits.ts';
import { blobIdsOf } from '../agents/blob-ids.ts';
import { type Appender, type NewChange, needsNoReport, type Standing } from '../log/append.ts';
import { type Content, type ContentStore, storedContent } from '../log/content-store.ts';
import type { ContentWork } from '../log/content-work.ts';
import { createHistory } from '../log/history.ts';
import type { Displaced, Home, KnownFile, KnownFiles } from '../log/known-files.ts';
import { createIsRecorded } from '../log/movements.ts';
import type { FileStat, GitRepository, Sql } from '../ports.ts';

/** What brought these bytes to the path, nothing when they are undefined, where `known` lay before. */
export type FindMovement = (
  path: string,
  bytes: Uint8Array | undefined,
  known: KnownFile | undefined,
) => Promise<Brought | undefined>;

export function createFindMovement(deps: {
  sql: Sql;
  git: GitRepository;
  contentWork: ContentWork;
}): FindMovement {
  const isRecorded = createIsRecorded(deps.sql);
  return async (path, bytes, known) => {
    const blobs = async () => (bytes === undefined ? [] : blobIdsOf(deps.contentWork, bytes));
    const brought = await deps.git.movementBehind(path, blobs, known?.seenMs ?? 0);
    // Git tells whole seconds, in which somebody may write, too, and even take that back.
    return brought !== undefined && isRecorded(path, brought.movement.id) ? undefined : brought;
  };
}

export type MovedFile = {
  path: string;
  fileClass: FileClass;
  content: Content | null;
  stat: FileStat;
  seenMs: number;
};

export type MovedDeps = {
  known: KnownFiles;
  append: Appender;
  sql: Sql;
  /** Whether what git moves here moves at the others, too. */
  followsBranches(): boolean;
};

/** Records what a movement made of a file that is no edit. `arrived` are heads that say the same. */
export function recordMoved(
  deps: MovedDeps,
  file: MovedFile,
  movement: Movement,
  arrived: readonly string[] = [],
): Change {
  const { known, append } = deps;
  const before = known.get(file.path);
  const change = changeOf(file, movement, before);
  if (deps.followsBranches()) return append.share(change);
  const isArrived = arrived.length > 0;
  return append.local(
    change,
    isArrived ? { heads: arrived, displaced: undefined } : standingOf(deps, before, { file, movement }),
  );
}

/**
 * The home of a file to whose branch git came back, where something else lies now: that was written there while nobody
 * looked, and is news on top of what lay there. What lay there still earlier is none.
 */
export function homeChanged(
  deps: Pick<MovedDeps, 'sql'>,
  known: KnownFile | undefined,
  content: string | null,
  movement: Movement,
): Home | undefined {
  const home = known?.displaced?.home;
  if (home === undefined || !isBackAt(home, movement) || content === home.content) return undefined;
  return earlierAt(deps, home, content) === undefined ? home : undefined;
}

const isBackAt = ({ branch }: Home, { kind, to }: Movement): boolean => kind === 'switch' && branch === to;

const earlierAt = ({ sql }: Pick<MovedDeps, 'sql'>, { heads }: Home, content: string | null) =>
  newestWith(createHistory(sql), heads, content, limits.ancestorsWalked);

/** From now on the workspace follows branches: what git moved before that is told to the others, too. */
export function shareMoved({ known, append, sql, contents }: ShareDeps): Change[] {
  return sql.transaction(() =>
    known.displaced().flatMap((path) => {
      const file = known.get(path);
      if (file?.displaced === undefined) return [];
      return append.share(shareOf(file, file.displaced, contents));
    }),
  );
}

type ShareDeps = Pick<MovedDeps, 'known' | 'append' | 'sql'> & { contents: ContentStore };

function shareOf(file: KnownFile, { shared }: Displaced, contents: ContentStore): NewChange {
  const { path, fileClass, content, heads, stat, seenMs } = file;
  const detail = 'The workspace follows branches, and this lay on the one that is checked out.';
  return {
    kind: content === null ? 'deleted' : shared === null ? 'created' : 'modified',
    path,
    fileClass,
    content: content === null ? null : storedContent(content, contents.facts(content)?.size ?? 0),
    previous: shared,
    parents: heads,
    evidence: [{ agent: gitAgent, source: 'git', detail, at: seenMs }],
    stat,
    seenMs,
    consolidation: needsNoReport,
    baseline: false,
  };
}

function changeOf(
  { path, fileClass, content, stat, seenMs }: MovedFile,
  movement: Movement,
  before: KnownFile | undefined,
): NewChange {
  const previous = before?.content ?? null;
  return {
    kind: content === null ? 'deleted' : previous === null ? 'created' : 'modified',
    path,
    fileClass,
    content,
    previous,
    parents: before?.heads ?? [],
    evidence: [evidenceOf(movement, seenMs)],
    stat,
    seenMs,
    consolidation: needsNoReport,
    baseline: false,
    movement,
  };
}

/** What git left stands for what is shared, until it is that, or what lay here before git moved it first. */
function standingOf(
  deps: Pick<MovedDeps, 'sql'>,
  before: KnownFile | undefined,
  { file, movement }: { file: MovedFile; movement: Movement },
): Standing {
  const content = file.content?.hash ?? null;
  const branch = movement.kind === 'switch' ? movement.from : undefined;
  const lay: Home = {
    content: before?.content ?? null,
    heads: before?.heads ?? [],
    branch,
    place: movement.left,
  };
  const { shared, home } = before?.displaced ?? { shared: lay.content, home: lay };
  if (content === home.content) return { heads: home.heads, displaced: undefined };
  const earlier = isBackAt(home, movement) ? earlierAt(deps, home, content) : undefined;
  if (earlier !== undefined) return { heads: [earlier], displaced: undefined };
  return { heads: lay.heads, displaced: content === shared ? undefined : { shared, home } };
}

const evidenceOf = (movement: Movement, at: number): Evidence => ({
  agent: gitAgent,
  source: 'git',
  detail: `${movementWords(movement)}, at commit ${movement.commit.slice(0, 10)}.`,
  at,
});
