/** When the disk may have moved without anyone noticing: after sleep, and when the user comes back (DESIGN rule 2). */
import { powerMonitor } from 'electron';
import { limits } from '../../shared/limits.ts';
import type { Cancel, Clock, Log } from '../engine/ports.ts';
import type { Host } from '../host/host-contract.ts';

export type Waker = {
  /** The window got the focus. */
  focused(): void;
  stop: Cancel;
};

/** Scans every open workspace on wake and on focus, on focus not too often. */
export function scanOnWake(
  host: Pick<Host, 'workspaces'>,
  clock: Pick<Clock, 'monotonicMs'>,
  log: Log,
): Waker {
  let scannedMs = Number.NEGATIVE_INFINITY;
  const scanAll = () => {
    scannedMs = clock.monotonicMs();
    for (const { engine, name } of host.workspaces()) {
      engine?.scan().catch((cause: unknown) => log.error('A scan failed.', { workspace: name, cause }));
    }
  };
  powerMonitor.on('resume', scanAll);
  return {
    focused() {
      if (clock.monotonicMs() - scannedMs >= limits.focusScanMs) scanAll();
    },
    stop: () => powerMonitor.off('resume', scanAll),
  };
}
