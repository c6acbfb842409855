/**
 * The requests to one server that embeds, in line: at most some at once, not more in a minute than its user allows, and
 * none before the time that the server itself named.
 */
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Cancel, Clock } from '../engine/ports.ts';

export type EmbeddingLine = {
  /**
   * Resolves with what ends the turn. What is `urgent` goes before all that wait, and waits `patienceMs` in all; the rest
   * waits for those before it, but not for a server that wants to be left alone longer than that. Fails with
   * `rate-limited`, and with `stopping`.
   */
  turn(asked: { patienceMs: number; urgent: boolean }): Promise<Result<() => void>>;
  /** The server wants to be asked no more for so long. */
  hold(waitMs: number): void;
  /** It may be asked again. */
  release(): void;
};

type LineDeps = { host: string; perMinute: number | null; clock: Clock; signal: AbortSignal };
type Waiting = { patienceMs: number; settle(turn: Result<() => void>): void };

export function createEmbeddingLine({ host, perMinute, clock, signal }: LineDeps): EmbeddingLine {
  const spacingMs = perMinute === null ? 0 : 60_000 / perMinute;
  let waiting: Waiting[] = [];
  let running = 0;
  let nextMs = 0;
  let heldMs = 0;
  let cancelWake: Cancel = () => {};

  /** Until anybody may go. */
  const waitMs = (): number => Math.max(0, Math.max(nextMs, heldMs) - clock.monotonicMs());

  function refuse(those: readonly Waiting[], why: Problem): void {
    waiting = waiting.filter((it) => !those.includes(it));
    for (const { settle } of those) settle(err(why));
  }

  /** Whoever waits holds no place, so that all of them are there for the next one that is urgent. */
  function letIn(): void {
    cancelWake();
    const restMs = waitMs();
    const impatient = waiting.filter(({ patienceMs }) => patienceMs < restMs);
    if (impatient.length > 0) refuse(impatient, tooLate(host, restMs));
    while (running < limits.embeddingRequests && waitMs() === 0) {
      const first = waiting.shift();
      if (first === undefined) return;
      running += 1;
      nextMs = clock.monotonicMs() + spacingMs;
      first.settle(ok(once(leave)));
    }
    if (waiting.length > 0 && running < limits.embeddingRequests) cancelWake = clock.after(waitMs(), letIn);
  }

  function leave(): void {
    running -= 1;
    letIn();
  }

  signal.addEventListener('abort', () => {
    cancelWake();
    refuse(waiting, stopping(host));
  });

  async function turn(patienceMs: number, urgent: boolean): Promise<Result<() => void>> {
    const { promise, resolve: settle } = Promise.withResolvers<Result<() => void>>();
    const it = { patienceMs, settle };
    waiting = urgent ? [it, ...waiting] : [...waiting, it];
    const giveUp = (): void => refuse([it], atWork(host, patienceMs));
    const cancel: Cancel = urgent ? clock.after(patienceMs, giveUp) : () => {};
    letIn();
    return promise.finally(cancel);
  }

  return {
    turn: async ({ patienceMs, urgent }) => (signal.aborted ? err(stopping(host)) : turn(patienceMs, urgent)),
    hold(heldForMs) {
      heldMs = Math.max(heldMs, clock.monotonicMs() + heldForMs);
      letIn();
    },
    release() {
      heldMs = 0;
      letIn();
    },
  };
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

const tooLate = (host: string, waitMs: number): Problem =>
  problem(
    'rate-limited',
    host,
    `${host} takes no more requests for ${Math.ceil(waitMs / 1_000)} s.`,
    'It is asked again by itself. The rate limit of the account, or the one in the settings, says how often.',
  );

const atWork = (host: string, waitedMs: number): Problem =>
  problem(
    'rate-limited',
    host,
    `${host} is at work on notes, so it could not be asked within ${Math.ceil(waitedMs / 1_000)} s.`,
    'Ask again in a moment; a question goes before the notes that wait.',
  );

export const stopping = (host: string): Problem =>
  problem('stopping', host, `The request to ${host} was ended.`, 'It is made again when it is needed.');
