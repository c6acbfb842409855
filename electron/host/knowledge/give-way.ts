/**
 * Indexing gives way to what somebody waits for: on a small machine a burst of edits takes a quarter longer beside it,
 * its low priority notwithstanding, because two processors are often the two halves of one.
 */
import { limits } from '../../../shared/limits.ts';
import type { Cancel, Clock } from '../../engine/ports.ts';

export type GivingWay = {
  /** Something else is being worked on now: indexing is held until some time after the last of such calls. */
  others(): void;
  /** As `others`: something is being exchanged. */
  exchange(): void;
  /**
   * How long it must have been quiet before a change is indexed, or one that has waited for others for `waitedMs`; 0 when
   * it need not wait any more. A long exchange is given minutes where no thread runs, which would take a fifth of the
   * memory that a million changes take.
   */
  quietMs(waitedMs: number, isRunning: boolean): number;
  /** Somebody asks the index: nothing is held for as long as others could have held it. */
  asked(): void;
  stop(): void;
};

/** Never holds for longer than `knowledgeHeldMs`, and then not again until indexing had as long for itself. */
export function createGivingWay(clock: Clock, hold: (isHeld: boolean) => void): GivingWay {
  let heldSinceMs: number | undefined;
  let freeUntilMs = Number.NEGATIVE_INFINITY;
  let exchangedMs = Number.NEGATIVE_INFINITY;
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

  function others(): void {
    const nowMs = clock.monotonicMs();
    if (heldSinceMs === undefined && nowMs < freeUntilMs) return;
    const sinceMs = heldSinceMs ?? holdOn(nowMs);
    cancel();
    const waitMs = Math.min(limits.knowledgeWakeMs, sinceMs + limits.knowledgeHeldMs - nowMs);
    cancel = clock.after(waitMs, () => letGo(sinceMs));
  }

  return {
    others,
    exchange() {
      exchangedMs = clock.monotonicMs();
      others();
    },
    quietMs(waitedMs, isRunning) {
      const isExchanging = clock.monotonicMs() - exchangedMs <= limits.knowledgeIdleMs;
      if (isRunning || !isExchanging) return waitedMs < limits.knowledgeLatestMs ? limits.knowledgeWakeMs : 0;
      if (waitedMs >= limits.knowledgeExchangeMs) return 0;
      // Pages of a long exchange may be far apart on a slow machine.
      return Math.min(Math.max(limits.knowledgeWakeMs, waitedMs), limits.knowledgeIdleMs);
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
