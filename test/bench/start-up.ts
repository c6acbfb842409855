/** Start-up and memory of the headless engine on 50 tracked files among 50,000, in a process of its own. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildStale } from '../../build/scripts/build.ts';
import { makeBigTree } from './big-tree.ts';
import { ms, quantile, type Row, residentMiB } from './measure.ts';

const root = path.resolve(import.meta.dirname, '../..');
const starts = 3;
const restSeconds = 3;

export async function benchStartUp(folder: string): Promise<Row[]> {
  await buildStale(['headless']);
  const tree = path.join(folder, 'big-tree');
  mkdirSync(tree);
  makeBigTree(tree);
  const times: number[] = [];
  const memory: number[] = [];
  const idle: number[] = [];
  for (let index = 0; index < starts; index++) {
    const data = path.join(folder, `start-data-${index}`);
    const measured = await startOnce(tree, data);
    times.push(measured.watchingMs);
    if (measured.memoryMiB !== undefined) memory.push(measured.memoryMiB);
    idle.push(measured.idleCpu);
  }
  return [
    {
      name: 'process start to watching, 50 of 50,000 files',
      value: ms(quantile(times, 0.5)),
      goal: '< 1000 ms',
      note: `median of ${starts} first starts, Node's own start included`,
    },
    {
      name: 'resident memory, headless',
      value: `${quantile(memory, 0.5).toFixed(0)} MiB`,
      goal: '< 120 MiB',
      note: `${restSeconds} s after start`,
    },
    {
      name: 'processor while nothing happens',
      value: `${(quantile(idle, 0.5) * 100).toFixed(1)} %`,
      goal: '',
      note: `of one core over ${restSeconds} s after start`,
    },
  ];
}

async function startOnce(
  tree: string,
  data: string,
): Promise<{ watchingMs: number; memoryMiB: number | undefined; idleCpu: number }> {
  const startMs = performance.now();
  const child = spawn(
    process.execPath,
    ['build/bin/skein.mjs', 'serve', tree, '--port', '0', '--data', data],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  try {
    const url = await firstUrl(child.stdout);
    const token = readFileSync(path.join(data, 'token'), 'utf8').trim();
    await untilWatching(url, token);
    const watchingMs = performance.now() - startMs;
    const before = processorSeconds(child.pid);
    await new Promise((resolve) => setTimeout(resolve, restSeconds * 1000));
    const idleCpu = (processorSeconds(child.pid) - before) / restSeconds;
    return { watchingMs, memoryMiB: residentMiB(readProc(child.pid, 'status')), idleCpu };
  } finally {
    child.kill();
  }
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

function readProc(pid: number | undefined, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** User and system time from /proc/PID/stat, in seconds at 100 ticks a second (Linux). */
function processorSeconds(pid: number | undefined): number {
  const fields = readProc(pid, 'stat')?.split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
}
