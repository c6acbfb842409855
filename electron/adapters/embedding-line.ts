/**
 * The requests to one server that embeds, in line: at most some at once, not more in a minute than its user allows, and
 * none before the time that the server itself named.
 */
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Clock } from '../engine/ports.ts';

export type EmbeddingLine = {
  /**
   * Resolves with what ends the turn. `urgent` goes before all that wait. Fails with `rate-limited` when it would take
   * longer than `patienceMs`, and with `stopping`.
   */
  turn(asked: { patienceMs: number; urgent: boolean }): Promise<Result<() => void>>;
  /** The server wants to be asked no more for so long. */
  hold(waitMs: number): void;
};

type LineDeps = { host: string; perMinute: number | null; clock: Clock; signal: AbortSignal };

export function createEmbeddingLine({ host, perMinute, clock, signal }: LineDeps): EmbeddingLine {
  const spacingMs = perMinute === null ? 0 : 60_000 / perMinute;
  const waiting: (() => void)[] = [];
  let running = 0;
  let nextMs = 0;
  let heldMs = 0;

  const startMs = (): number => Math.max(nextMs, heldMs);
  const waitMs = (): number => Math.max(0, startMs() - clock.monotonicMs());

  async function place(urgent: boolean): Promise<void> {
    while (running >= limits.embeddingRequests && !signal.aborted)
      await new Promise<void>((resolve) => {
        if (urgent) waiting.unshift(resolve);
        else waiting.push(resolve);
      });
    running += 1;
  }

  function leave(): void {
    running -= 1;
    waiting.shift()?.();
  }

  signal.addEventListener('abort', () => {
    for (const resolve of waiting.splice(0)) resolve();
  });

  return {
    async turn({ patienceMs, urgent }) {
      await place(urgent);
      while (!signal.aborted && waitMs() > 0) {
        if (waitMs() > patienceMs) {
          leave();
          return err(tooLate(host, waitMs()));
        }
        const before = startMs();
        // Whoever waits has its time to itself; others wait for the one after it.
        nextMs = before + spacingMs;
        await sleep(clock, before - clock.monotonicMs(), signal);
        if (heldMs <= clock.monotonicMs()) return signal.aborted ? end(leave, host) : ok(once(leave));
      }
      if (signal.aborted) return end(leave, host);
      nextMs = clock.monotonicMs() + spacingMs;
      return ok(once(leave));
    },
    hold(heldForMs) {
      heldMs = Math.max(heldMs, clock.monotonicMs() + heldForMs);
    },
  };
}

function end(leave: () => void, host: string): Result<never> {
  leave();
  return err(stopping(host));
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      cancel();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.after(ms, wake);
    signal.addEventListener('abort', wake);
  });
}

const tooLate = (host: string, waitMs: number): Problem =>
  problem(
    'rate-limited',
    host,
    `${host} takes no more requests for ${Math.ceil(waitMs / 1_000)} s.`,
    'It is asked again by itself. The rate limit of the account, or the one in the settings, says how often.',
  );

export const stopping = (host: string): Problem =>
  problem('stopping', host, `The request to ${host} was ended.`, 'It is made again when it is needed.');
