/** The engine's timers: each has a name, at most one of a name waits, and each only enqueues an event. */
import type { EngineEvent } from './events.ts';
import type { Cancel, Clock } from './ports.ts';

const dayMs = 24 * 60 * 60_000;

export type Timers = {
  /** Enqueues the event after `delayMs`; a waiting timer of the same name is replaced. */
  once(name: string, delayMs: number, event: EngineEvent): void;
  /** Like `once`, but an earlier one of the same name is left alone. */
  atLatest(name: string, delayMs: number, event: EngineEvent): void;
  /** Lets old versions go once a day. */
  daily(): void;
  clear(): void;
};

export function createTimers(clock: Clock, push: (event: EngineEvent) => void): Timers {
  const cancelByName = new Map<string, Cancel>();

  function once(name: string, delayMs: number, event: EngineEvent): void {
    cancelByName.get(name)?.();
    const cancel = clock.after(delayMs, () => {
      cancelByName.delete(name);
      push(event);
    });
    cancelByName.set(name, cancel);
  }

  return {
    once,
    atLatest(name, delayMs, event) {
      if (!cancelByName.has(name)) once(name, delayMs, event);
    },
    daily: () => once('collection', dayMs, { kind: 'collection-due' }),
    clear() {
      for (const cancel of cancelByName.values()) cancel();
      cancelByName.clear();
    },
  };
}
