/** Gathers what changed into few events (DESIGN section 4): per workspace at most one in 50 ms, none lost. */
import type { ChangedEvent, Topic } from '../../shared/contracts/events.ts';
import { limits } from '../../shared/limits.ts';
import type { EngineEvents } from '../engine/engine-contract.ts';
import type { Cancel, Clock, Log } from '../engine/ports.ts';

/** What an event of the engine makes stale. A consolidation also marks the changes that it folds. */
export const topicsOf: { readonly [Name in keyof EngineEvents]: readonly Topic[] } = {
  changes: ['changes'],
  consolidation: ['consolidations', 'changes'],
  status: ['status'],
  files: ['files'],
  settings: ['settings'],
  peers: ['peers'],
  inbox: ['inbox'],
  measured: [],
};

export type ChangedEvents = {
  /** `workspace` null means the installation. */
  tell(workspace: string | null, topics: readonly Topic[]): void;
  on(listener: (event: ChangedEvent) => void): Cancel;
  /** Drops what waits and stays silent. */
  stop(): void;
};

type Waiting = { topics: Set<Topic>; cancel: Cancel };

/** The first event of a quiet workspace goes out at once, after the work that caused it; later ones wait. */
export function createChangedEvents(clock: Clock, log: Log): ChangedEvents {
  const waitingByWorkspace = new Map<string | null, Waiting>();
  const sentMsByWorkspace = new Map<string | null, number>();
  const listeners = new Set<(event: ChangedEvent) => void>();
  let stopped = false;

  const send = (workspace: string | null) => {
    const waiting = waitingByWorkspace.get(workspace);
    waitingByWorkspace.delete(workspace);
    sentMsByWorkspace.set(workspace, clock.monotonicMs());
    for (const listener of [...listeners]) {
      try {
        listener({ workspace, topics: [...(waiting?.topics ?? [])] });
      } catch (cause) {
        log.error('A listener of changed events failed.', { cause });
      }
    }
  };
  const wait = (workspace: string | null): Waiting => {
    const sentMs = sentMsByWorkspace.get(workspace) ?? Number.NEGATIVE_INFINITY;
    const restMs = Math.max(0, sentMs + limits.changedEventMs - clock.monotonicMs());
    const waiting = { topics: new Set<Topic>(), cancel: clock.after(restMs, () => send(workspace)) };
    waitingByWorkspace.set(workspace, waiting);
    return waiting;
  };

  return {
    tell(workspace, topics) {
      if (stopped || topics.length === 0) return;
      const waiting = waitingByWorkspace.get(workspace) ?? wait(workspace);
      for (const topic of topics) waiting.topics.add(topic);
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      for (const { cancel } of waitingByWorkspace.values()) cancel();
      waitingByWorkspace.clear();
      listeners.clear();
    },
  };
}
