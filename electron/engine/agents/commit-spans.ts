/** Which commits brought each change of a file. */
import type { Change } from '../../../shared/domain/change.ts';
import type { TouchingCommit } from '../ports.ts';
import { type Logged, pairVersions } from './pair-versions.ts';

/** The commits that brought a change, newest first: the newest left its text. */
export type Span = readonly TouchingCommit[];

/**
 * The spans of changes of one path, by position; changes that no commit has brought, or of which nobody can tell, have
 * none. Changes and commits are oldest first; `versions` is what lay on the disk before the first change and after each.
 */
export function findSpans(
  changes: readonly Change[],
  versions: readonly Logged[],
  commits: readonly TouchingCommit[],
): Map<number, Span> {
  const spanByPosition = new Map<number, Span>();
  let behind: number | undefined;
  for (const [index, last] of findLastCommits(changes, versions, commits).entries()) {
    const change = changes[index];
    if (change === undefined || last === undefined) continue;
    const before = commits.slice(0, last).findLastIndex(({ blob }) => versions[index]?.includes(blob));
    const since = Math.max(before, behind !== undefined && behind < last ? behind : -1);
    // Nothing tells how far back it would go: the last commit answers.
    spanByPosition.set(change.position, commits.slice(since < 0 ? last : since + 1, last + 1).reverse());
    behind = last;
  }
  return spanByPosition;
}

/**
 * For each change the index of the commit that left its text. Where several changes could be meant, the commit answers
 * for those that it was made after: whoever made it held their text.
 */
function findLastCommits(
  changes: readonly Change[],
  versions: readonly Logged[],
  commits: readonly TouchingCommit[],
): (number | undefined)[] {
  const { early, late } = pairVersions(versions, [nothing, ...commits.map(({ blob }) => blob)]);
  return changes.map(({ atMs }, index) => {
    const [one, other] = [early[index + 1], late[index + 1]].map(toCommit);
    if (one === other) return one;
    return [one, other].find((last) => last !== undefined && (commits[last]?.commit.atMs ?? 0) >= atMs);
  });
}

/** No file stands before the first commit, so that what begins in the log can begin in git. */
const nothing = undefined;
const toCommit = (paired: number | undefined): number | undefined => (paired ? paired - 1 : undefined);
