/**
 * Decides when to ask again. Events come in bursts; one question is under way at a time, whatever arrives
 * meanwhile leads to exactly one more, and a slow answer slows the asking down.
 */
export type RequeryPorts = {
  nowMs(): number;
  after(delayMs: number, task: () => void): () => void;
};

export type Requery = {
  /** Asks now when idle, else once more after the current answer. */
  request(): void;
  /** Drops the current question and asks anew, for another input. */
  restart(): void;
  stop(): void;
};

/** Shortest pause between two answers in milliseconds; faster than this nobody can read. */
const shortestGapMs = 100;
/** A question may take at most one part in this many of the time. */
const restFactor = 3;

export function createRequery(ports: RequeryPorts, ask: (signal: AbortSignal) => Promise<void>): Requery {
  let abort: AbortController | undefined;
  let again = false;
  let cancelPause: (() => void) | undefined;

  async function run(): Promise<void> {
    const mine = new AbortController();
    const startedMs = ports.nowMs();
    abort = mine;
    again = false;
    await ask(mine.signal);
    if (abort !== mine) return;
    abort = undefined;
    rest(Math.max(shortestGapMs, (ports.nowMs() - startedMs) * restFactor));
  }

  function rest(gapMs: number): void {
    cancelPause = ports.after(gapMs, () => {
      cancelPause = undefined;
      if (again) void run();
    });
  }

  function stop(): void {
    abort?.abort();
    abort = undefined;
    cancelPause?.();
    cancelPause = undefined;
  }

  return {
    request() {
      if (abort !== undefined || cancelPause !== undefined) again = true;
      else void run();
    },
    restart() {
      stop();
      void run();
    },
    stop,
  };
}

/** The ports of a page. */
export const pageRequeryPorts: RequeryPorts = {
  nowMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
