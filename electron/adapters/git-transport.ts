/** One run of the installed git that talks to another machine: it can be ended at any time, and ends when nothing comes. */
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { limits } from '../../shared/limits.ts';
import type { StopSignal } from '../engine/lock/repository-lock.ts';
import { cleanEnvironment, neutralFolder } from './git-process.ts';
import { endGroup } from './process-group.ts';

export type TransportEnd = {
  /** `missing`: git cannot be started. */
  how: 'exited' | 'cancelled' | 'silent' | 'missing';
  code: number | null;
  printed: string;
  /** The last of what it said on its standard error. */
  said: string;
};

export type TransportOptions = {
  env: NodeJS.ProcessEnv;
  silenceMs: number;
  signal?: StopSignal | undefined;
  /** Each line of its standard error, also those that git overwrites on a screen. */
  onLine?: ((line: string) => void) | undefined;
};

/** Nobody is there to answer a question, and words are read here: English, please. */
const quiet: NodeJS.ProcessEnv = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  // Also keeps `core.askPass` and SSH_ASKPASS from being asked.
  GIT_ASKPASS: '',
  SSH_ASKPASS_REQUIRE: 'never',
  GCM_INTERACTIVE: 'Never',
};

/** Resolves when git and all that it started are gone. */
export function runTransport(
  folder: string,
  args: readonly string[],
  { env, silenceMs, signal, onLine }: TransportOptions,
): Promise<TransportEnd> {
  if (signal?.aborted) return Promise.resolve({ how: 'cancelled', code: null, printed: '', said: '' });
  return new Promise((resolve) => {
    const child = spawn('git', ['-C', folder, ...args], {
      cwd: neutralFolder,
      env: { ...cleanEnvironment(), ...quiet, ...env },
      // A group of its own, so that ssh and git's helpers end with it; and no terminal to ask at.
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let how: TransportEnd['how'] = 'exited';
    let printed = '';
    let said = '';
    let forced: NodeJS.Timeout | undefined;
    const end = (why: TransportEnd['how']) => {
      if (how !== 'exited') return;
      how = why;
      endGroup(child, 'SIGTERM');
      forced = setTimeout(() => endGroup(child, 'SIGKILL'), limits.gitStopMs);
    };
    const onAbort = () => end('cancelled');
    const silence = setTimeout(() => end('silent'), silenceMs);
    const hear = readLines(onLine ?? (() => undefined));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      silence.refresh();
      printed = `${printed}${text}`.slice(-limits.gitWordsCharacters);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      silence.refresh();
      said = `${said}${text}`.slice(-limits.gitWordsCharacters);
      hear(text);
    });
    const finish = (code: number | null) => {
      clearTimeout(silence);
      clearTimeout(forced);
      signal?.removeEventListener('abort', onAbort);
      // Whoever holds our pipes for ever must not keep this process, too.
      for (const stream of [child.stdout, child.stderr]) (stream as Socket).unref();
      resolve({ how, code, printed, said });
    };
    signal?.addEventListener('abort', onAbort);
    child.on('error', () => {
      how = 'missing';
      finish(null);
    });
    child.on('close', finish);
    // A master connection of ssh that stays keeps our pipes open for ever.
    child.on('exit', (code) => setTimeout(() => finish(code), limits.gitStopMs).unref());
  });
}

/** Git ends a line that it will overwrite with a carriage return. */
function readLines(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = `${rest}${text}`.split(/[\r\n]+/);
    rest = (lines.pop() ?? '').slice(0, limits.gitWordsCharacters);
    for (const line of lines) if (line !== '') onLine(line);
  };
}
