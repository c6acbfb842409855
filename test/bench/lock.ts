/** The lock of a repository: alone, from process to process, and eight waiters beside `flock` of util-linux. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import type { RepositoryLock } from '../../electron/engine/lock/repository-lock.ts';
import { composeLock } from '../../electron/host/compose-lock.ts';
import { ms, quantile, type Row } from './measure.ts';

const waiters = 8;
const holdMs = 5;
const node = fileURLToPath(new URL('lock-node.ts', import.meta.url));
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

type Worker = { child: ChildProcess; line(): Promise<string> };

function start(program: string, args: readonly string[]): Worker {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value ?? '' };
}

export async function benchLock(folder: string): Promise<Row[]> {
  const repository = mkdtempSync(join(folder, 'lock-'));
  execFileSync('git', ['init', '--quiet', repository]);
  const composed = await composeLock(repository, { clock: systemClock, log: quiet });
  if (!composed.ok) throw new Error(composed.error.message);
  const { lock } = composed.value;
  const alone = await inProcess(lock);
  const nodes = Array.from({ length: waiters }, () => start(process.execPath, [node, repository]));
  for (const { line } of nodes) await line();
  const across = await fromProcessToProcess(nodes);
  const ours = await crowd(lock, async () => {
    for (const { child } of nodes) child.stdin?.write(`${holdMs}\n`);
    await until(() => waitingIn(lock) === waiters);
    return nodes.map(({ line }) => ({ served: line(), done: line }));
  });
  for (const { child } of nodes) child.kill();
  const rows = [
    row('lock: take and let go, in one process', alone, 'under 1 ms'),
    row('lock: take, from process to process', across, 'under 5 ms'),
    crowdRow('lock: eight processes wait', ours, 'longest at most 3 times the median'),
  ];
  if (spawnSync('flock', ['--version']).status !== 0) return rows;
  const file = composed.value.found.lock.file;
  const theirs = await crowd(lock, async () => {
    const script = `echo held; sleep ${holdMs / 1_000}`;
    const all = Array.from({ length: waiters }, () => start('flock', [file, 'sh', '-c', script]));
    await until(() => (readFileSync('/proc/locks', 'utf8').match(/-> FLOCK/g) ?? []).length >= waiters);
    return all.map(({ line }) => ({ served: line(), done: async () => line() }));
  });
  return [...rows, crowdRow('lock: eight times flock(1) wait', theirs, '')];
}

async function inProcess(lock: RepositoryLock): Promise<number[]> {
  const tookMs: number[] = [];
  for (let round = 0; round < 1_000; round += 1) {
    const startMs = performance.now();
    const held = await lock.acquire({ operation: 'bench', agent: 'skein' });
    if (held.ok) held.value.release();
    tookMs.push(performance.now() - startMs);
  }
  return tookMs;
}

/** The one that takes it is never the one that had it last. */
async function fromProcessToProcess(nodes: readonly Worker[]): Promise<number[]> {
  const tookMs: number[] = [];
  for (let round = 0; round < 400; round += 1) {
    const worker = nodes[round % nodes.length];
    if (worker === undefined) continue;
    worker.child.stdin?.write('0\n');
    tookMs.push(JSON.parse(await worker.line()).tookMs);
    await worker.line();
  }
  return tookMs;
}

type Waiter = { served: Promise<string>; done(): Promise<string> };

/** Milliseconds from the moment that the lock is free until each of those who waited has had its turn, over some rounds. */
async function crowd(lock: RepositoryLock, queue: () => Promise<Waiter[]>): Promise<number[][]> {
  const rounds: number[][] = [];
  for (let round = 0; round < 20; round += 1) {
    const held = await lock.acquire({ operation: 'bench', agent: 'skein' });
    if (!held.ok) throw new Error(held.error.message);
    const all = await queue();
    const startMs = performance.now();
    held.value.release();
    const servedMs = all.map(({ served }) => served.then(() => performance.now() - startMs));
    rounds.push(await Promise.all(servedMs));
    await Promise.all(all.map(({ done }) => done()));
  }
  return rounds;
}

function waitingIn(lock: RepositoryLock): number {
  const line = lock.look();
  return line.ok ? line.value.waiting.length : 0;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

const row = (name: string, tookMs: readonly number[], goal: string): Row => ({
  name,
  value: ms(quantile(tookMs, 0.5)),
  goal,
  note: `p99 ${ms(quantile(tookMs, 0.99))}`,
});

function crowdRow(name: string, rounds: readonly number[][], goal: string): Row {
  const ratios = rounds.map((round) => Math.max(...round) / quantile(round, 0.5));
  const all = rounds.flat();
  return {
    name,
    value: ms(quantile(all, 0.5)),
    goal,
    note: `longest ${ms(Math.max(...all))}; longest by median: ${quantile(ratios, 0.5).toFixed(1)}, at most ${Math.max(...ratios).toFixed(1)}; each holds it ${holdMs} ms`,
  };
}
