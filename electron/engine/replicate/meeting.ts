/**
 * When two meet, each asks the other at once for all that it lacks. Whoever gave the same without being asked would send
 * it twice, so the first of much waits for a moment.
 */
import { limits } from '../../../shared/limits.ts';
import type { Clock } from '../ports.ts';

export type Meeting = {
  /** Waits, the first time, until the other side has asked or had the time to. */
  letAsk(): Promise<void>;
  /** The other side asked, or nobody waits for it any more. */
  end(): void;
};

export function createMeeting(clock: Clock): Meeting {
  let isOver = false;
  let goOn = (): void => {};
  return {
    async letAsk() {
      if (isOver) return;
      isOver = true;
      await new Promise<void>((resolve) => {
        const cancel = clock.after(limits.meetingMs, resolve);
        goOn = () => {
          cancel();
          resolve();
        };
      });
    },
    end() {
      isOver = true;
      goOn();
    },
  };
}
