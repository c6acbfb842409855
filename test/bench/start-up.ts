/** Start-up and memory of the headless engine on 50 tracked files among 50,000, each start in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildStale } from '../../build/scripts/build.ts';
import { makeBigTree } from './big-tree.ts';
import { medianAndWorst, quantile, type Row } from './measure.ts';
import { memoryMiB, processorSeconds } from './process-facts.ts';

const root = path.resolve(import.meta.dirname, '../..');
const starts = 7;
const restSeconds = 3;

/** What one round measured, all by turns, so that a busy moment of the machine meets all of them. */
type Round = {
  emptyMs: number;
  sqliteMs: number;
  launcherMs: number;
  firstMs: number;
  firstCpuMs: number;
  laterMs: number;
  atRest: AtRest;
};
type AtRest = { memoryMiB: number; busyPercent: number };

export async function benchStartUp(folder: string): Promise<Row[]> {
  await buildStale(['headless']);
  const tree = path.join(folder, 'big-tree');
  makeBigTree(tree);
  const data = path.join(folder, 'start-data');
  // The very first start also warms the disk, which belongs to none of those that are measured.
  await startOnce(tree, data);
  const rounds: Round[] = [];
  for (let index = 0; index < starts; index++) rounds.push(await measureRound(folder, tree, data));
  return toRows(rounds);
}

async function measureRound(folder: string, tree: string, data: string): Promise<Round> {
  const emptyMs = await timeToExit(['-e', '0']);
  const sqliteMs = await timeToExit(['-e', openDatabase, path.join(folder, 'reference.db')]);
  const launcherMs = await timeToExit(['build/bin/skein.mjs', '--version']);
  rmSync(data, { recursive: true, force: true });
  const first = await startOnce(tree, data, measureRest);
  const later = await startOnce(tree, data);
  return {
    emptyMs,
    sqliteMs,
    launcherMs,
    firstMs: first.watchingMs,
    firstCpuMs: first.cpuMs,
    laterMs: later.watchingMs,
    atRest: first.seen,
  };
}

/** A bare Node that makes one database and writes one row: what no Skein can do without. */
const openDatabase = `
  const database = new (require('better-sqlite3'))(process.argv[1]);
  database.pragma('journal_mode = WAL');
  database.exec('CREATE TABLE IF NOT EXISTS t (x); INSERT INTO t VALUES (1)');
  database.close();`;

function toRows(rounds: readonly Round[]): Row[] {
  const each = (pick: (round: Round) => number): string => medianAndWorst(rounds.map(pick));
  const memory = rounds.map(({ atRest }) => atRest.memoryMiB);
  const busy = rounds.map(({ atRest }) => atRest.busyPercent);
  const note = `median and worst of ${starts}, Node's own start included`;
  return [
    {
      name: 'first start to watching, 50 of 50,000 files',
      value: each(({ firstMs }) => firstMs),
      goal: '< 1000 ms',
      note: `${note}; an empty data folder`,
    },
    {
      name: 'processor time of such a first start',
      value: each(({ firstCpuMs }) => firstCpuMs),
      goal: '',
      note: 'varies less on a busy machine (Linux)',
    },
    {
      name: 'later start to watching, the same files',
      value: each(({ laterMs }) => laterMs),
      goal: '< 1000 ms',
      note: `${note}; the log is there`,
    },
    {
      name: 'reference: Node that does nothing',
      value: each(({ emptyMs }) => emptyMs),
      goal: '',
      note: 'node -e 0, in the same rounds: how busy the machine was',
    },
    {
      name: 'reference: Node that opens a database',
      value: each(({ sqliteMs }) => sqliteMs),
      goal: '',
      note: 'better-sqlite3 and nothing of Skein',
    },
    {
      name: 'reference: the launcher alone',
      value: each(({ launcherMs }) => launcherMs),
      goal: '',
      note: 'skein --version',
    },
    {
      name: 'resident memory, headless',
      value: `${quantile(memory, 0.5).toFixed(0)} MiB (worst ${Math.max(...memory).toFixed(0)})`,
      goal: '< 120 MiB',
      note: `${2 * restSeconds} s after a first start`,
    },
    {
      name: 'processor while nothing happens',
      value: `${quantile(busy, 0.5).toFixed(1)} %`,
      goal: '',
      note: `of one core over ${restSeconds} s, beginning ${restSeconds} s after a start`,
    },
  ];
}

/** Milliseconds from the start of a Node with these arguments to its end. */
async function timeToExit(args: readonly string[]): Promise<number> {
  const startMs = performance.now();
  const code = await exitOf(spawn(process.execPath, args, { cwd: root, stdio: 'ignore' }));
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return performance.now() - startMs;
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('exit', resolve));

/** Starts Skein on the tree until it watches, lets `look` see it, and ends it. */
async function startOnce<Seen = undefined>(
  tree: string,
  data: string,
  look?: (pid: number) => Promise<Seen>,
): Promise<{ watchingMs: number; cpuMs: number; seen: Seen }> {
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    ['build/bin/skein.mjs', 'serve', tree, '--port', '0', '--data', data],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = exitOf(child);
  try {
    const url = await firstUrl(child.stdout);
    const token = readFileSync(path.join(data, 'token'), 'utf8').trim();
    await untilWatching(url, token);
    const watchingMs = performance.now() - startMs;
    const pid = child.pid ?? 0;
    return { watchingMs, cpuMs: processorSeconds(pid) * 1000, seen: (await look?.(pid)) as Seen };
  } finally {
    child.kill();
    await ended;
  }
}

/** After as long again, so that what a start leaves for afterwards is done. */
async function measureRest(pid: number): Promise<AtRest> {
  const rest = () => new Promise((resolve) => setTimeout(resolve, restSeconds * 1000));
  await rest();
  const before = processorSeconds(pid);
  await rest();
  const busyPercent = ((processorSeconds(pid) - before) / restSeconds) * 100;
  return { memoryMiB: memoryMiB(pid), busyPercent };
}

function firstUrl(output: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
      if (url !== null) resolve(url[0]);
    });
    output.on('end', () => reject(new Error(`serve ended without a URL: ${text}`)));
  });
}

async function untilWatching(url: string, token: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/api/sync/status`, { headers: { authorization: `Bearer ${token}` } });
    const status = (await response.json()) as { state?: string };
    if (status.state === 'watching') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
