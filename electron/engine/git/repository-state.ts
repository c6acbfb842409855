/** States of a repository in which Skein changes nothing: whoever is in the middle of something goes first. */
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { RepositoryFacts } from './repository.ts';

/** The branch that may be changed, and its commit, if it has one. Fails with `repository-state`. */
export function refuseState(
  facts: RepositoryFacts,
): Result<{ top: string; branch: string; head: string | undefined }> {
  const { top, branch, head, unfinished } = facts;
  if (top === undefined) return err(isBare());
  if (unfinished !== undefined) return err(inTheMiddle(top, unfinished));
  if (branch === undefined) return err(detached(top, head));
  return ok({ top, branch, head });
}

const refused = (subject: string, message: string, advice: string): Problem =>
  problem('repository-state', subject, message, advice);

export const isBare = (): Problem =>
  refused(
    'the repository',
    'The repository has no work tree: it is bare.',
    'Open a clone of it, or one of its worktrees.',
  );

const inTheMiddle = (top: string, unfinished: string): Problem =>
  refused(
    top,
    `The repository is in the middle of a ${unfinished === 'am' ? 'git am' : unfinished}.`,
    'Finish it with git, or let whoever began it finish; then try again.',
  );

const detached = (top: string, head: string | undefined): Problem =>
  refused(
    top,
    `HEAD is on no branch, but on the commit ${head?.slice(0, 10) ?? ''}: what is committed there belongs to nothing.`,
    'Switch to a branch, then try again.',
  );
