/** The one Skein of a data folder: taking that place, and finding who has it. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { diskProblem } from './disk-problem.ts';
import { isLockHeld, takeLock } from './instance-lock.ts';
import { writeAtomically } from './write-atomically.ts';

/** Only our own machine: the token goes to this address. */
const loopbackUrl = z.string().regex(/^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$/);
const runningShape = z.object({
  pid: z.number().int().positive(),
  port: z.number().int().min(1).max(65_535),
  url: loopbackUrl,
  startedMs: z.number(),
  version: z.string(),
});
/** What running.json says; `startedMs` is in Unix milliseconds. */
export type Running = z.infer<typeof runningShape>;

/**
 * `none`: nobody holds the data folder. `silent`: somebody does and does not answer: it is starting,
 * stopping or stuck; `pid` when known. `running`: it answers.
 */
export type InstanceState =
  | { state: 'none' }
  | { state: 'silent'; pid: number | undefined }
  | ({ state: 'running' } & Running);

export type Instance = {
  /** Tells other processes where we listen, once we do. `url` is `http://127.0.0.1:PORT`. */
  announce(at: { url: string; port: number }): Promise<Result<void>>;
  /** Withdraws the announcement and frees the data folder. */
  release(): Promise<void>;
};

const runningFile = (dataFolder: string) => join(dataFolder, 'running.json');

/**
 * Makes this process the one Skein of the data folder until `release` or its death, `kill -9` included.
 * Fails with database-busy when another one is, or as `diskProblem` says. `nowMs` is the start, Unix milliseconds.
 */
export async function takeInstance(
  dataFolder: string,
  options: { version: string; nowMs: number },
): Promise<Result<Instance>> {
  const letGo = tryLock(dataFolder);
  if (!letGo.ok) return letGo;
  if (letGo.value === undefined) return err(await alreadyRunning(dataFolder));
  // What a Skein that was killed left behind would send callers to nobody, or to a stranger's port.
  await rm(runningFile(dataFolder), { force: true });
  return ok(holdInstance(dataFolder, options, letGo.value));
}

function holdInstance(
  dataFolder: string,
  options: { version: string; nowMs: number },
  letGo: () => void,
): Instance {
  return {
    announce(at) {
      const running: Running = {
        pid: process.pid,
        port: at.port,
        url: at.url.replace(/\/+$/, ''),
        startedMs: options.nowMs,
        version: options.version,
      };
      return writeAtomically(runningFile(dataFolder), `${JSON.stringify(running, null, 2)}\n`);
    },
    async release() {
      await rm(runningFile(dataFolder), { force: true }).catch(() => undefined);
      letGo();
    },
  };
}

function tryLock(dataFolder: string): Result<(() => void) | undefined> {
  try {
    return ok(takeLock(dataFolder));
  } catch (cause) {
    return err(diskProblem(cause, dataFolder, 'lock its data folder'));
  }
}

async function alreadyRunning(dataFolder: string): Promise<Problem> {
  const running = await readRunning(dataFolder);
  const who =
    running === undefined ? 'It is just starting' : `It is process ${running.pid} at ${running.url}`;
  return problem(
    'database-busy',
    dataFolder,
    `Another Skein already uses the data folder ${dataFolder}. ${who}.`,
    'Use that one, stop it first, or name another folder with --data DIR.',
  );
}

/** The Skein that runs on this data folder and answers; undefined when there is none. Changes nothing. */
export async function findRunning(dataFolder: string): Promise<Running | undefined> {
  const found = await instanceState(dataFolder);
  if (found.state !== 'running') return undefined;
  const { state: _, ...running } = found;
  return running;
}

/** Who has the data folder. A running.json that a killed Skein left behind counts for nothing. */
export async function instanceState(dataFolder: string): Promise<InstanceState> {
  if (!isHeld(dataFolder)) return { state: 'none' };
  const running = await readRunning(dataFolder);
  if (running !== undefined && (await answers(running.url))) return { state: 'running', ...running };
  return { state: 'silent', pid: running?.pid };
}

function isHeld(dataFolder: string): boolean {
  try {
    return isLockHeld(dataFolder);
  } catch {
    // A lock that we may not even look at belongs to somebody else's data folder.
    return false;
  }
}

async function readRunning(dataFolder: string): Promise<Running | undefined> {
  try {
    return runningShape.parse(JSON.parse(await readFile(runningFile(dataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/health`, {
      redirect: 'error',
      signal: AbortSignal.timeout(limits.healthAnswerMs),
    });
    const body = (await response.json()) as { name?: unknown };
    return response.ok && body.name === 'skein';
  } catch {
    return false;
  }
}
