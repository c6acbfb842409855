/** Gathers what comes in bursts, and lets out one bundle at a time with a pause between two. */
import type { Cancel, Clock } from '../engine/ports.ts';

export type Burst<Item> = { add(items: readonly Item[]): void; stop(): void };

/**
 * `tell` gets what came within `gatherMs` of the first item, and then at most once in `quietMs`; what comes
 * meanwhile waits for the next time. At most `atMost` items are kept; `missed` counts the rest.
 */
export function createBurst<Item>(
  clock: Pick<Clock, 'monotonicMs' | 'after'>,
  bounds: { gatherMs: number; quietMs: number; atMost: number },
  tell: (items: readonly Item[], missed: number) => void,
): Burst<Item> {
  let items: Item[] = [];
  let missed = 0;
  let waiting: Cancel | undefined;
  let toldMs = Number.NEGATIVE_INFINITY;

  const release = () => {
    const bundle = items;
    const lost = missed;
    items = [];
    missed = 0;
    waiting = undefined;
    toldMs = clock.monotonicMs();
    tell(bundle, lost);
  };
  return {
    add(more) {
      const room = Math.max(0, bounds.atMost - items.length);
      items.push(...more.slice(0, room));
      missed += Math.max(0, more.length - room);
      const quietLeftMs = toldMs + bounds.quietMs - clock.monotonicMs();
      waiting ??= clock.after(Math.max(bounds.gatherMs, quietLeftMs), release);
    },
    stop: () => waiting?.(),
  };
}
