/**
 * Files that a merge, a rebase or a stash of git left unfinished: git's mix of two sides with its markers, somebody's
 * work on it, or what git will commit once all is settled. It is kept, so that no line of it is lost, but it is no
 * version for others, and the file stands for what it stood for, until git is through or it is given up.
 */
import type { Change, FileClass } from '../../../shared/domain/change.ts';
import { gitAgent, type Unfinished } from '../../../shared/domain/movement.ts';
import { limits } from '../../../shared/limits.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import type { Attribute } from '../agents/attribute.ts';
import type { BlobIds } from '../agents/blob-ids.ts';
import { type Appender, needsNoReport } from '../log/append.ts';
import type { ContentWork } from '../log/content-work.ts';
import { type Home, type KnownFiles, statKey } from '../log/known-files.ts';
import type { FileStat, GitRepository, Sql } from '../ports.ts';

type Deps = {
  sql: Sql;
  git: Pick<GitRepository, 'unfinishedAt' | 'unmergedAt' | 'checkedOut'>;
  known: KnownFiles;
  append: Appender;
  contentWork: ContentWork;
  blobIds: BlobIds;
  attribute: Attribute;
};

type Lying = { path: string; fileClass: FileClass; bytes: Uint8Array; stat: FileStat; seenMs: number };

/** Nobody tells when git has it merged, so it is looked at again after a while. */
export type UnmergedLook = { kind: 'problem'; problem: Problem; againMs: number; kept?: Change };

/** Git has not said yet; it is asked again. */
const notKnown = { kind: 'wait', delayMs: limits.gitSilentMs, forGit: true } as const;

/** A new file of somebody that was staged in the middle of something, and is gone. */
export type TakenAway = { path: string; fileClass: FileClass; content: string };

export type UnmergedFiles = {
  /** When git is not through with the path, and what lies there with these facts was kept before. */
  wasKept(path: string, stat: FileStat): Promise<UnmergedLook | undefined>;
  /** The same of a path where nothing lies: there is nothing to keep. */
  ofGone(path: string): Promise<UnmergedLook | typeof notKnown | undefined>;
  /** What somebody added for a commit that never came, where nothing lies now. */
  addedAt(path: string): TakenAway | undefined;
  /** Keeps what lies at the path; undefined when git is through with it, `wait` while it does not say. */
  keep(lying: Lying): Promise<UnmergedLook | typeof notKnown | undefined>;
  /**
   * What a version stands on that somebody made of what a stash had taken away, and brought back with a conflict; of any
   * other version undefined. Asked once: the next version is an edit like any other.
   */
  takenBack(path: string): Home | undefined;
};

export function createUnmergedFiles(deps: Deps): UnmergedFiles {
  const keyByPath = new Map<string, string>();
  const backByPath = new Map<string, Home>();
  const isKept = deps.sql.prepare(
    `SELECT 1 FROM log l JOIN content c ON c.id = l.content
     WHERE l.path = ? AND c.hash = ? AND l.local = 1
       AND l.position > coalesce((SELECT position FROM files f WHERE f.path = l.path), 0)`,
  );

  const newest = deps.sql.prepare<{ class: FileClass; agent: string; hash: string | null }>(
    `SELECT l.class, l.agent, c.hash FROM log l LEFT JOIN content c ON c.id = l.content
     WHERE l.path = ? AND l.local = 1 AND l.position > coalesce((SELECT position FROM files f WHERE f.path = l.path), 0)
     ORDER BY l.position DESC LIMIT 1`,
  );

  async function record(lying: Lying, answer: Unfinished): Promise<Change | undefined> {
    const { path, fileClass, stat, seenMs } = lying;
    const content = await deps.contentWork.prepare(lying.bytes);
    if (isKept.get(path, content.hash) !== undefined) return undefined;
    const previous = deps.known.get(path)?.content ?? null;
    return deps.append.aside({
      kind: previous === null ? 'created' : 'modified',
      path,
      fileClass,
      content,
      previous,
      parents: [],
      evidence:
        answer === 'added'
          ? await deps.attribute({ path, fresh: true })
          : [{ agent: gitAgent, source: 'git', detail, at: seenMs }],
      stat,
      consolidation: needsNoReport,
      baseline: false,
    });
  }

  /** Outside of a merge or the like only a stash puts there what lay at the home of the file. */
  async function noteBack(path: string): Promise<void> {
    const file = deps.known.get(path);
    const home = file?.displaced?.home;
    if (file?.displaced === undefined || home?.place === undefined || home.content === null) return;
    const here = await deps.git.checkedOut();
    if (here === undefined || here.branch !== home.place.branch) return;
    const [unmerged, ids] = [await deps.git.unmergedAt(path), await deps.blobIds(home.content)];
    const { shared } = file.displaced;
    if (ids.some((id) => unmerged.includes(id)))
      backByPath.set(path, { content: shared, heads: file.heads, branch: undefined });
  }

  return {
    addedAt(path) {
      const row = newest.get(path);
      if (row === undefined || row.agent === gitAgent || row.hash === null) return undefined;
      return { path, fileClass: row.class, content: row.hash };
    },
    takenBack(path) {
      const home = backByPath.get(path);
      backByPath.delete(path);
      return home;
    },
    async wasKept(path, stat) {
      if (keyByPath.get(path) !== statKey(stat)) return undefined;
      const answer = await deps.git.unfinishedAt(path);
      return answer === undefined ? undefined : lookAt(path, answer);
    },
    async ofGone(path) {
      const answer = await deps.git.unfinishedAt(path);
      return answer === undefined ? notKnown : lookAt(path, answer);
    },
    async keep(lying) {
      const { path, stat } = lying;
      const answer = await deps.git.unfinishedAt(path);
      if (answer === undefined) return notKnown;
      const look = lookAt(path, answer);
      if (look === undefined) {
        keyByPath.delete(path);
        return undefined;
      }
      const kept = await record(lying, answer);
      if (answer === 'unmerged') await noteBack(path);
      keyByPath.set(path, statKey(stat));
      return { ...look, ...(kept && { kept }) };
    },
  };
}

const detail = 'Git is not through with it yet: this version stays here.';

const lookAt = (path: string, unfinished: Unfinished): UnmergedLook | undefined =>
  unfinished === 'none'
    ? undefined
    : { kind: 'problem', againMs: limits.gitUnmergedMs, problem: problems[unfinished](path) };

const problems: Readonly<Record<Exclude<Unfinished, 'none'>, (path: string) => Problem>> = {
  unmerged: (path) =>
    problem(
      'repository-state',
      path,
      `Git has not merged ${path} yet: what lies there is kept, and goes to nobody else until then.`,
      'Put it right and `git add` it, or give up what git is in the middle of; git status says what that is.',
    ),
  added: (path) =>
    problem(
      'repository-state',
      path,
      `${path} was added while git is in the middle of a merge or a rebase: it is kept, and goes to nobody else until it is committed.`,
      'Go on with what git is in the middle of. Giving it up takes the file away, and skein restore brings it back.',
    ),
  uncommitted: (path) =>
    problem(
      'repository-state',
      path,
      `Git has not committed ${path} yet, which a merge or a rebase changed: it is kept, and goes to nobody else until then.`,
      'Go on with what git is in the middle of, or give it up; git status says what that is.',
    ),
};
