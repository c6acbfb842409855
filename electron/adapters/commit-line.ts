/** Whether one commit stands straight above another: what most pulls meet, told without a process. */
import { limits } from '../../shared/limits.ts';
import type { Result } from '../../shared/result.ts';
import type { CommitLinks } from './commit-object.ts';

export type ReadCommit = (id: string) => Promise<Result<CommitLinks>>;

/**
 * How many commits lead from `above` down to `below`, each with one parent; undefined where there is no such line, or
 * none that short: then git is asked.
 */
export async function countLine(
  read: ReadCommit,
  { above, below }: { above: string; below: string },
): Promise<number | undefined> {
  let at = above;
  for (let steps = 0; steps <= limits.gitLineCommits; steps += 1) {
    if (at === below) return steps;
    const commit = await read(at);
    const [parent, ...others] = commit.ok ? commit.value.parents : [];
    if (parent === undefined || others.length > 0) return undefined;
    at = parent;
  }
  return undefined;
}
