/** `npm run bench`: prints a table, and JSON with `--json`. Names after it choose parts: appends queries latency start lock git sync screen; `million` and `knowledge` run only when named. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { benchAppends } from './appends.ts';
import { benchGit } from './git.ts';
import { benchLatency } from './latency.ts';
import { benchLock } from './lock.ts';
import { measureNoise, ms, type Row } from './measure.ts';
import { benchQueries } from './queries.ts';
import { benchMillion, benchReplication } from './replication/suite.ts';
import { benchStartUp } from './start-up.ts';

const chosen = process.argv.slice(2).filter((word) => !word.startsWith('--'));
/** Takes minutes. */
const onlyWhenNamed = new Set(['million', 'knowledge']);
const asJson = process.argv.includes('--json');
const folder = mkdtempSync(path.join(os.tmpdir(), 'skein-bench-'));

function makeWorkspace(): string {
  const workspace = mkdtempSync(path.join(folder, 'workspace-'));
  mkdirSync(path.join(workspace, 'docs'));
  return workspace;
}

const parts: Record<string, () => Row[] | Promise<Row[]>> = {
  appends: () => benchAppends(folder),
  latency: () => benchLatency(folder, makeWorkspace),
  queries: () => benchQueries(folder),
  start: () => benchStartUp(folder),
  lock: () => benchLock(folder),
  git: () => benchGit(folder),
  sync: () => benchReplication(folder),
  // Installs ChromaDB, and takes minutes.
  knowledge: async () => (await import('./knowledge.ts')).benchKnowledge(folder, makeWorkspace),
  million: () => benchMillion(folder),
  // Loads a browser driver, so only when asked for.
  screen: async () => (await import('./screen.ts')).benchScreen(folder, makeWorkspace),
};

try {
  const noise = measureNoise();
  const rows: Row[] = [];
  for (const [name, run] of Object.entries(parts)) {
    if (chosen.length > 0 ? !chosen.includes(name) : onlyWhenNamed.has(name)) continue;
    process.stderr.write(`measuring ${name} …\n`);
    rows.push(...(await run()));
  }
  print(rows, noise);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);

function print(rows: Row[], noise: { p50: number; p99: number }): void {
  const machine = {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    node: process.version,
    noise,
  };
  if (asJson) {
    console.log(JSON.stringify({ machine, rows }, null, 2));
    return;
  }
  const wide = (column: 'name' | 'value' | 'goal'): number =>
    Math.max(column.length, ...rows.map((row) => row[column].length));
  const [name, value, goal] = [wide('name'), wide('value'), wide('goal')];
  console.log(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node.slice(1)}`);
  console.log(`noise: the same loop takes ${ms(noise.p50)} at p50 and ${ms(noise.p99)} at p99\n`);
  for (const row of rows) {
    console.log(
      `${row.name.padEnd(name)}  ${row.value.padStart(value)}  ${row.goal.padEnd(goal)}  ${row.note}`,
    );
  }
}
