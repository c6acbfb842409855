/** How the worktrees and clones of this machine are doing, in words. */
import type { ReplicaJson, ReplicasJson } from '../../../shared/contracts/replica-api.ts';
import { distanceOf } from '../peers/peer-words.ts';
import { plural } from '../words/text.ts';

export const shareOptions = [
  { value: 'shared', label: 'At once' },
  { value: 'staged', label: 'When consolidated' },
] as const;

/** What the choice means. */
export const shareWords: Readonly<Record<ReplicasJson['share'], string>> = {
  shared: 'Each change goes to the others at once.',
  staged:
    'The others get only what a consolidation folded; edits in progress stay in their folder until then.',
};

/** What a replica is, besides its folder. */
export function kindWords({ kind, branch }: Pick<ReplicaJson, 'kind' | 'branch'>): string {
  if (kind === 'clone') return 'Clone';
  return branch === null ? 'Worktree without a branch' : `Worktree on ${branch}`;
}

/** How far the two are apart, and what is kept back for now. */
export function progressWords(replica: Pick<ReplicaJson, 'behind' | 'ahead' | 'pending' | 'share'>): string {
  const distance = distanceOf(replica);
  if (replica.share === 'shared' || replica.pending === 0) return distance;
  return `${distance}; ${plural(replica.pending, 'change waits', 'changes wait')} there for a consolidation`;
}
