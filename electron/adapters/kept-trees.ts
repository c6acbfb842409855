/** Trees that were read or made a moment ago, by their ids: the next commit begins with those of the last. */
import { limits } from '../../shared/limits.ts';

export type KeptTrees = {
  /** The bytes of the tree of a commit, or of a tree, by its whole id. */
  find(id: string): Buffer | undefined;
  keep(tree: { id: string; bytes: Buffer }): void;
  /** That a commit has this tree. */
  tie(commit: string, tree: string): void;
};

export function createKeptTrees(): KeptTrees {
  const bytesById = new Map<string, Buffer>();
  const treeByCommit = new Map<string, string>();
  let size = 0;

  function dropOldest(): void {
    for (const [id, bytes] of bytesById) {
      if (size <= limits.keptTreeBytes) return;
      bytesById.delete(id);
      size -= bytes.length;
    }
  }

  return {
    find: (id) => bytesById.get(treeByCommit.get(id) ?? id),
    keep({ id, bytes }) {
      size += bytes.length - (bytesById.get(id)?.length ?? 0);
      bytesById.delete(id);
      bytesById.set(id, bytes);
      dropOldest();
    },
    tie(commit, tree) {
      treeByCommit.set(commit, tree);
      for (const [oldest] of treeByCommit) {
        if (treeByCommit.size <= limits.keptCommits) return;
        treeByCommit.delete(oldest);
      }
    },
  };
}
