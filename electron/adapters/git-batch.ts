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
  /** Fails with `git-failed` when git ends instead, or says nothing for `gitWriteMs`. */
  ask<Value>(question: Uint8Array | string, read: ReadAnswer<Value>): Promise<Result<Value>>;
  /** Ends it; the next question starts another. */
  close(): void;
};

type Waiting = {
  /** Takes its answer out of what was printed; undefined when more must come. */
  take(printed: Buffer): number | undefined;
  fail(reason: Problem): void;
};

export function createGitBatch(folder: string, args: readonly string[]): GitBatch {
  let child: ChildProcessWithoutNullStreams | undefined;
  let waiting: Waiting[] = [];
  let printed: Buffer = Buffer.alloc(0);
  let stderr = '';
  let timer: NodeJS.Timeout | undefined;

  function end(reason?: Problem): void {
    clearTimeout(timer);
    child?.kill();
    child = undefined;
    const left = waiting;
    waiting = [];
    printed = Buffer.alloc(0);
    for (const one of left) one.fail(reason ?? gitFailed(folder, args, stderr));
  }

  function arm(): void {
    clearTimeout(timer);
    const isIdle = waiting.length === 0;
    timer = setTimeout(
      () => (isIdle ? end() : end(tooSilent(folder))),
      isIdle ? limits.gitIdleMs : limits.gitWriteMs,
    );
    // Nothing needs to wait for a git that waits for us.
    if (isIdle) timer.unref();
  }

  function start(): ChildProcessWithoutNullStreams {
    const started = startGit(folder, args);
    stderr = '';
    const isCurrent = () => child === started;
    started.stdout.on('data', (chunk: Buffer) => isCurrent() && hear(chunk));
    started.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-limits.gitWordsCharacters);
    });
    started.stdin.on('error', () => undefined);
    started.on('error', () => isCurrent() && end());
    started.on('close', () => isCurrent() && end());
    started.unref();
    for (const stream of [started.stdin, started.stdout, started.stderr])
      (stream as unknown as { unref?(): void }).unref?.();
    return started;
  }

  function hear(chunk: Buffer): void {
    printed = printed.length === 0 ? chunk : Buffer.concat([printed, chunk]);
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const length = first.take(printed);
      if (length === undefined) return;
      printed = printed.subarray(length);
      waiting.shift();
    }
    arm();
  }

  return {
    ask: (question, read) =>
      new Promise((resolve) => {
        child ??= start();
        waiting.push({
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
    close: () => end(),
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
