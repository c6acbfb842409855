/** Waits until somebody asks this process to stop. */
import { constants } from 'node:os';
import { limits } from '../../shared/limits.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Clock } from '../engine/ports.ts';

export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type StopSignal = (typeof stopSignals)[number];

/**
 * Calls `onSignal` for each signal that asks this process to stop, which then ends it no more. Returns how to hear no
 * more of them.
 */
export function hearSignals(onSignal: (signal: StopSignal) => void): () => void {
  const isEcho = createEchoes(systemClock);
  const hear = (signal: NodeJS.Signals) => {
    if (!isEcho(signal)) onSignal(signal as StopSignal);
  };
  for (const signal of stopSignals) process.on(signal, hear);
  return () => {
    for (const signal of stopSignals) process.off(signal, hear);
  };
}

/**
 * Whether a signal is one that was heard already. Ctrl+C reaches the whole group, and each program above us that passes
 * it on, such as npm or our launcher, makes it one more.
 */
export function createEchoes({ monotonicMs }: Pick<Clock, 'monotonicMs'>): (signal: string) => boolean {
  const heardMs = new Map<string, number>();
  return (signal) => {
    const nowMs = monotonicMs();
    const isEcho = nowMs - (heardMs.get(signal) ?? Number.NEGATIVE_INFINITY) < limits.signalEchoMs;
    if (!isEcho) heardMs.set(signal, nowMs);
    return isEcho;
  };
}

/**
 * Resolves at the first signal. A second one ends the process at once with code 1, for a user who will not wait;
 * what was recorded is safe.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    hearSignals((signal) => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    });
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
  const hearNoMore = hearSignals((signal) => {
    if (caught !== undefined) process.exit(exitCodeOfSignal(signal));
    caught = signal;
    stop();
  });
  try {
    return { value: await work(), signal: caught };
  } finally {
    hearNoMore();
  }
}
