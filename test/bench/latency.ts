/** From a write on the real disk to the change in the log, with default settings, by the real engine. */
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createConsoleLog } from '../../electron/adapters/console-log.ts';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import { createHost } from '../../electron/host/host.ts';
import { ms, quantile, type Row } from './measure.ts';

const edits = 200;
/** Edits come apart from each other, as agents make them; longer than any settle rule for whole files. */
const pauseMs = 40;

export async function benchLatency(folder: string, makeWorkspace: () => string): Promise<Row[]> {
  const log = createConsoleLog({
    json: false,
    minimum: 'error',
    write: (line) => process.stderr.write(line),
  });
  const host = await createHost({
    dataFolder: path.join(folder, 'latency-data'),
    version: 'bench',
    env: { ...process.env },
    log,
  });
  if (!host.ok) throw new Error(host.error.message);
  const workspace = makeWorkspace();
  const opened = await host.value.open(workspace);
  if (!opened.ok || opened.value.engine === undefined) throw new Error('The bench workspace did not open.');
  const { engine } = opened.value;
  const inPlace = await measure(engine, (text) => writeFileSync(path.join(workspace, 'AGENTS.md'), text));
  const renamed = await measure(engine, (text) => {
    writeFileSync(path.join(workspace, '.AGENTS.md.new'), text);
    renameSync(path.join(workspace, '.AGENTS.md.new'), path.join(workspace, 'AGENTS.md'));
  });
  await host.value.stop();
  return [
    row('write in place to logged change', inPlace),
    row('rename into place to logged change', renamed),
  ];
}

function row(name: string, samples: number[]): Row {
  const value = `${ms(quantile(samples, 0.5))} / ${ms(quantile(samples, 0.99))}`;
  return {
    name,
    value,
    goal: '< 20 / 80 ms',
    note: `p50 / p99 of ${samples.length} edits, default settings`,
  };
}

async function measure(engine: Engine, write: (text: string) => void): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < edits; index++) {
    samples.push(await one(engine, () => write(`# Agents\n\nEdit ${index} of ${performance.now()}\n`)));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return samples;
}

function one(engine: Engine, write: () => void): Promise<number> {
  return new Promise((resolve) => {
    let startMs = 0;
    const cancel = engine.on('changes', ({ changes }) => {
      if (!changes.some((change) => change.path === 'AGENTS.md')) return;
      cancel();
      resolve(performance.now() - startMs);
    });
    startMs = performance.now();
    write();
  });
}
