/** How long the lock of a workspace's repository is waited for and held, and who gets in whose way, for Prometheus. */
import { Counter, Histogram, type Registry } from 'prom-client';
import type { LockUse } from '../../shared/domain/lock.ts';

const buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300];

/** Makes the metrics; what it returns adds holds that ended. `nameOf` bounds how many agents are named. */
export function createLockMetrics(
  registry: Registry,
  nameOf: (agent: string) => string,
): (uses: readonly LockUse[]) => void {
  const registers = [registry];
  const wait = new Histogram({
    name: 'sync_lock_wait_seconds',
    help: "Time that holders of the repository's lock had waited for it",
    buckets,
    registers,
  });
  const hold = new Histogram({
    name: 'sync_lock_hold_seconds',
    help: "Time that the repository's lock was held",
    buckets,
    registers,
  });
  const contention = new Counter({
    name: 'sync_lock_contention_total',
    help: "Times that an agent had to wait for others to take the repository's lock",
    labelNames: ['agent'],
    registers,
  });
  return (uses) => {
    for (const { agent, waitedMs, heldMs, contended } of uses) {
      wait.observe(waitedMs / 1_000);
      hold.observe(heldMs / 1_000);
      if (contended) contention.inc({ agent: nameOf(agent) });
    }
  };
}
