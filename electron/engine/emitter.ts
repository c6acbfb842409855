/** Listeners of the engine. One that throws is logged and harms nobody. */
import type { EngineEvents } from './engine-contract.ts';
import type { Cancel, Log } from './ports.ts';

type Listener<Name extends keyof EngineEvents> = (event: EngineEvents[Name]) => void;

export type Emitter = {
  on<Name extends keyof EngineEvents>(name: Name, listener: Listener<Name>): Cancel;
  emit<Name extends keyof EngineEvents>(name: Name, event: EngineEvents[Name]): void;
};

export function createEmitter(log: Log): Emitter {
  const listenersByName = new Map<keyof EngineEvents, Set<(event: never) => void>>();
  return {
    on(name, listener) {
      const listeners = listenersByName.get(name) ?? new Set();
      listenersByName.set(name, listeners);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit(name, event) {
      for (const listener of listenersByName.get(name) ?? []) {
        try {
          (listener as Listener<typeof name>)(event);
        } catch (failure) {
          log.error(`A listener of "${name}" failed`, { failure: String(failure) });
        }
      }
    },
  };
}
