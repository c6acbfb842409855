import type { TreeEntry } from './repository.ts';

/** Whether both are the same file, or both nothing. */
export const isSameEntry = (one: TreeEntry | undefined, other: TreeEntry | undefined): boolean =>
  one?.id === other?.id && one?.mode === other?.mode;
