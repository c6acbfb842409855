/** Listening to every engine of a host, whenever its workspace opens. */
import type { Engine } from '../engine/engine-contract.ts';
import type { Cancel } from '../engine/ports.ts';
import type { Host } from '../host/host-contract.ts';

/** Calls `attach` once for each engine that runs now or later; what it returns is called when the engine goes. */
export function followEngines(
  host: Pick<Host, 'workspaces' | 'onChanged'>,
  attach: (engine: Engine) => Cancel,
): Cancel {
  const detachByEngine = new Map<Engine, Cancel>();
  const update = () => {
    const engines = host.workspaces().flatMap(({ engine }) => (engine === undefined ? [] : [engine]));
    for (const [engine, detach] of detachByEngine) {
      if (engines.includes(engine)) continue;
      detach();
      detachByEngine.delete(engine);
    }
    for (const engine of engines) {
      if (!detachByEngine.has(engine)) detachByEngine.set(engine, attach(engine));
    }
  };
  update();
  const stopListening = host.onChanged(({ topics }) => {
    if (topics.includes('workspaces') || topics.includes('status')) update();
  });
  return () => {
    stopListening();
    for (const detach of detachByEngine.values()) detach();
    detachByEngine.clear();
  };
}
