/**
 * Indexing gives way to what somebody waits for: on a small machine a burst of edits takes a quarter longer beside it,
 * its low priority notwithstanding, because two processors are often the two halves of one.
 */
import { limits } from '../../../shared/limits.ts';
import type { Cancel, Clock } from '../../engine/ports.ts';

export type GivingWay = {
  /** Something else is being worked on now: indexing is held until some time after the last of such calls. */
  others(): void;
  /** Somebody asks the index: nothing is held for as long as others could have held it. */
  asked(): void;
  stop(): void;
};

/** Never holds for longer than `knowledgeHeldMs`, and then not again until indexing had as long for itself. */
export function createGivingWay(clock: Clock, hold: (isHeld: boolean) => void): GivingWay {
  let heldSinceMs: number | undefined;
  let freeUntilMs = Number.NEGATIVE_INFINITY;
  let cancel: Cancel = () => {};

  function letGo(sinceMs: number): void {
    const nowMs = clock.monotonicMs();
    heldSinceMs = undefined;
    freeUntilMs = nowMs + (nowMs - sinceMs);
    hold(false);
  }

  function holdOn(nowMs: number): number {
    heldSinceMs = nowMs;
    hold(true);
    return nowMs;
  }

  return {
    others() {
      const nowMs = clock.monotonicMs();
      if (heldSinceMs === undefined && nowMs < freeUntilMs) return;
      const sinceMs = heldSinceMs ?? holdOn(nowMs);
      cancel();
      const waitMs = Math.min(limits.knowledgeWakeMs, sinceMs + limits.knowledgeHeldMs - nowMs);
      cancel = clock.after(waitMs, () => letGo(sinceMs));
    },
    asked() {
      cancel();
      if (heldSinceMs !== undefined) letGo(heldSinceMs);
      freeUntilMs = clock.monotonicMs() + limits.knowledgeHeldMs;
    },
    stop: () => cancel(),
  };
}

export type Pause = {
  /** Lets others have their turn, and waits while indexing is held. */
  pause(): Promise<void>;
  hold(isHeld: boolean): void;
};

/** The side of it that is held. */
export function createPause(): Pause {
  let held: PromiseWithResolvers<void> | undefined;
  return {
    async pause() {
      await new Promise((resolve) => setImmediate(resolve));
      while (held !== undefined) await held.promise;
    },
    hold(isHeld) {
      held?.resolve();
      held = isHeld ? Promise.withResolvers<void>() : undefined;
    },
  };
}
