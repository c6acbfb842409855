/** What a pull or a push came to, in the words of reference/001. Paths are from the top of the work tree. */
import { limits } from '../../../shared/limits.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import type { CommitSummary, TreeChange } from './repository.ts';

/** A version that our merge could not take in: the other side is whole in the file, this one is for a person. */
export type Aside = {
  path: string;
  bytes: Uint8Array;
  /** What both sides come from. */
  base: Uint8Array | undefined;
  /** The commit that holds it. */
  commit: string;
  side: 'ours' | 'theirs';
  /** The version in the inbox by which it waits there; undefined when git's history alone has it. */
  conflict?: string | undefined;
};

export type Pulled = {
  success: true;
  kind: 'up-to-date' | 'fast-forward' | 'merge' | 'no-remote-branch';
  message: string;
  branch: string;
  from: string | undefined;
  to: string | undefined;
  commits: number;
  files: readonly TreeChange[];
  /** Files that somebody had changed without a commit, and that now hold both. */
  mixed: readonly string[];
  aside: readonly Aside[];
  /** The branch was new to the remote, and is there now. */
  pushed: boolean;
};

export type NotPulled = {
  success: false;
  kind: 'uncommitted-changes' | 'merge-conflict' | 'remote-missing' | 'failed';
  message: string;
  problem: Problem;
  /** Those that stand in the way. */
  paths: readonly string[];
};

export type PullOutcome = Pulled | NotPulled;

/** Why a path cannot become what comes. */
export type Obstacle = { path: string; why: 'staged' | 'changed' | 'untracked' | 'unmerged' };

/** What a pull would bring; nothing was changed but what is known of the remote. */
export type PullPreview = {
  kind: Pulled['kind'];
  remote: string;
  branch: string;
  from: string | undefined;
  to: string | undefined;
  /** The newest of them, and how many there are. */
  commits: readonly CommitSummary[];
  commitCount: number;
  files: readonly TreeChange[];
  mixed: readonly string[];
  obstacles: readonly Obstacle[];
  /** Paths that neither git nor we can merge. */
  conflicts: readonly string[];
  /** Files of which one version would wait for a person. */
  aside: readonly string[];
};

export type PushOutcome =
  | { success: true; message: string; branch: string; commit: string; pulls: readonly Pulled[] }
  | { success: false; message: string; problem: Problem; paths: readonly string[] };

const namedKinds: ReadonlyMap<string, NotPulled['kind']> = new Map([
  ['uncommitted-changes', 'uncommitted-changes'],
  ['merge-conflict', 'merge-conflict'],
  ['remote-missing', 'remote-missing'],
] as const);

export const notPulled = (it: Problem, paths: readonly string[] = []): NotPulled => ({
  success: false,
  kind: namedKinds.get(it.code) ?? 'failed',
  message: it.message,
  problem: it,
  paths,
});

export function uncommittedChanges(top: string, obstacles: readonly Obstacle[]): NotPulled {
  const paths = obstacles.map(({ path }) => path);
  const advice = `Commit or stash what you changed in ${named(paths)}, then pull again; nothing was touched.`;
  return notPulled(problem('uncommitted-changes', top, 'Repository has uncommitted changes', advice), paths);
}

export function mergeConflict(top: string, paths: readonly string[]): NotPulled {
  const advice = `Both sides changed ${named(paths)}. Merge them by hand with git, then pull again; nothing was touched.`;
  return notPulled(problem('merge-conflict', top, 'Merge conflict during pull', advice), paths);
}

export const remoteMissing = (remote: string): Problem =>
  problem(
    'remote-missing',
    remote,
    `Remote '${remote}' not found`,
    'Add it with `git remote add`, name another one, or work locally; `git remote -v` lists those that there are.',
  );

export const branchMissing = (remote: string, branch: string): string =>
  `Remote branch '${branch}' doesn't exist on ${remote}`;

export function named(paths: readonly string[]): string {
  const first = paths.slice(0, limits.pathsNamed).join(', ');
  const others = paths.length - limits.pathsNamed;
  return others > 0 ? `${first} and ${others} more` : first;
}
