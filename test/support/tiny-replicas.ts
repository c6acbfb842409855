/** Replicas over a plain array, for tests of the HTTP layer; the real ones are tested with real repositories. */
import type { Replicas } from '../../electron/host/replicas.ts';
import type { ReplicaJson, ReplicasJson } from '../../shared/contracts/replica-api.ts';
import { err, ok, problem } from '../../shared/result.ts';

export const tinyReplica = (id: string, more: Partial<ReplicaJson> = {}): ReplicaJson => ({
  id,
  folder: `/folders/${id}`,
  name: id,
  kind: 'worktree',
  branch: 'main',
  state: 'offered',
  share: 'shared',
  behind: 0,
  ahead: 0,
  pending: 0,
  last_exchange_ms: null,
  problem: null,
  ...more,
});

export function createTinyReplicas(): Replicas & { known: ReplicaJson[] } {
  const known: ReplicaJson[] = [];
  let share: ReplicasJson['share'] = 'shared';
  return {
    known,
    list: async () => ({ share, replicas: known }),
    async hide(id, hidden) {
      const replica = known.find((it) => it.id === id);
      if (replica === undefined) return err(problem('disk-full', id, 'The disk is full.', 'Make room.'));
      replica.state = hidden ? 'hidden' : 'offered';
      return ok(undefined);
    },
    async share(_, wanted) {
      share = wanted;
      return ok({ share, replicas: known });
    },
  };
}
