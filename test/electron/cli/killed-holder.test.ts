/** A Skein that was killed while a program ran under its lock: the program goes on, and so does the lock. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LockJson } from '../../../shared/contracts/lock-api.ts';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { commitAll, git, useGitLab, write } from '../../support/git-lab.ts';
import { isAlive } from '../../support/is-alive.ts';
import { skeinScript } from '../../support/skein-script.ts';
import { until } from '../../support/until.ts';

useGitLab();

function makeAgreed(): Place {
  const place = makePlace();
  git(place.repository, 'checkout', '--quiet', '-b', 'main');
  write(place.repository, 'AGENTS.md', '# Agents\n');
  commitAll(place.repository, 'First');
  return place;
}

const statusOf = (place: Place) => place.json<LockJson>(['lock', 'status']);
const pidIn = (place: Place): number => Number(readFileSync(join(place.home, 'pid'), 'utf8'));

/** Says which process it is, and goes on until `go` is there; then it writes once more. */
const patientAgent = `echo half >> AGENTS.md; echo $$ > ../pid.new; mv ../pid.new ../pid
while [ ! -e ../go ]; do sleep 0.05; done; echo whole >> AGENTS.md`;

async function killed(place: Place, words: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [skeinScript, ...words], {
    cwd: place.repository,
    env: place.env,
    stdio: 'ignore',
  });
  await until(() => existsSync(join(place.home, 'pid')));
  onTestFinished(() => {
    if (isAlive(pidIn(place))) process.kill(pidIn(place), 'SIGKILL');
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  return child;
}

describe.skipIf(process.platform === 'win32')('the lock of a Skein that was killed', () => {
  test('is that of the agent that goes on, and no other task begins', { timeout: 60_000 }, async () => {
    const place = makeAgreed();
    const words = ['task', 'run', '--agent', 'a', '--', 'sh', '-c', patientAgent];
    const dead = await killed(place, words);
    expect(await statusOf(place)).toMatchObject({
      holders: [{ agent: 'a', operation: 'task: sh', pid: dead.pid, process_ended: true }],
    });
    const shown = await place.skein(['lock', 'status']);
    expect(shown.out).toContain('ended, its program runs on');
    const next = ['task', 'run', '--agent', 'b', '--timeout', '0', '--', 'sh', '-c', 'echo b > b.js'];
    const refused = await place.skein(next, { env: process.env });
    expect(refused.code).toBe(124);
    expect(refused.errors).toContain(`(process ${dead.pid} has ended, what it started runs on)`);

    write(place.home, 'go', '');
    await until(async () => (await statusOf(place)).holders.length === 0);
    expect(isAlive(pidIn(place))).toBe(false);
    expect((await place.skein(next, { env: process.env })).code).toBe(0);
    expect(git(place.repository, 'show', '--format=%s', '--name-only')).toBe('b: sh\n\nb.js');
    expect(place.read('AGENTS.md')).toBe('# Agents\nhalf\nwhole\n');
  });

  test('can be broken', { timeout: 60_000 }, async () => {
    const place = makeAgreed();
    await killed(place, ['lock', 'run', '--', 'sh', '-c', patientAgent]);
    expect((await place.skein(['lock', 'break', '--yes'])).code).toBe(0);
    expect((await statusOf(place)).holders).toEqual([]);
    expect((await place.skein(['lock', 'run', '--timeout', '0', '--', 'true'])).code).toBe(0);
  });
});

test('a program that ended has let go, whatever it left running', { timeout: 60_000 }, async () => {
  const place = makeAgreed();
  const script = 'sleep 1000 > /dev/null 2>&1 & echo $! > ../pid';
  expect((await place.spawn(['lock', 'run', '--', 'sh', '-c', script])).code).toBe(0);
  onTestFinished(() => void process.kill(pidIn(place), 'SIGKILL'));
  expect(isAlive(pidIn(place))).toBe(true);
  expect((await statusOf(place)).holders).toEqual([]);
});
