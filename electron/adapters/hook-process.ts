/** One run of a hook: bounded, ended with all that it started, and with its last words where it refuses. */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { withoutSecrets } from '../../shared/domain/secrets.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { HookName, HookRun } from '../engine/git/hooks.ts';
import type { StopSignal } from '../engine/lock/repository-lock.ts';
import { atExit } from './at-exit.ts';
import { cleanEnvironment, neutralFolder } from './git-process.ts';
import { endGroup } from './process-group.ts';

/** What a hook is told. */
export type HookCall = { args: readonly string[]; env: Readonly<Record<string, string>>; run: HookRun };

export type HookStart = {
  name: HookName;
  /** Of git, which starts it. */
  words: readonly string[];
  env: Readonly<Record<string, string>>;
  signal?: StopSignal | undefined;
  /** Milliseconds until it is ended; `gitHookMs` unless told. */
  atMostMs?: number;
};

/** Fails with `hook-refused` and `stopping`. What a hook leaves running in the background goes on, as under git. */
export function runHook(
  top: string,
  { name, words, env, signal, atMostMs = limits.gitHookMs }: HookStart,
): Promise<Result<null>> {
  if (signal?.aborted) return Promise.resolve(err(stopped(name)));
  return new Promise((resolve) => {
    const child = spawn('git', ['-C', top, ...words], {
      cwd: neutralFolder,
      // Git asks nobody for a message here, and tells its hooks so.
      env: { ...cleanEnvironment(), GIT_EDITOR: ':', ...env },
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let said = '';
    let ended: Problem | undefined;
    let forced: NodeJS.Timeout | undefined;
    const end = (why: Problem) => {
      ended ??= why;
      endGroup(child, 'SIGTERM');
      forced ??= setTimeout(() => endGroup(child, 'SIGKILL'), limits.gitStopMs);
    };
    const onAbort = () => end(stopped(name));
    const overdue = setTimeout(() => end(tooSlow(name, atMostMs)), atMostMs);
    const cancelAtExit = atExit(() => endGroup(child, 'SIGKILL'));
    const finish = (outcome: Result<null>) => {
      cancelAtExit();
      clearTimeout(overdue);
      clearTimeout(forced);
      signal?.removeEventListener('abort', onAbort);
      // Who ignored to be asked may have closed what we listened to.
      if (ended !== undefined) endGroup(child, 'SIGKILL');
      for (const stream of [child.stdout, child.stderr]) (stream as Socket).unref();
      resolve(ended === undefined ? outcome : err(ended));
    };
    signal?.addEventListener('abort', onAbort);
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = `${said}${text}`.slice(-limits.gitWordsCharacters);
      });
    child.on('error', (cause) => finish(err(cannotStart(name, cause))));
    child.on('close', (code) => finish(code === 0 ? ok(null) : err(hookRefused(name, said))));
    child.on('exit', (code) => {
      // Whatever it left in the background may keep our ends open for ever; only a refusal has words to wait for, and what
      // was told to end has its time for that.
      if (code === 0 && ended === undefined) finish(ok(null));
      else setTimeout(() => finish(err(hookRefused(name, said))), limits.gitStopMs).unref();
    });
  });
}

/** With its last words. */
export function hookRefused(name: HookName | 'pre-push', said: string): Problem {
  const lines = withoutSecrets(said)
    .split(/[\r\n]+/)
    .map((line) => line.replace(/\p{Cc}\[[0-9;]*m/gu, '').trim())
    .filter((line) => line !== '');
  const words =
    lines.slice(-limits.hookLines).join('; ').slice(-limits.hookCharacters) || 'it gave no reason';
  return problem(
    'hook-refused',
    name,
    `The hook ${name} of this repository ${deed(name)}: ${/[.!?]$/.test(words) ? words : `${words}.`}`,
    'Put right what the hook says, then try again.',
  );
}

/** What comes afterwards has nothing to refuse any more. */
const deed = (name: string): string => (name.startsWith('post-') ? 'failed' : 'refused it');

const tooSlow = (name: HookName, ms: number): Problem =>
  problem(
    'hook-refused',
    name,
    `The hook ${name} of this repository did not end within ${Math.round(ms / 1000)} seconds and was ended.`,
    'See what it waits for: the lock of the repository is held until it is done.',
  );

const stopped = (name: HookName): Problem =>
  problem('stopping', name, `The hook ${name} was stopped.`, 'Begin it again when you want.');

const cannotStart = (name: HookName, cause: Error): Problem =>
  problem(
    'git-unavailable',
    'git',
    `Git cannot be run for the hook ${name}: ${cause.message}.`,
    'Look at the installation of git, then try again.',
  );
