/** The lock on the command line, without a running Skein, as processes of their own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../electron/adapters/system-clock.ts';
import { runCommandLine } from '../../../electron/cli/run.ts';
import { composeLock } from '../../../electron/host/compose-lock.ts';
import { serve } from '../../../electron/serve.ts';
import type { LockJson } from '../../../shared/contracts/lock-api.ts';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { memoryStream } from '../../support/cli-streams.ts';
import { skeinScript } from '../../support/skein-script.ts';
import { until } from '../../support/until.ts';

const node = process.execPath;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Holds the lock in this process until let go of. */
async function hold(folder: string, operation = 'task') {
  const composed = await composeLock(folder, { clock: systemClock, log: quiet });
  const held = composed.ok && (await composed.value.lock.acquire({ operation, agent: 'codex-local' }));
  if (!held || held.ok === false) throw new Error('The lock is not free.');
  return held.value;
}

const statusOf = (place: Place) => place.json<LockJson>(['lock', 'status']);

/** A program that says that it runs, and ends when that is taken back. */
const untilGone = 'touch in; while [ -e in ]; do sleep 0.05; done';

/** `skein lock run` in the background; its standard error as it grows. */
function start(place: Place, args: readonly string[]) {
  const child: ChildProcess = spawn(node, [skeinScript, 'lock', 'run', ...args], {
    cwd: place.repository,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  return { child, errors: () => errors, ended: async () => (await ended)[0] };
}

test('a program runs under the lock: with its words, its output, its exit code, and a token', async () => {
  const place = makePlace();
  const script = 'printf %s "$1$SKEIN_LOCK_TOKEN"; exit 7';
  const ran = await place.spawn(['lock', 'run', '--', 'sh', '-c', script, 'sh', '--json']);
  expect(ran).toMatchObject({ code: 7, out: '--json1', errors: '' });
  expect((await place.spawn(['lock', 'run', 'true'])).code).toBe(0);
  expect((await place.spawn(['lock', 'run', '--', 'no-such-program'])).code).toBe(127);
  expect((await statusOf(place)).holders).toEqual([]);
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', place.repository, ...words], { encoding: 'utf8' });
  expect(existsSync(join(place.repository, '.kb_operations.lock'))).toBe(true);
  expect(git('status', '--porcelain')).toBe('');
});

test('while it runs others see who it is and what for, and do not get in', { timeout: 60_000 }, async () => {
  const place = makePlace();
  const run = start(place, ['--agent', 'claude-code', '--for', 'release', '--', 'sh', '-c', untilGone]);
  await until(() => existsSync(join(place.repository, 'in')));
  const { holders } = await statusOf(place);
  expect(holders).toMatchObject([
    { agent: 'claude-code', operation: 'release', pid: run.child.pid, mode: 'exclusive', token: 1 },
  ]);
  const shown = await place.skein(['lock']);
  expect(shown).toMatchObject({ code: 0, errors: '' });
  expect(shown.out).toContain(`The lock of ${place.repository}:`);
  expect(shown.out).toMatch(
    /STATE +WHO +FOR +MODE +PROCESS +TIME\nholds it +claude-code +release +exclusive +\d+ +\d+ m?s\n$/,
  );
  const late = await place.skein(['lock', 'run', '--timeout', '0', '--', 'true']);
  expect(late.code).toBe(124);
  expect(late.errors).toMatch(
    /was not free within 0 s: held by claude-code on .* \(process \d+\), for “release”\./,
  );
  rmSync(join(place.repository, 'in'));
  expect(await run.ended()).toBe(0);
  expect(await place.skein(['lock'])).toMatchObject({
    code: 3,
    out: `Nobody holds the lock of ${place.repository}.\n`,
  });
});

test('readers run beside each other, and who waits is told for whom', { timeout: 60_000 }, async () => {
  const place = makePlace();
  const held = await hold(place.repository);
  const readers = [start(place, ['--shared', '--', 'true']), start(place, ['--shared', '--', 'true'])];
  await until(async () => (await statusOf(place)).waiting.length === 2);
  const { waiting } = await statusOf(place);
  expect(waiting.map(({ position, mode }) => ({ position, mode }))).toEqual([
    { position: 1, mode: 'shared' },
    { position: 2, mode: 'shared' },
  ]);
  expect((await place.skein(['lock'])).out).toMatch(/waits, 1\. +human +true +shared/);
  await until(() => readers.every(({ errors }) => errors().includes('Waiting for the lock of')));
  expect(readers[0]?.errors()).toContain('held by codex-local on ');
  held.release();
  for (const { ended } of readers) expect(await ended()).toBe(0);
});

test('a program under the lock may run this again, and does not wait for itself', async () => {
  const place = makePlace();
  const inner = `exec "${node}" "${skeinScript}" lock run --timeout 5 -- sh -c 'exit 4'`;
  expect((await place.spawn(['lock', 'run', '--', 'sh', '-c', inner])).code).toBe(4);
});

test('only the hold of an ancestor on this very repository opens it, not a number that is like its token', async () => {
  const [place, other] = [makePlace(), makePlace()];
  const held = await hold(place.repository);
  const elsewhere = await hold(other.repository);
  expect(elsewhere.token).toBe(held.token);
  const tries = ['lock', 'run', '--timeout', '0', 'true'];
  const under = (token: number, holds: string) => ({
    env: { SKEIN_LOCK_TOKEN: String(token), SKEIN_LOCK_HOLDS: holds },
  });
  expect((await place.skein(tries, under(elsewhere.token, elsewhere.id))).code).toBe(124);
  expect((await place.skein(tries, under(held.token, `${held.id},${elsewhere.id}`))).code).toBe(0);
  held.release();
  const next = await hold(place.repository);
  expect((await place.skein(tries, under(held.token, held.id))).code).toBe(124);
  next.release();
});

test('a program that only reads may read again, and is told that it cannot write', async () => {
  const place = makePlace();
  const inner = (more: string) => `"${node}" "${skeinScript}" lock run ${more} --timeout 5 -- sh -c 'exit 4'`;
  const under = (script: string) => place.spawn(['lock', 'run', '--shared', '--', 'sh', '-c', script]);
  expect((await under(inner('--shared'))).code).toBe(4);
  const refused = await under(inner(''));
  expect(refused.code).toBe(2);
  expect(refused.errors).toContain('would be to wait for itself');
});

test('a signal ends the waiting, or is passed to the program, and the lock is free', {
  timeout: 60_000,
}, async () => {
  const place = makePlace();
  const held = await hold(place.repository);
  const waiting = start(place, ['--', 'true']);
  await until(async () => (await statusOf(place)).waiting.length === 1);
  waiting.child.kill('SIGINT');
  expect(await waiting.ended()).toBe(130);
  expect(waiting.errors()).toContain('was cancelled');
  expect((await statusOf(place)).waiting).toEqual([]);
  held.release();
  const script = `trap 'echo bye > bye; exit 9' TERM; touch in; while :; do sleep 0.05; done`;
  const running = start(place, ['--', 'sh', '-c', script]);
  await until(() => existsSync(join(place.repository, 'in')));
  running.child.kill('SIGTERM');
  expect(await running.ended()).toBe(9);
  expect(readFileSync(join(place.repository, 'bye'), 'utf8')).toBe('bye\n');
  const killed = start(place, ['--', 'sh', '-c', 'kill -KILL $$']);
  expect(await killed.ended()).toBe(137);
  expect((await statusOf(place)).holders).toEqual([]);
});

/** Runs it with a person at the terminal who types `answer`. */
async function askedAndAnswered(place: Place, args: readonly string[], answer: string) {
  const [output, errors] = [memoryStream(), memoryStream()];
  const input = Object.assign(new PassThrough(), { isTTY: true });
  input.write(`${answer}\n`);
  const env = { HOME: place.home, SKEIN_DATA: place.dataFolder };
  const around = { output, errors, input, env, workingFolder: place.repository };
  const code = await runCommandLine(args, { ...around, nowMs: Date.now(), startServing: serve });
  return { code, out: output.text(), errors: errors.text() };
}

test('breaking says whom it hurts, and asks', async () => {
  const place = makePlace();
  expect(await place.skein(['lock', 'break'])).toMatchObject({ code: 3, out: 'Nobody holds the lock.\n' });
  const held = await hold(place.repository, 'long task');
  const refused = await askedAndAnswered(place, ['lock', 'break'], 'n');
  expect(refused.out).toBe('The lock was left alone.\n');
  expect(refused.errors).toMatch(/holds it +codex-local +long task +exclusive/);
  expect(refused.errors).toContain('is not ended and may still be writing');
  const alone = await place.skein(['lock', 'break']);
  expect(alone.code).toBe(5);
  expect(alone.out).toContain('needs the yes of a person');
  expect(held.isValid()).toBe(true);
  expect((await askedAndAnswered(place, ['lock', 'break'], 'y')).out).toBe(
    'The lock was taken from codex-local.\n',
  );
  expect(held.check()).toMatchObject({ error: { code: 'lock-lost' } });
  const again = await hold(place.repository);
  expect((await place.json<LockJson>(['lock', 'break', '--yes'])).holders).toEqual([]);
  expect(again.isValid()).toBe(false);
});

test('it is that of the folder, of its repository, or of the workspace that was named', async () => {
  const place = makePlace();
  const held = await hold(place.repository);
  const elsewhere = { cwd: place.home };
  expect((await place.skein(['lock', 'run', '--timeout', '0', 'true'], elsewhere)).code).toBe(0);
  const named = ['lock', 'run', '--workspace', place.repository, '--timeout', '0', 'true'];
  expect((await place.skein(named, elsewhere)).code).toBe(124);
  expect((await place.skein(['lock', '--workspace', '0123456789abcdef'], elsewhere)).code).toBe(4);
  held.release();
});

test('with a running Skein it is the same lock, and the app API shows it', { timeout: 60_000 }, async () => {
  const place = makePlace();
  place.write('AGENTS.md', '# Agents\n');
  const skein = await place.serve([place.repository]);
  const run = start(place, ['--for', 'release', '--', 'sh', '-c', untilGone]);
  await until(() => existsSync(join(place.repository, 'in')));
  const token = readFileSync(join(place.dataFolder, 'token'), 'utf8').trim();
  const asked = await fetch(`${skein.url}/api/lock`, { headers: { authorization: `Bearer ${token}` } });
  expect(await asked.json()).toMatchObject({ holders: [{ operation: 'release', pid: run.child.pid }] });
  rmSync(join(place.repository, 'in'));
  expect(await run.ended()).toBe(0);
});
