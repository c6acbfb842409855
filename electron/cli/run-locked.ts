/** Runs a program while this process holds the lock of a repository, as `flock` does. */
import { spawn } from 'node:child_process';
import type { LockMode } from '../../shared/domain/lock.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { errorCode } from '../adapters/file-problems.ts';
import { isInForeground } from '../adapters/foreground.ts';
import { openGroupWitness } from '../adapters/group-witness.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Held } from '../engine/lock/held-lock.ts';
import { holdsVariable, variablesOfHold } from '../engine/lock/hold-variables.ts';
import { partyWords } from '../engine/lock/lock-problems.ts';
import type { LockRequest, RepositoryLock } from '../engine/lock/repository-lock.ts';
import type { Context } from './context.ts';
import { exitCodeOfSignal, hearSignals, type StopSignal, stopSignals } from './stop-signal.ts';
import { plainText } from './text-width.ts';

/** What `timeout`, `env` and shells end with in the same case. */
const cannotRun = { ENOENT: 127, other: 126 };

/** What is done with the lock before the program, and once it has ended. */
export type Around = {
  /** A failure ends it before the program begins. */
  before(held: Held, signal: AbortSignal): Promise<Result<void>>;
  /** Gets the program's exit code and returns ours. The reason of `signal` is the one that came. */
  after(held: Held, exitCode: number, signal: AbortSignal): Promise<Result<number>>;
};

type Work = { lock: RepositoryLock; words: readonly string[]; request: LockRequest; around?: Around };

/**
 * Waits, runs the program with our own terminal, and returns its exit code; 128 and the signal's number when a signal
 * ended it or the waiting. Fails as `RepositoryLock.acquire` does.
 */
export async function runLocked(
  context: Context,
  { lock, words, request, around }: Work,
): Promise<Result<number>> {
  const stop = catchSignals();
  try {
    const inherited = inheritedMode(context.env, lock);
    if (inherited === 'shared' && request.mode !== 'shared') return err(onlyReads(lock.repository));
    if (inherited !== undefined && around === undefined)
      return ok(await runProgram(context, words, { stop }));
    const cancel = systemClock.after(limits.lockLookMs, () => tellWaiting(context, lock));
    const held = await lock.acquire({ ...request, signal: stop.waiting }).finally(cancel);
    if (!held.ok && stop.caught() !== undefined) context.tell(plainText(held.error.message));
    const signal = held.ok ? undefined : stop.caught();
    if (signal !== undefined) return ok(exitCodeOfSignal(signal));
    if (!held.ok) return held;
    return await runHolding(context, words, { stop, held: held.value, around });
  } finally {
    stop.end();
  }
}

/** Whether a program that may write runs us under the lock: to wait for it would be to wait for ever. */
export const isInherited = (env: NodeJS.ProcessEnv, lock: RepositoryLock): boolean =>
  inheritedMode(env, lock) === 'exclusive';

function inheritedMode(env: NodeJS.ProcessEnv, lock: RepositoryLock): LockMode | undefined {
  const holds = env[holdsVariable]?.split(',') ?? [];
  const line = holds.length > 0 ? lock.look() : undefined;
  return line?.ok ? line.value.holders.find(({ id }) => holds.includes(id))?.mode : undefined;
}

const onlyReads = (repository: string): Problem =>
  problem(
    'bad-input',
    repository,
    `This program runs under the lock of ${repository} as one that only reads; to wait until nobody reads would be to wait for itself.`,
    'Leave out --shared where the lock is first taken, or write after that has ended.',
  );

function tellWaiting({ tell }: Context, lock: RepositoryLock): void {
  const line = lock.look();
  const holders = line.ok ? line.value.holders.map(partyWords).join('; ') : '';
  const by = holders === '' ? '' : `, held by ${holders}`;
  tell(plainText(`Waiting for the lock of ${lock.repository}${by} …`));
}

/** The program lives, so the lease goes on; somebody may break it all the same. */
async function runHolding(
  context: Context,
  words: readonly string[],
  { stop, held, around }: { stop: Stop; held: Held; around: Around | undefined },
): Promise<Result<number>> {
  const renew = () => {
    const renewed = held.renew();
    if (renewed.ok) cancel = systemClock.after(limits.lockLeaseMs / 3, renew);
    else context.tell(plainText(`warning: ${renewed.error.message} ${words[0]} goes on without it.`));
  };
  let cancel = systemClock.after(limits.lockLeaseMs / 3, renew);
  try {
    const ready = (await around?.before(held, stop.waiting)) ?? ok(undefined);
    if (!ready.ok) return ready;
    const code = await runProgram(context, words, { stop, held });
    stop.takeBack();
    return (await around?.after(held, code, stop.waiting)) ?? ok(code);
  } finally {
    cancel();
    held.release();
  }
}

function runProgram(
  { env, workingFolder, tell }: Context,
  [program = '', ...args]: readonly string[],
  { stop, held }: { stop: Stop; held?: Held },
): Promise<number> {
  const child = spawn(program, args, {
    cwd: workingFolder,
    env: held === undefined ? env : { ...env, ...variablesOfHold(env, held) },
    // With these it keeps the lock if we are killed, as a program under `flock` does.
    stdio: ['inherit', 'inherit', 'inherit', ...(held?.descriptors ?? [])],
  });
  const witness = isInForeground() ? undefined : openGroupWitness(stopSignals);
  stop.passTo(async (signal) => {
    if (!(await witness?.hasReached(child.pid, signal))) child.kill(signal);
  });
  const ended = new Promise<number>((resolve) => {
    child.on('error', (cause) => {
      const isMissing = errorCode(cause) === 'ENOENT';
      tell(
        `error: ${program} could not be started: ${isMissing ? 'there is no such program' : cause.message}.`,
      );
      resolve(isMissing ? cannotRun.ENOENT : cannotRun.other);
    });
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : exitCodeOfSignal(signal)));
  });
  return ended.finally(() => witness?.end());
}

type Stop = {
  /** Ends the waiting, and what comes after the program; its reason is the signal. */
  waiting: AbortSignal;
  caught(): StopSignal | undefined;
  /** From now on signals are the program's; it decides what they mean. */
  passTo(pass: (signal: StopSignal) => Promise<void>): void;
  /** It has ended: they are ours again. */
  takeBack(): void;
  end(): void;
};

/** Until `end` no signal ends this process, so that the lock is let go of in order. */
function catchSignals(): Stop {
  const waiting = new AbortController();
  let caught: StopSignal | undefined;
  const abort = (signal: StopSignal) => waiting.abort(signal);
  let pass: (signal: StopSignal) => void = abort;
  const end = hearSignals((signal) => {
    caught ??= signal;
    pass(signal);
  });
  return {
    waiting: waiting.signal,
    caught: () => caught,
    passTo(to) {
      // Ctrl+C has reached the program itself; twice is more than the person asked for.
      pass = (signal) => {
        if (signal !== 'SIGINT' || !isInForeground()) void to(signal);
      };
    },
    takeBack() {
      pass = abort;
    },
    end,
  };
}
