/** Why a commit leaves a path out, and what to do about it. */
import { type Problem, problem } from '../../../shared/result.ts';
import type { WhyInTheWay } from './fit-commit.ts';

const yourself = 'Commit it yourself, or take it out of the index.';

export const othersStaged = (path: string): Problem =>
  problem(
    'uncommitted-changes',
    path,
    `${path} was left out: somebody has staged it, and Skein commits nothing that others staged.`,
    yourself,
  );

export const stagedOtherwise = (path: string): Problem =>
  problem(
    'uncommitted-changes',
    path,
    `${path} was left out and is still staged: what the task staged of it is not what lies there.`,
    yourself,
  );

export const changedBefore = (path: string): Problem =>
  problem(
    'uncommitted-changes',
    path,
    `${path} was left out: it was changed before the task began, too.`,
    'Commit it yourself.',
  );

export const isIgnored = (path: string): Problem =>
  problem(
    'not-found',
    path,
    `${path} was left out: the repository ignores it.`,
    'Take it out of .gitignore if it should be committed.',
  );

export const isOwnRepository = (path: string): Problem =>
  problem(
    'not-found',
    path,
    `${path} was left out: it is a repository of its own.`,
    'Commit in it what belongs to it; whether it becomes a submodule, or moves on as one, say with git itself.',
  );

export const isBehindLink = (path: string, link: string): Problem =>
  problem(
    'not-found',
    path,
    `${path} was left out: it lies behind a link now; git holds ${link}, and not what that leads to.`,
    `Commit ${link} together with it if the link is to stay.`,
  );

export const isReplacedByLeft = (path: string, by: string): Problem =>
  problem(
    'uncommitted-changes',
    path,
    `${path} was left out: ${by}, which took its place, was left out itself.`,
    'Commit both yourself.',
  );

/** A tree holds no file where it holds a folder: `other`, above or below the path, stays. */
export function inTheWay(path: string, other: string, why: WhyInTheWay): Problem {
  if (why === 'submodule' && path.startsWith(`${other}/`))
    return problem(
      'not-found',
      path,
      `${path} was left out: ${other} is no folder of this repository, but a submodule.`,
      'Commit it where it belongs.',
    );
  return problem(
    'uncommitted-changes',
    path,
    `${path} was left out: it takes the place of ${other}, ${reasons[why ?? 'left']}.`,
    `Commit both yourself${why === 'staged' ? `, or take ${other} out of the index` : ''}.`,
  );
}

const reasons: Readonly<Record<NonNullable<WhyInTheWay> | 'left', string>> = {
  staged: 'which somebody has staged, and Skein neither commits nor unstages what others staged',
  submodule: 'which is a submodule',
  outside: 'which the sparse checkout leaves out of the work tree, and which is not deleted by that',
  apart: 'which was changed before the task began, too',
  left: 'which was left out itself',
};
