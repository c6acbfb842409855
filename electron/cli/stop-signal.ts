/** Waits until somebody asks this process to stop. */
import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Resolves at the first signal. A second one ends the process at once with code 1, for a user who will not wait;
 * what was recorded is safe.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of signals) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        resolve(signal);
      });
    }
  });
}

/** Exit code of a process that a signal ended. */
export const exitCodeOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** Whether a part of the work was not done because it was asked to stop: a push of what is committed, for example. */
export const wasStopped = (problems: readonly { code: string }[]): boolean =>
  problems.some(({ code }) => code === 'stopping');

/**
 * Until it is over, the first signal asks the work to stop instead of ending the process, so that the work ends in order;
 * a second one ends it at once. Returns what came of the work, and the signal.
 */
export async function stoppable<Value>(
  stop: () => void,
  work: () => Promise<Value>,
): Promise<{ value: Value; signal: NodeJS.Signals | undefined }> {
  let caught: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (caught !== undefined) process.exit(exitCodeOfSignal(signal));
    caught = signal;
    stop();
  };
  for (const signal of signals) process.on(signal, onSignal);
  try {
    return { value: await work(), signal: caught };
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}
