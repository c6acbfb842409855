/**
 * Indexing gives way to what somebody waits for: on a small machine a burst of edits takes a quarter longer beside it,
 * its low priority notwithstanding, because two processors are often the two halves of one.
 */
import { limits } from '../../../shared/limits.ts';
import type { Cancel, Clock } from '../../engine/ports.ts';

export type GivingWay = {
  /** Something else is being worked on now: indexing is held until some time after the last of such calls. */
  others(): void;
  /**
   * As `others`, for longer: something is being exchanged. Whoever was given it still writes it, on this machine if the
   * other replica is here, too.
   */
  exchange(): void;
  /** Whether indexing is held now, so that no thread for it should be started either: that takes a processor for 0.1 s. */
  isHeld(): boolean;
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

/**
 * Holds for `knowledgeHeldMs` at the most, in one piece or in several between which indexing had less time than it was
 * held for. Then it does not hold again until indexing had as long for itself.
 */
export function createGivingWay(clock: Clock, hold: (isHeld: boolean) => void): GivingWay {
  let heldSinceMs: number | undefined;
  /** Milliseconds that it may still hold for, as of `freedMs`. */
  let creditMs: number = limits.knowledgeHeldMs;
  let freedMs = Number.NEGATIVE_INFINITY;
  let freeUntilMs = Number.NEGATIVE_INFINITY;
  let exchangedMs = Number.NEGATIVE_INFINITY;
  /** When it will have been quiet for long enough. */
  let calmMs = Number.NEGATIVE_INFINITY;
  let cancel: Cancel = () => {};

  function letGo(sinceMs: number): void {
    freedMs = clock.monotonicMs();
    creditMs -= freedMs - sinceMs;
    if (creditMs <= 0) freeUntilMs = freedMs + limits.knowledgeHeldMs;
    heldSinceMs = undefined;
    hold(false);
  }

  function holdOn(nowMs: number): number {
    creditMs = Math.min(limits.knowledgeHeldMs, Math.max(0, creditMs) + nowMs - freedMs);
    heldSinceMs = nowMs;
    hold(true);
    return nowMs;
  }

  function holdFor(forMs: number): void {
    const nowMs = clock.monotonicMs();
    if (heldSinceMs === undefined && nowMs < freeUntilMs) return;
    const sinceMs = heldSinceMs ?? holdOn(nowMs);
    calmMs = Math.max(calmMs, nowMs + forMs);
    cancel();
    cancel = clock.after(Math.min(calmMs, sinceMs + creditMs) - nowMs, () => letGo(sinceMs));
  }

  return {
    others: () => holdFor(limits.knowledgeWakeMs),
    exchange() {
      exchangedMs = clock.monotonicMs();
      holdFor(limits.knowledgeCalmMs);
    },
    isHeld: () => heldSinceMs !== undefined,
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
