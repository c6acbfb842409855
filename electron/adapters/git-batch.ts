/**
 * A git that answers one question after another: starting one takes longer than most answers (some 4 ms on Linux,
 * ten times that on Windows). It starts with the first question, ends after a while without one, and starts anew when
 * it died.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { limits } from '../../shared/limits.ts';
import { err, type Problem, problem, type Result } from '../../shared/result.ts';
import { gitFailed, startGit } from './run-git.ts';

/** What begins the bytes that git printed, when that is a whole answer: its length, and what it means. */
export type ReadAnswer<Value> = (printed: Buffer) => { value: Result<Value>; length: number } | undefined;

export type GitBatch = {
  /**
   * Fails with `git-failed` when git ends over it, or says nothing for `gitWriteMs`. A git that ends takes only the
   * question along that it was at: the others go to the next one.
   */
  ask<Value>(question: Uint8Array | string, read: ReadAnswer<Value>): Promise<Result<Value>>;
  /** Another git answers from now on, one that has read the settings anew. */
  renew(): void;
  /** Ends it once it has answered what it was asked; the next question after that starts another. */
  close(): void;
};

type Waiting = {
  question: Uint8Array | string;
  /** Takes its answer out of what was printed; undefined when more must come. */
  take(printed: Buffer): number | undefined;
  fail(reason: Problem): void;
};

export function createGitBatch(folder: string, args: readonly string[]): GitBatch {
  let child: ChildProcessWithoutNullStreams | undefined;
  let waiting: Waiting[] = [];
  let printed = createHeard();
  let stderr = '';
  let timer: NodeJS.Timeout | undefined;
  let isClosing = false;

  function stop(): void {
    clearTimeout(timer);
    isClosing = false;
    child?.kill();
    child = undefined;
    printed = createHeard();
  }

  function end(): void {
    stop();
    const left = waiting;
    waiting = [];
    for (const one of left) one.fail(gitFailed(folder, args, stderr));
  }

  /** What the first of them made git do says nothing of the others. */
  function loseFirst(reason: Problem): void {
    stop();
    waiting.shift()?.fail(reason);
    askAgain();
  }

  function askAgain(): void {
    if (waiting.length === 0) return;
    child = start();
    for (const { question } of waiting) child.stdin.write(question);
    arm();
  }

  function arm(): void {
    clearTimeout(timer);
    const isIdle = waiting.length === 0;
    timer = setTimeout(
      () => (isIdle ? end() : loseFirst(tooSilent(folder))),
      isIdle ? limits.gitIdleMs : limits.gitWriteMs,
    );
    // Nothing needs to wait for a git that waits for us.
    if (isIdle) timer.unref();
  }

  function start(): ChildProcessWithoutNullStreams {
    // In a group of its own: Ctrl+C is for us, and we say when git ends.
    const started = startGit(folder, args, {}, { detached: process.platform !== 'win32' });
    stderr = '';
    const isCurrent = () => child === started;
    started.stdout.on('data', (chunk: Buffer) => isCurrent() && hear(chunk));
    started.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-limits.gitWordsCharacters);
    });
    started.stdin.on('error', () => undefined);
    // One that cannot be started answers nobody.
    started.on('error', () => isCurrent() && end());
    started.on('close', () => isCurrent() && loseFirst(gitFailed(folder, args, stderr)));
    started.unref();
    for (const stream of [started.stdin, started.stdout, started.stderr])
      (stream as unknown as { unref?(): void }).unref?.();
    return started;
  }

  function hear(chunk: Buffer): void {
    printed.add(chunk);
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const length = first.take(printed.bytes());
      if (length === undefined) break;
      printed.drop(length);
      waiting.shift();
    }
    if (isClosing && waiting.length === 0) stop();
    else arm();
  }

  return {
    ask: (question, read) =>
      new Promise((resolve) => {
        child ??= start();
        waiting.push({
          question,
          take(bytes) {
            const answer = read(bytes);
            if (answer !== undefined) resolve(answer.value);
            return answer?.length;
          },
          fail: (reason) => resolve(err(reason)),
        });
        arm();
        child.stdin.write(question);
      }),
    renew() {
      stop();
      askAgain();
    },
    close() {
      if (waiting.length === 0) stop();
      else isClosing = true;
    },
  };
}

/** What was printed and not taken yet. It grows by doubling: a large answer comes in thousands of pieces. */
function createHeard() {
  let room = Buffer.alloc(0);
  let [from, to] = [0, 0];
  return {
    bytes: () => room.subarray(from, to),
    add(chunk: Buffer) {
      if (to + chunk.length > room.length) {
        const wider = Buffer.allocUnsafe(Math.max(2 * (to - from), to - from + chunk.length));
        room.copy(wider, 0, from, to);
        [room, from, to] = [wider, 0, to - from];
      }
      chunk.copy(room, to);
      to += chunk.length;
    },
    drop(length: number) {
      from += length;
      // What was taken may still be looked at by whoever asked.
      if (from === to) [room, from, to] = [Buffer.alloc(0), 0, 0];
    },
  };
}

/** One line, without its end. */
export const readLine =
  <Value>(meaning: (line: string) => Result<Value>): ReadAnswer<Value> =>
  (printed) => {
    const end = printed.indexOf(10);
    return end < 0 ? undefined : { value: meaning(printed.toString('utf8', 0, end)), length: end + 1 };
  };

const tooSilent = (folder: string): Problem =>
  problem(
    'git-failed',
    folder,
    `Git does not answer in ${folder} and was ended.`,
    'See whether git works there from a terminal, then try again.',
  );
