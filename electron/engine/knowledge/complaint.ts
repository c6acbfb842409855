/** What keeps a work from going on: told in the log once until it is another, and when it is over, however often it is met. */
import { type Problem, ProblemError, problem } from '../../../shared/result.ts';
import type { Log } from '../ports.ts';

export type Complaint = {
  met(cause: unknown): void;
  over(): void;
  /** Undefined while all is well. */
  now(): Problem | undefined;
};

/** `what` fails, or works again; the lines have the field `problem`. */
export function createComplaint(log: Log, what: string): Complaint {
  let told: Problem | undefined;
  return {
    met(cause) {
      const it = cause instanceof ProblemError ? cause.problem : faulty(cause);
      const isKnown = it.message === told?.message;
      told = it;
      if (isKnown) return;
      const where = cause instanceof ProblemError ? {} : { cause };
      log.error(`${what} fails: ${it.message} ${it.advice}`, { problem: it.code, ...where });
    },
    over() {
      if (told !== undefined) log.info(`${what} works again.`, { problem: null });
      told = undefined;
    },
    now: () => told,
  };
}

const faulty = (cause: unknown): Problem =>
  problem(
    'internal',
    'the knowledge index',
    `The knowledge index failed: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Notes and log are untouched. It is tried again; if it stays, report it with the output of `skein doctor`.',
  );
