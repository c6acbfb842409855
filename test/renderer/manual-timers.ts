/** Timers that move only when a test says so. */
type Timer = { dueMs: number; task: () => void };

export class ManualTimers {
  #nowMs = 0;
  #timers: Timer[] = [];

  nowMs = (): number => this.#nowMs;

  after = (delayMs: number, task: () => void): (() => void) => {
    const timer = { dueMs: this.#nowMs + delayMs, task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  get waiting(): number {
    return this.#timers.length;
  }

  /** Moves the time, runs what is due, and lets promises settle. */
  async pass(ms: number): Promise<void> {
    this.#nowMs += ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.dueMs <= this.#nowMs);
      if (due.length === 0) break;
      this.#timers = this.#timers.filter((timer) => !due.includes(timer));
      for (const timer of due) timer.task();
      await settled();
    }
    await settled();
  }
}

/** Lets every promise that can go on, go on. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
