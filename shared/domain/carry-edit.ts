/**
 * An edit of a file that git moved, carried over to what is shared of that file: the others get the edit, and nothing of
 * the branch that it was made on.
 */
import { withoutReturned } from './came-back.ts';
import { mergeVersions } from './merge/merge.ts';
import { equalBytes } from './utf8.ts';

/** Contents; null: no file. `before` stands in the place of `shared`, and became `after`. */
export type Edit = {
  path: string;
  before: Uint8Array | null;
  after: Uint8Array | null;
  shared: Uint8Array | null;
  /** Git moved the file on its own branch: what comes back there, and is shared, is no edit. */
  returns?: boolean;
};

/** What is shared from now on; undefined where the edit cannot be told from the branch, so that it stays there. */
export function carryEdit({ path, before, after, shared, returns }: Edit): Uint8Array | null | undefined {
  if (isSame(before, shared) || shared === null) return after;
  if (after === null) return undefined;
  const edited = returns === true ? withoutReturned({ before, after, shared }) : after;
  const merged = mergeVersions(before, [shared, edited], { path, keep: 0 });
  return merged.settled ? merged.content : undefined;
}

const isSame = (one: Uint8Array | null, other: Uint8Array | null): boolean =>
  one === null || other === null ? one === other : equalBytes(one, other);
