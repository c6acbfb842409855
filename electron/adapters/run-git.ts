/** Runs the installed git for work that changes a repository. No shell, no prompt, none of the repository's hooks. */
import {
  type ChildProcessWithoutNullStreams,
  type SpawnOptionsWithoutStdio,
  spawn,
} from 'node:child_process';
import { withoutSecrets } from '../../shared/domain/secrets.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { StopSignal } from '../engine/lock/repository-lock.ts';
import { errorCode } from './file-problems.ts';
import { cleanEnvironment, neutralFolder, plainGit } from './git-process.ts';

export type GitRun = {
  input?: Uint8Array | string;
  /** Besides our own; what is secret travels here, never among the arguments, which every process can read. */
  env?: Readonly<Record<string, string>>;
  signal?: StopSignal | undefined;
  /** What git says meanwhile, for progress. */
  onStderr?: (text: string) => void;
  /** Milliseconds without a word until git is ended; `gitWriteMs` unless told. */
  silenceMs?: number;
  /** Exit codes that are answers, too; 0 always is. */
  answers?: readonly number[];
};

export type GitAnswer = { bytes: Buffer; code: number; stderr: string };

/**
 * Runs it in `folder`. Fails with `git-unavailable`, `stopping` by its signal, and `git-failed` with git's own words,
 * whatever was printed before.
 */
export function runGit(
  folder: string,
  args: readonly string[],
  run: GitRun = {},
): Promise<Result<GitAnswer>> {
  return new Promise((resolve) => {
    const child = startGit(folder, args, run.env);
    const heard: Buffer[] = [];
    let stderr = '';
    const silence = watchSilence(child, run.silenceMs ?? limits.gitWriteMs);
    const stop = (): void => void child.kill('SIGTERM');
    const finish = (outcome: Result<GitAnswer>) => {
      silence.end();
      run.signal?.removeEventListener('abort', stop);
      resolve(outcome);
    };
    run.signal?.addEventListener('abort', stop);
    if (run.signal?.aborted) stop();
    child.stdout.on('data', (chunk: Buffer) => {
      silence.heard();
      heard.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      silence.heard();
      stderr = (stderr + chunk.toString()).slice(-limits.gitWordsCharacters);
      run.onStderr?.(chunk.toString());
    });
    child.on('error', (cause) => finish(err(cannotRun(cause))));
    child.on('close', (code) => {
      const answer = { bytes: Buffer.concat(heard), code: code ?? -1, stderr };
      if (run.signal?.aborted) finish(err(stopped(folder)));
      else if (silence.isOver()) finish(err(tooSilent(folder, args)));
      else if (answer.code === 0 || run.answers?.includes(answer.code)) finish(ok(answer));
      else finish(err(gitFailed(folder, args, stderr)));
    });
    // Git may end before it has read everything; how it ended says more.
    child.stdin.on('error', () => undefined);
    child.stdin.end(run.input);
  });
}

export function startGit(
  folder: string,
  args: readonly string[],
  env: GitRun['env'] = {},
  options: SpawnOptionsWithoutStdio = {},
): ChildProcessWithoutNullStreams {
  return spawn('git', ['-C', folder, ...plainGit, ...args], {
    cwd: neutralFolder,
    env: { ...cleanEnvironment(), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_EDITOR: ':', ...env },
    windowsHide: true,
    ...options,
  });
}

function watchSilence(child: ChildProcessWithoutNullStreams, silenceMs: number) {
  let over = false;
  const timer = setTimeout(() => {
    over = true;
    child.kill('SIGTERM');
  }, silenceMs);
  return {
    heard: () => void timer.refresh(),
    isOver: () => over,
    end: () => clearTimeout(timer),
  };
}

const cannotRun = (cause: Error): Problem =>
  errorCode(cause) === 'ENOENT'
    ? problem('git-unavailable', 'git', 'Git was not found on this machine.', 'Install git, then try again.')
    : problem(
        'git-unavailable',
        'git',
        `Git cannot be run: ${cause.message}.`,
        'Look at the installation of git.',
      );

const stopped = (folder: string): Problem =>
  problem('stopping', folder, `The work in ${folder} was stopped.`, 'Begin it again when you want.');

const tooSilent = (folder: string, [command = '']: readonly string[]): Problem =>
  problem(
    'git-failed',
    folder,
    `git ${command} said nothing for too long in ${folder} and was ended.`,
    'See whether git works there from a terminal, then try again.',
  );

/** The last lines are about the failure; what comes before is hints and progress. */
export function gitFailed(folder: string, args: readonly string[], stderr: string): Problem {
  const lines = withoutSecrets(stderr)
    .split(/[\r\n]+/)
    .map((line) => line.replace(/^(fatal|error): /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  const words = lines.slice(-3).join('; ') || 'it gave no reason';
  const command = args.find((arg) => /^[a-z-]+$/.test(arg) && !arg.startsWith('-')) ?? '';
  return problem(
    'git-failed',
    folder,
    `git ${command} failed in ${folder}: ${words}.`,
    'Put right what git says, then try again; nothing was changed.',
  );
}
