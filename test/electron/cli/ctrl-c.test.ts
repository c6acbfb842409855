/**
 * Ctrl+C with the real command line, started by the launcher that stays above it, as where an old Node starts Skein. One
 * press reaches all of them, and must count once.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { projectFolder } from '../../../build/scripts/set-up.mjs';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { commitAll, git, useGitLab, write } from '../../support/git-lab.ts';
import { isAlive } from '../../support/is-alive.ts';
import { skeinScript } from '../../support/skein-script.ts';
import { until } from '../../support/until.ts';

useGitLab();

const launcher = pathToFileURL(join(projectFolder, 'build', 'scripts', 'run-with-node.mjs')).href;

/** The words that start Skein below a launcher that cannot become it. */
const launch = (args: readonly string[]): [string, ...string[]] => [
  process.execPath,
  '--input-type=module',
  '-e',
  `import { runWithNode } from ${JSON.stringify(launcher)};
  process.execve = undefined;
  runWithNode(${JSON.stringify([skeinScript, ...args])}, () => process.execPath);`,
];

/** A repository with a change, and a hook that says which process it is and then works for long. */
function makeBusyPlace(hook: string): Place {
  const place = makePlace();
  write(place.repository, 'AGENTS.md', '# Agents\n');
  commitAll(place.repository, 'First');
  write(place.repository, '.git/hooks/pre-commit', `#!/bin/sh\n${hook}\n`, 0o755);
  git(place.repository, 'config', 'user.name', 'Ada');
  git(place.repository, 'config', 'user.email', 'ada@example.org');
  place.write('AGENTS.md', '# Agents\n\nMore.\n');
  return place;
}

const patientHook = 'echo $$ > .git/hook-pid; sleep 1000';
const stubbornHook = `trap '' TERM; ${patientHook.replace('sleep 1000', 'while :; do sleep 1; done')}`;

function numberIn(file: string): number {
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
}

async function pidOfHook(place: Place): Promise<number> {
  const file = join(place.repository, '.git/hook-pid');
  await until(() => numberIn(file) > 0);
  const pid = numberIn(file);
  onTestFinished(() => {
    if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
  return pid;
}

function started(
  place: Place,
  [program, ...args]: [string, ...string[]],
): { child: ChildProcess; ended: Promise<{ code: number | null; said: string }> } {
  const child = spawn(program, args, { cwd: place.repository, env: place.env, detached: true });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      said += String(text);
    });
  return { child, ended: once(child, 'close').then(([code]) => ({ code, said })) };
}

const nothingIsLeft = async (place: Place) => {
  expect(existsSync(join(place.repository, '.git/index.lock'))).toBe(false);
  expect(git(place.repository, 'diff', '--cached', '--name-only')).toBe('');
  expect(git(place.repository, 'log', '--format=%s')).toBe('First');
  expect(await place.json(['lock'])).toMatchObject({ holders: [] });
};

describe.skipIf(process.platform === 'win32')('a signal to the whole group', () => {
  test.each([
    ['git commit', 'SIGINT', ['git', 'commit', 'AGENTS.md'], 130],
    ['note', 'SIGINT', ['note', 'Never mind'], 130],
    ['git commit', 'SIGTERM', ['git', 'commit', 'AGENTS.md'], 143],
  ] as const)('ends skein %s in order at %s', { timeout: 60_000 }, async (_name, signal, args, code) => {
    const place = makeBusyPlace(patientHook);
    const { child, ended } = started(place, launch(args));
    const hook = await pidOfHook(place);
    process.kill(-(child.pid as number), signal);
    expect(await ended).toEqual({ code, said: expect.stringContaining('The hook pre-commit was stopped') });
    expect(isAlive(hook)).toBe(false);
    await nothingIsLeft(place);
  });

  test('keeps the lock until a hook that will not end is gone', { timeout: 60_000 }, async () => {
    const place = makeBusyPlace(stubbornHook);
    const { child, ended } = started(place, launch(['git', 'commit', 'AGENTS.md']));
    const hook = await pidOfHook(place);
    const next = started(place, [
      process.execPath,
      skeinScript,
      'lock',
      'run',
      '--',
      'sh',
      '-c',
      `ps -o state= -p ${hook} | grep -v Z || echo gone`,
    ]);
    await until(async () => (await place.json<{ waiting: unknown[] }>(['lock'])).waiting.length === 1);
    process.kill(-(child.pid as number), 'SIGINT');
    expect((await ended).code).toBe(130);
    expect((await next.ended).said).toContain('gone');
    await nothingIsLeft(place);
  });
});

test.skipIf(process.platform === 'win32')(
  'whoever will not wait leaves no hook and no index.lock behind',
  {
    timeout: 60_000,
  },
  async () => {
    const place = makeBusyPlace(stubbornHook);
    const { child, ended } = started(place, [process.execPath, skeinScript, 'git', 'commit', 'AGENTS.md']);
    const hook = await pidOfHook(place);
    // Two wishes, whichever is heard first.
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect([130, 143]).toContain((await ended).code);
    await until(() => !isAlive(hook));
    await nothingIsLeft(place);
  },
);

/** Signals come in order: what is passed on of a press comes before the end that is sent after it. */
const countingAgent = `let [presses, hangUps] = [0, 0];
  const told = () => require('fs').writeFileSync('pressed', presses + hangUps * 10 + '');
  process.on('SIGINT', () => { presses += 1; told(); });
  process.on('SIGHUP', () => { hangUps += 1; told(); });
  process.on('SIGTERM', () => process.exit(40 + presses + hangUps * 10));
  require('fs').writeFileSync('skein-pid', String(process.ppid));
  setInterval(() => {}, 1000);`;

describe.skipIf(process.platform === 'win32')('SIGINT where there is no terminal', () => {
  /** A task, by its own process and the one that leads its group, once its agent runs. */
  async function startedTask(command: string, before: readonly string[] = []) {
    const place = makeBusyPlace('exit 1');
    const words = [command, 'run', '--', ...before, process.execPath, '-e', countingAgent];
    const { child, ended } = started(place, launch(words));
    const file = join(place.repository, 'skein-pid');
    await until(() => numberIn(file) > 0);
    const pressed = () => numberIn(join(place.repository, 'pressed'));
    const isPressed = () => pressed() > 0;
    return { skein: numberIn(file), leader: child.pid as number, ended, isPressed, pressed };
  }

  test.each(['task', 'lock'])(
    'to the whole group reaches an agent of skein %s run once',
    { timeout: 60_000 },
    async (command) => {
      const { skein, leader, ended, isPressed } = await startedTask(command);
      // Two that come at once would be one to the agent: it has the first before Skein hears of it.
      process.kill(skein, 'SIGSTOP');
      process.kill(-leader, 'SIGINT');
      await until(isPressed);
      process.kill(skein, 'SIGTERM');
      process.kill(skein, 'SIGCONT');
      expect((await ended).code).toBe(41);
    },
  );

  /** The programs that a process started, once they are what they are to be. */
  function namesBelow(pid: number): string[] {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,comm='], { encoding: 'utf8' });
    return stdout.split('\n').filter((line) => line.trim().startsWith(`${pid} `));
  }

  test('to the whole group with another signal reaches it once, and so does the other', {
    timeout: 60_000,
  }, async () => {
    const { skein, leader, ended, pressed } = await startedTask('task');
    await until(() => namesBelow(skein).filter((name) => /\bcat$/.test(name)).length === 3);
    process.kill(skein, 'SIGSTOP');
    process.kill(-leader, 'SIGINT');
    process.kill(-leader, 'SIGHUP');
    await until(() => pressed() === 11);
    process.kill(skein, 'SIGTERM');
    process.kill(skein, 'SIGCONT');
    expect((await ended).code).toBe(51);
  });

  test.each([
    ['to Skein alone reaches the agent', []],
    ['to the group reaches an agent that leads one of its own', ['setsid']],
  ])('%s', { timeout: 60_000 }, async (_name, before) => {
    const { skein, leader, ended, isPressed } = await startedTask('task', before);
    process.kill(before.length === 0 ? skein : -leader, 'SIGINT');
    await until(isPressed);
    process.kill(skein, 'SIGTERM');
    expect((await ended).code).toBe(41);
  });
});

const python = spawnSync('python3', ['-c', 'import pty, sys; print(sys.executable)'], {
  encoding: 'utf8',
}).stdout?.trim();
const atTerminal = join(projectFolder, 'test', 'support', 'at-terminal.py');

describe.skipIf(!python || process.platform === 'win32')('Ctrl+C where the input is a file', () => {
  /** As `skein … < n.md` in a terminal. */
  function typed(place: Place, args: readonly string[]) {
    writeFileSync(join(place.home, 'n.md'), 'Never mind\n');
    const shell = ['sh', '-c', 'file=$1; shift; exec "$@" < "$file"', 'sh', join(place.home, 'n.md')];
    return started(place, [python as string, atTerminal, ...shell, ...launch(args)]);
  }

  test('ends a note in order', { timeout: 60_000 }, async () => {
    const place = makeBusyPlace(patientHook);
    const { child, ended } = typed(place, ['note']);
    const hook = await pidOfHook(place);
    child.stdin?.write('\n');
    expect(await ended).toEqual({
      code: 130,
      said: expect.stringContaining('The hook pre-commit was stopped'),
    });
    expect(isAlive(hook)).toBe(false);
    await nothingIsLeft(place);
  });

  test('reaches an agent once', { timeout: 60_000 }, async () => {
    const place = makeBusyPlace('exit 1');
    const { child, ended } = typed(place, ['task', 'run', '--', process.execPath, '-e', countingAgent]);
    await until(() => numberIn(join(place.repository, 'skein-pid')) > 0);
    child.stdin?.write('\n');
    await until(() => existsSync(join(place.repository, 'pressed')));
    process.kill(numberIn(join(place.repository, 'skein-pid')), 'SIGTERM');
    expect((await ended).code).toBe(41);
  });
});
