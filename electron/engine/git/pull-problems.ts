/** Why a pull or a push can do nothing with these histories, as a person reads it. */
import { type Problem, problem } from '../../../shared/result.ts';

const refuse = (place: string, message: string, advice: string): Problem =>
  problem('repository-state', place, message, advice);

export const hasNoCommit = (place: string, branch: string): Problem =>
  refuse(place, `${branch} in ${place} has no commit yet.`, 'Commit something first, then push.');

export const isCutOff = (place: string): Problem =>
  refuse(
    place,
    `${place} is a shallow clone, and where its history and that of the remote parted lies before its first commit.`,
    'Fetch the rest with `git fetch --unshallow`, then pull again.',
  );

export const isUnrelated = (place: string, remote: string, branch: string): Problem =>
  refuse(
    place,
    `${branch} of ${remote} and ${place} have no commit in common.`,
    'Check that the remote is the right one; if it is, join the histories by hand with git.',
  );

export const isHostile = (path: string, why: string): Problem =>
  problem(
    'hostile-path',
    path,
    `What would be pulled is refused for ${JSON.stringify(path)}: ${why}.`,
    'Ask who committed it, and do not check this commit out.',
  );

export const isChangedByHook = (): Problem =>
  problem(
    'hook-refused',
    'pre-merge-commit',
    'A hook put something else into the merge than both sides hold, and Skein commits no such merge.',
    'Pull with git itself, or see what pre-merge-commit changes; nothing was touched.',
  );
