/** Moves branches by a git that stays, each in a transaction of its own, with a line in the reflog. */
import { err, ok, type Result } from '../../shared/result.ts';
import type { StepParts } from '../engine/git/repository.ts';
import { createGitBatch, type GitBatch, type ReadAnswer } from './git-batch.ts';

export type BranchMover = { move: StepParts['moveBranch']; close(): void };

/** The line names the operation: whoever reads it can tell a pull, which brings files, from a commit. */
export function createBranchMover(top: string): BranchMover {
  const movingByOperation = new Map<string, GitBatch>();

  function moverFor(operation: string): GitBatch {
    const moving =
      movingByOperation.get(operation) ??
      createGitBatch(top, ['update-ref', '-m', `skein: ${operation}`, '--stdin']);
    movingByOperation.set(operation, moving);
    return moving;
  }

  return {
    async move(branch, { from, to, operation }) {
      const before = from ?? '0'.repeat(to.length);
      const moved = await moverFor(operation).ask(
        `start\nupdate refs/heads/${branch} ${to} ${before}\nprepare\ncommit\n`,
        readCommitted,
      );
      if (moved.ok) return moved;
      const isMoved = /but expected|already exists|unable to resolve/.test(moved.error.message);
      return err(isMoved ? { ...moved.error, code: 'changed-meanwhile' } : moved.error);
    },
    close() {
      for (const moving of movingByOperation.values()) moving.close();
    },
  };
}

/** Git says each step of the transaction; when one fails, it says why and ends. */
const readCommitted: ReadAnswer<null> = (printed) => {
  const end = 'commit: ok\n';
  const at = printed.indexOf(end);
  const value: Result<null> = ok(null);
  return at < 0 ? undefined : { value, length: at + end.length };
};
