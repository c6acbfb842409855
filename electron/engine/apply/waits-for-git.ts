/** Whether Skein may write by itself into a work tree in which git is in the middle of something. */
import { type Problem, problem } from '../../../shared/result.ts';
import type { GitRepository } from '../ports.ts';

/**
 * Why nothing is written now: what we wrote would keep git from going on, and giving up would take it away again. What a
 * person asks for is written all the same.
 */
export async function waitsForGit(
  git: Pick<GitRepository, 'isInTheMiddle'>,
  subject: string,
): Promise<Problem | undefined> {
  return (await git.isInTheMiddle()) ? inTheMiddle(subject) : undefined;
}

const inTheMiddle = (subject: string): Problem =>
  problem(
    'repository-state',
    subject,
    `Git is in the middle of a merge or a rebase here, so Skein writes nothing to ${subject} until that is through.`,
    'Go on with it, or give it up; git status says what it is. What is to be written waits in the log.',
  );
