/** Locks over plain values, for tests of the HTTP layer; the real ones are tested with real repositories. */
import type { Locks } from '../../electron/host/locks.ts';
import type { LockJson, LockPartyJson } from '../../shared/contracts/lock-api.ts';
import type { LockUse } from '../../shared/domain/lock.ts';
import { err, ok, problem } from '../../shared/result.ts';

export const tinyParty = (id: string, more: Partial<LockPartyJson> = {}): LockPartyJson => ({
  id,
  agent: 'claude-code',
  operation: 'pull',
  device: 'laptop',
  program: null,
  pid: 4711,
  process_ended: false,
  mode: 'exclusive',
  position: null,
  since_ms: 1_000,
  elapsed_ms: 2_000,
  token: 7,
  ...more,
});

const refused = problem('changed-meanwhile', 'the lock', 'Others hold the lock by now.', 'Look again.');

export function createTinyLocks(): Locks & { holders: LockPartyJson[]; uses: LockUse[] } {
  const holders: LockPartyJson[] = [];
  const uses: LockUse[] = [];
  const state = (): LockJson => ({
    repository: '/folders/one',
    lock_file: '/folders/one/.kb_operations.lock',
    lease_seconds: 300,
    holders,
    waiting: [],
  });
  return {
    holders,
    uses,
    of: async () => err(refused),
    look: async () => ok(state()),
    async breakOff(_, ids) {
      if (holders.map(({ id }) => id).join() !== ids.join()) return err(refused);
      holders.length = 0;
      return ok(state());
    },
    follow: async () => ok({ news: () => uses.splice(0) }),
  };
}
