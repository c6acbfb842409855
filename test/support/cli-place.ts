/** The real command line on real folders: a home, a git repository and a data folder of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCommandLine } from '../../electron/cli/run.ts';
import { serve } from '../../electron/serve.ts';
import { memoryStream } from './cli-streams.ts';
import { skeinScript } from './skein-script.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Ran = { code: number | null; out: string; bytes: Buffer; errors: string };
export type RunOptions = { cwd?: string; env?: NodeJS.ProcessEnv };

export type Place = {
  home: string;
  repository: string;
  dataFolder: string;
  /** What its processes start with. */
  env: NodeJS.ProcessEnv;
  /** Runs the command line in this process, in the repository unless told: all of it but `electron/cli.ts`. */
  skein(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs it as a process of its own, as a user does. */
  spawn(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same for who wants to signal it meanwhile. */
  start(args: readonly string[], options?: RunOptions): Started;
  /** The answer of `skein … --json`. */
  json<Value = Record<string, unknown>>(args: readonly string[], options?: RunOptions): Promise<Value>;
  write(path: string, content: string | Uint8Array): void;
  read(path: string): string;
  /** Starts `skein serve` on a free port; it ends with the test at the latest. */
  serve(args?: readonly string[], options?: RunOptions): Promise<Serving>;
};

export type Started = { child: ChildProcess; ended: Promise<Ran> };

export type Serving = {
  child: ChildProcess;
  url: string;
  port: number;
  pid: number;
  /** What it printed after its first answer. */
  rest(): string;
  errors(): string;
  /** Signals it and resolves with its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

/** A new place with an empty repository; call it inside a test. */
export function makePlace(): Place {
  const home = temporaryFolder();
  const repository = join(home, 'site');
  const dataFolder = join(home, 'data');
  mkdirSync(repository);
  execFileSync('git', ['init', '--quiet', repository]);
  const ownEnv = { ...bareEnvironment(home), SKEIN_DATA: dataFolder };
  const optionsOf = ({ cwd = repository, env = {} }: RunOptions) => ({ cwd, env: { ...ownEnv, ...env } });
  const skein = (args: readonly string[], options: RunOptions = {}) => runHere(args, optionsOf(options));
  return {
    home,
    repository,
    dataFolder,
    env: ownEnv,
    skein,
    spawn: (args, options = {}) => startSkein(args, optionsOf(options)).ended,
    start: (args, options = {}) => startSkein(args, optionsOf(options)),
    async json(args, options) {
      const ran = await skein([...args, '--json'], options);
      return JSON.parse(ran.out);
    },
    write(path, content) {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), content);
    },
    read: (path) => readFileSync(join(repository, path), 'utf8'),
    serve: (args = [], options = {}) => startServing(args, optionsOf(options)),
  };
}

/** Nothing of whoever runs the tests: no agent, no colours, no data folder. */
const bareEnvironment = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
  HOME: home,
  TZ: 'UTC',
});

type SpawnOptions = { cwd: string; env: NodeJS.ProcessEnv };

async function runHere(args: readonly string[], { cwd, env }: SpawnOptions): Promise<Ran> {
  const [output, errors] = [memoryStream(), memoryStream()];
  const code = await runCommandLine(args, {
    output,
    errors,
    env,
    workingFolder: cwd,
    nowMs: Date.now(),
    startServing: serve,
  });
  return { code, bytes: output.bytes(), out: output.text(), errors: errors.text() };
}

function startSkein(args: readonly string[], options: SpawnOptions): Started {
  const child = spawn(process.execPath, [skeinScript, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, ended: endOf(child) };
}

async function endOf(child: ChildProcess): Promise<Ran> {
  const [out, errors] = [collect(child, 'stdout'), collect(child, 'stderr')];
  const [code] = (await once(child, 'close')) as [number | null];
  const bytes = Buffer.concat(out);
  return { code, bytes, out: bytes.toString(), errors: Buffer.concat(errors).toString() };
}

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): Buffer[] {
  const chunks: Buffer[] = [];
  child[stream]?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}

async function startServing(args: readonly string[], options: SpawnOptions): Promise<Serving> {
  const all = [skeinScript, 'serve', '--port', '0', '--json', ...args];
  const child = spawn(process.execPath, all, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [out, errors] = [collect(child, 'stdout'), collect(child, 'stderr')];
  const text = () => Buffer.concat(out).toString();
  const said = () => Buffer.concat(errors).toString();
  const gone = once(child, 'close') as Promise<[number | null]>;
  while (!text().includes('\n')) {
    const event = await Promise.race([
      once(child.stdout!, 'data').then(() => 'said'),
      gone.then(() => 'gone'),
    ]);
    if (event === 'gone') throw new Error(`skein serve ended: ${text()}${said()}`);
  }
  const lineEnd = text().indexOf('\n');
  const ready = JSON.parse(text().slice(0, lineEnd)) as { url: string; port: number; pid: number };
  return {
    child,
    ...ready,
    rest: () => text().slice(lineEnd + 1),
    errors: said,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return (await gone)[0];
    },
  };
}
