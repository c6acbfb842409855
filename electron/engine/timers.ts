/** The engine's timers: each has a name, at most one of a name waits, and each only enqueues an event. */
import type { EngineEvent } from './events.ts';
import type { Cancel, Clock } from './ports.ts';

const dayMs = 24 * 60 * 60_000;

export type Timers = {
  /** Enqueues the event after `delayMs`; a waiting timer of the same name is replaced. */
  once(name: string, delayMs: number, event: EngineEvent): void;
  /** Like `once`, but an earlier one of the same name is left alone. */
  atLatest(name: string, delayMs: number, event: EngineEvent): void;
  /** Enqueues the event once nobody has called for `quietMs`, and `latestMs` after the first call all the same. */
  whenQuiet(name: string, wait: { quietMs: number; latestMs: number }, event: EngineEvent): void;
  /** Lets old versions go once a day. */
  daily(): void;
  clear(): void;
};

export function createTimers(clock: Clock, push: (event: EngineEvent) => void): Timers {
  const cancelByName = new Map<string, Cancel>();
  /** Of those that wait for quiet, by name. */
  const latestMsByName = new Map<string, number>();

  function once(name: string, delayMs: number, event: EngineEvent): void {
    cancelByName.get(name)?.();
    const cancel = clock.after(delayMs, () => {
      cancelByName.delete(name);
      latestMsByName.delete(name);
      push(event);
    });
    cancelByName.set(name, cancel);
  }

  return {
    once,
    atLatest(name, delayMs, event) {
      if (!cancelByName.has(name)) once(name, delayMs, event);
    },
    whenQuiet(name, { quietMs, latestMs }, event) {
      const nowMs = clock.monotonicMs();
      const untilMs = latestMsByName.get(name) ?? nowMs + latestMs;
      latestMsByName.set(name, untilMs);
      once(name, Math.max(0, Math.min(quietMs, untilMs - nowMs)), event);
    },
    daily: () => once('collection', dayMs, { kind: 'collection-due' }),
    clear() {
      for (const cancel of cancelByName.values()) cancel();
      cancelByName.clear();
      latestMsByName.clear();
    },
  };
}
