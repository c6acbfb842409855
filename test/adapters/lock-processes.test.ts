/** The lock among real processes: Skein's, `flock` of util-linux, and Python. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';

import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { followHistory } from '../../electron/adapters/lock-history.ts';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import type { RepositoryLock } from '../../electron/engine/lock/repository-lock.ts';
import { composeLock } from '../../electron/host/compose-lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const holder = fileURLToPath(new URL('lock-support/hold-lock.ts', import.meta.url));
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

function makeRepository(): string {
  const folder = temporaryFolder();
  execFileSync('git', ['init', '--quiet', folder]);
  return folder;
}

async function lockOf(folder: string): Promise<RepositoryLock> {
  const composed = await composeLock(folder, { clock: systemClock, log: quiet });
  if (!composed.ok) throw new Error(composed.error.message);
  return composed.value.lock;
}

const lockFile = (folder: string) => join(folder, '.kb_operations.lock');

/** A process that ends with the test, and the lines that it prints. */
function start(program: string, args: readonly string[]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { child, line: async (): Promise<string> => (await lines.next()).value ?? 'it ended' };
}

const startHolder = (folder: string, times: number, holdMs = 0) =>
  start(process.execPath, [holder, folder, String(times), String(holdMs)]);

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

async function take(lock: RepositoryLock, waitMs?: number) {
  const held = await lock.acquire({
    operation: 'pull',
    agent: 'human',
    ...(waitMs === undefined ? {} : { waitMs }),
  });
  if (!held.ok) throw new Error(held.error.message);
  return held.value;
}

const isBusy = async (lock: RepositoryLock): Promise<boolean> =>
  !(await lock.acquire({ operation: 'probe', agent: 'human', waitMs: 0 })).ok;

describe('a process that is killed', () => {
  test('while it holds the lock loses it, and leaves no trace in the line', async () => {
    const folder = makeRepository();
    const lock = await lockOf(folder);
    const { child, line } = startHolder(folder, 0);
    await line();
    const { token } = JSON.parse(await line());
    expect(await isBusy(lock)).toBe(true);
    expect(lock.look()).toMatchObject({
      value: { holders: [{ pid: child.pid, facts: { operation: 'round 0', agent: 'human', token } }] },
    });
    const waiting = take(lock);
    await kill(child);
    const held = await waiting;
    expect(held.token).toBe(token + 1);
    held.release();
    expect(lock.look()).toEqual({ ok: true, value: { holders: [], waiting: [] } });
  });

  test('while it waits leaves nobody behind it waiting', async () => {
    const folder = makeRepository();
    const lock = await lockOf(folder);
    const held = await take(lock);
    const { child, line } = startHolder(folder, 0);
    await line();
    await until(() => lineOf(lock).waiting.some(({ pid }) => pid === child.pid));
    const next = take(lock);
    await kill(child);
    held.release();
    (await next).release();
    expect(readdirSync(join(folder, '.git', 'skein-lock')).toSorted()).toEqual(['history', 'token']);
  });
});

const lineOf = (lock: RepositoryLock) => {
  const line = lock.look();
  if (!line.ok) throw new Error(line.error.message);
  return line.value;
};

test('eight processes are never in it together, and none waits long past the others', {
  timeout: 60_000,
}, async () => {
  const folder = makeRepository();
  const [processes, rounds] = [8, 6];
  const all = Array.from({ length: processes }, () => startHolder(folder, rounds, 2));
  for (const { line } of all) await line();
  for (const { child } of all) child.stdin?.write('go\n');
  const told = await Promise.all(
    all.map(async ({ line }) => {
      const lines: { token: number; waitedMs: number }[] = [];
      for (let round = 0; round < rounds; round += 1) lines.push(JSON.parse(await line()));
      return lines;
    }),
  );
  const tokens = told.flat().map(({ token }) => token);
  expect(tokens.toSorted((left, right) => left - right)).toEqual(tokens.map((_, index) => index + 1));
  // While all want it, nobody has it twice before the others had it once.
  const order = told.flatMap((lines, process) => lines.map(({ token }) => ({ token, process })));
  const rivals = order.toSorted((left, right) => left.token - right.token).map(({ process }) => process);
  expect(longestAbsence(rivals, processes)).toBeLessThanOrEqual(3 * processes);
});

/** Turns of others between two of one process, at most, until the first process is done. */
function longestAbsence(turns: readonly number[], processes: number): number {
  const last = new Array<number>(processes).fill(-1);
  const end = Math.min(...last.map((_, process) => turns.lastIndexOf(process)));
  let longest = 0;
  turns.slice(0, end + 1).forEach((process, turn) => {
    longest = Math.max(longest, turn - (last[process] ?? -1));
    last[process] = turn;
  });
  return longest;
}

const flockMissing = execOrNothing('flock', ['--version']) === '' ? 'no flock here' : undefined;
/** The program itself: what has this name may look for it anew each time. */
const python = execOrNothing('python3', ['-c', 'import fcntl, sys; print(sys.executable)']);
const pythonMissing = python === '' ? 'no Python here' : undefined;

function execOrNothing(program: string, args: readonly string[]): string {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout?.trim() ?? '';
}

/** Both take the lock on the file that they are given, say so, and keep it until their input ends. */
const programs: [
  string,
  string | undefined,
  (file: string) => [string, string[]],
  (file: string) => [string, string[]],
][] = [
  [
    'flock',
    flockMissing,
    (file) => ['flock', [file, 'sh', '-c', 'echo held; read -r line']],
    (file) => ['flock', ['--nonblock', file, 'true']],
  ],
  [
    'python3',
    pythonMissing,
    (file) => [
      python,
      [
        '-c',
        `${openInPython}\nfcntl.flock(fd, fcntl.LOCK_EX)\nprint("held", flush=True)\nsys.stdin.readline()`,
        file,
      ],
    ],
    (file) => [python, ['-c', `${openInPython}\nfcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)`, file]],
  ],
];

/** As `filelock` does, which also empties the file. */
const openInPython = 'import fcntl, os, sys\nfd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT | os.O_TRUNC)';

describe.each(programs)('%s', (_name, missing, hold, probe) => {
  test.skipIf(missing !== undefined)('sees our lock, and we see its own', async () => {
    const folder = makeRepository();
    const lock = await lockOf(folder);
    const isBusyThere = () => spawnSync(...probe(lockFile(folder))).status !== 0;
    expect(isBusyThere()).toBe(false);
    const held = await take(lock);
    expect(isBusyThere()).toBe(true);
    expect(held.isValid()).toBe(true);
    held.release();
    expect(isBusyThere()).toBe(false);
    const other = start(...hold(lockFile(folder)));
    expect(await other.line()).toBe('held');
    expect(await isBusy(lock)).toBe(true);
    const waiting = take(lock);
    other.child.stdin?.end('\n');
    (await waiting).release();
  });

  test.skipIf(missing !== undefined)(
    'is named with its process while it holds the lock or waits',
    async () => {
      const folder = makeRepository();
      const lock = await lockOf(folder);
      const first = start(...hold(lockFile(folder)));
      await first.line();
      expect(lineOf(lock).holders).toMatchObject([{ facts: undefined, mode: 'exclusive' }]);
      const isNamed = existsSync('/proc/locks');
      expect(lineOf(lock).holders.map(({ pid }) => pid)).toEqual([isNamed ? first.child.pid : undefined]);
      const second = start(...hold(lockFile(folder)));
      const isSeen = () => lineOf(lock).waiting.some(({ pid }) => pid === second.child.pid);
      if (isNamed) await until(isSeen);
      first.child.stdin?.end('\n');
      expect(await second.line()).toBe('held');
      await kill(second.child);
    },
  );

  test.skipIf(missing !== undefined)(
    'loses the lock when it is killed, or when a person breaks it',
    async () => {
      const folder = makeRepository();
      const lock = await lockOf(folder);
      const killed = start(...hold(lockFile(folder)));
      await killed.line();
      // A shell that flock started has the lock, too.
      killed.child.stdin?.end();
      await kill(killed.child);
      (await take(lock)).release();
      const stubborn = start(...hold(lockFile(folder)));
      await stubborn.line();
      expect(lock.breakOff(lineOf(lock).holders.map(({ id }) => id)).ok).toBe(true);
      const held = await take(lock, 0);
      expect(lineOf(lock).holders).toMatchObject([{ facts: { operation: 'pull' } }]);
      held.release();
      expect(stubborn.child.exitCode).toBeNull();
    },
  );
});

test.skipIf(process.platform === 'win32')(
  'pipes and links in the place of its own files keep nobody waiting, and lead nowhere',
  () => {
    const folder = makeRepository();
    const line = join(folder, '.git', 'skein-lock');
    const elsewhere = join(temporaryFolder(), 'elsewhere');
    const takeOnce = () =>
      spawnSync(process.execPath, [holder, folder, '1'], {
        input: 'go\n',
        timeout: 20_000,
        encoding: 'utf8',
      });
    mkdirSync(line);
    writeFileSync(elsewhere, '');
    symlinkSync(elsewhere, join(line, 'history'));
    expect(takeOnce().status).toBe(0);
    expect(readFileSync(elsewhere, 'utf8')).toBe('');
    rmSync(join(line, 'history'));
    execFileSync('mkfifo', [join(line, 'history')]);
    expect(takeOnce().status).toBe(0);
    expect(followHistory(line).news()).toEqual([]);
    rmSync(join(line, 'token'));
    execFileSync('mkfifo', [join(line, 'token')]);
    // Without a token there is no lock, which is said.
    expect(takeOnce()).toMatchObject({ status: 1, stderr: expect.stringContaining(join(line, 'token')) });
  },
);

test('whoever removes the file takes the lock away, and that is noticed', async () => {
  const folder = makeRepository();
  const lock = await lockOf(folder);
  const held = await take(lock);
  execFileSync('git', ['-C', folder, 'clean', '-fdxq']);
  expect(existsSync(lockFile(folder))).toBe(false);
  expect(held.check()).toMatchObject({ error: { code: 'lock-lost' } });
  const next = await take(lock);
  writeFileSync(lockFile(folder), 'other programs may write what they like\n');
  expect(next.isValid()).toBe(true);
  next.release();
});
