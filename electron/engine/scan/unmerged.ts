/**
 * Files that a merge, a rebase or a stash of git left unmerged: what lies there is git's mix of two sides with its
 * markers, or somebody's work on it. It is kept, so that no line of it is lost, but it is no version for others, and the
 * file stands for what it stood for, until git has it merged or the merge is given up.
 */
import type { Change, FileClass } from '../../../shared/domain/change.ts';
import { gitAgent } from '../../../shared/domain/movement.ts';
import { limits } from '../../../shared/limits.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import { type Appender, needsNoReport } from '../log/append.ts';
import type { ContentWork } from '../log/content-work.ts';
import { type KnownFiles, statKey } from '../log/known-files.ts';
import type { FileStat, GitRepository, Sql } from '../ports.ts';

type Deps = {
  sql: Sql;
  git: Pick<GitRepository, 'isUnmerged'>;
  known: KnownFiles;
  append: Appender;
  contentWork: ContentWork;
};

type Lying = { path: string; fileClass: FileClass; bytes: Uint8Array; stat: FileStat; seenMs: number };

/** Nobody tells when git has it merged, so it is looked at again after a while. */
export type UnmergedLook = { kind: 'problem'; problem: Problem; againMs: number; kept?: Change };

/** Git has not said yet; it is asked again. */
const notKnown = { kind: 'wait', delayMs: limits.gitSilentMs, forGit: true } as const;

export type UnmergedFiles = {
  /** Whether git has the path unmerged, and what lies there with these facts was kept before. */
  wasKept(path: string, stat: FileStat): Promise<boolean>;
  /** The same of a path where nothing lies: there is nothing to keep. */
  ofGone(path: string): Promise<UnmergedLook | typeof notKnown | undefined>;
  /** Keeps what lies at the path; undefined when git has it merged, `wait` while it does not say. */
  keep(lying: Lying): Promise<UnmergedLook | typeof notKnown | undefined>;
};

export function createUnmergedFiles(deps: Deps): UnmergedFiles {
  const keyByPath = new Map<string, string>();
  const isKept = deps.sql.prepare(
    `SELECT 1 FROM log l JOIN content c ON c.id = l.content
     WHERE l.path = ? AND c.hash = ? AND l.local = 1
       AND l.position > coalesce((SELECT position FROM files f WHERE f.path = l.path), 0)`,
  );

  async function record(lying: Lying): Promise<Change | undefined> {
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
      evidence: [{ agent: gitAgent, source: 'git', detail, at: seenMs }],
      stat,
      consolidation: needsNoReport,
      baseline: false,
    });
  }

  return {
    wasKept: async (path, stat) =>
      keyByPath.get(path) === statKey(stat) && (await deps.git.isUnmerged(path)) === true,
    async ofGone(path) {
      const answer = await deps.git.isUnmerged(path);
      if (answer === undefined) return notKnown;
      return answer ? isUnmerged(path) : undefined;
    },
    async keep(lying) {
      const { path, stat } = lying;
      const answer = await deps.git.isUnmerged(path);
      if (answer === undefined) return notKnown;
      if (!answer) {
        keyByPath.delete(path);
        return undefined;
      }
      const kept = await record(lying);
      keyByPath.set(path, statKey(stat));
      return { ...isUnmerged(path), ...(kept && { kept }) };
    },
  };
}

const detail = 'Git has not merged it yet: this version stays here.';

export const isUnmerged = (path: string): UnmergedLook => ({
  kind: 'problem',
  againMs: limits.gitUnmergedMs,
  problem: problem(
    'repository-state',
    path,
    `Git has not merged ${path} yet: what lies there is kept, and goes to nobody else until then.`,
    'Put it right and `git add` it, or give up what git is in the middle of; git status says what that is.',
  ),
});
