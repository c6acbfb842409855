/**
 * A submodule in a work tree: git makes an empty folder where one begins, and takes that away, if it is empty still,
 * where one ends. What is in it is a repository of its own, and none of a pull's business.
 */
import type { TreeChange, TreeEntry } from './repository.ts';

const submoduleMode = '160000';

export const isSubmodule = (entry: TreeEntry | undefined): boolean => entry?.mode === submoduleMode;

export const begins = ({ before, after }: Pick<TreeChange, 'before' | 'after'>): boolean =>
  isSubmodule(after) && !isSubmodule(before);

export const ends = (change: Pick<TreeChange, 'before' | 'after'>): boolean => begins(turned(change));

const turned = ({ before, after }: Pick<TreeChange, 'before' | 'after'>) => ({
  before: after,
  after: before,
});

/** What becomes of the file at the path: a submodule is none. */
export const ofFile = ({ path, before, after }: TreeChange): TreeChange => ({
  path,
  before: isSubmodule(before) ? undefined : before,
  after: isSubmodule(after) ? undefined : after,
});
