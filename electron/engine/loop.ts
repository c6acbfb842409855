/**
 * One queue, one loop (DESIGN section 4): sources only enqueue, events run one after another, so a handler's
 * preconditions hold for its whole run and the order of events is the history (Syncthing's folder.go `Serve`).
 */
import { type Problem, ProblemError, problem } from '../../shared/result.ts';

export type Loop<Event> = {
  push(event: Event): void;
  /** Does something before every event that is pushed from now on; what it throws is the caller's. */
  begin(work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>;
  /** Lets the running event finish, takes no more, and returns what it dropped. */
  stop(): Promise<Event[]>;
};

/** `handle` never runs twice at once. What it throws goes to `onFailure`; the loop goes on. */
export function createLoop<Event>(
  handle: (event: Event) => Promise<void>,
  onFailure: (event: Event, failure: Problem) => void,
): Loop<Event> {
  let queue: Event[] = [];
  let running: Promise<void> | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      try {
        await handle(event);
      } catch (failure) {
        onFailure(event, toProblem(failure));
      }
    }
    running = undefined;
  }

  return {
    push(event) {
      if (stopped) return;
      queue.push(event);
      running ??= Promise.resolve().then(run);
    },
    begin(work) {
      const begun = work();
      running = begun.catch(() => undefined).then(run);
      return begun;
    },
    async idle() {
      while (running !== undefined) await running;
    },
    async stop() {
      stopped = true;
      const dropped = queue;
      queue = [];
      await running;
      return dropped;
    },
  };
}

/** Anything thrown, as a problem that a person can read. */
export function toProblem(failure: unknown): Problem {
  if (failure instanceof ProblemError) return failure.problem;
  const message = failure instanceof Error ? failure.message : String(failure);
  return problem(
    'internal',
    'Skein',
    `Something went wrong inside Skein: ${message}`,
    'Your files and the log are untouched; please report this.',
  );
}
