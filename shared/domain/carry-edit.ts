/**
 * An edit of a file that git moved, carried over to what is shared of that file: the others get the edit, and nothing of
 * the branch that it was made on.
 */
import { mergeVersions } from './merge/merge.ts';
import { equalBytes } from './utf8.ts';

/** Contents; null: no file. `before` stands in the place of `shared`, and became `after`. */
export type Edit = {
  path: string;
  before: Uint8Array | null;
  after: Uint8Array | null;
  shared: Uint8Array | null;
};

/** What is shared from now on; undefined where the edit cannot be told from the branch, so that it stays there. */
export function carryEdit({ path, before, after, shared }: Edit): Uint8Array | null | undefined {
  if (isSame(before, shared) || shared === null) return after;
  if (after === null) return undefined;
  const merged = mergeVersions(before, [shared, after], { path, keep: 0 });
  return merged.settled ? merged.content : undefined;
}

const isSame = (one: Uint8Array | null, other: Uint8Array | null): boolean =>
  one === null || other === null ? one === other : equalBytes(one, other);
