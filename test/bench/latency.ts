/** From a write on the real disk to the change in the log, with default settings, by the real engine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createConsoleLog } from '../../electron/adapters/console-log.ts';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import { createHost } from '../../electron/host/host.ts';
import type { Change } from '../../shared/domain/change.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { ms, quantile, type Row } from './measure.ts';

const edits = 200;
/** Edits come apart from each other, as agents make them; longer than any settle rule for whole files. */
const pauseMs = 40;
/** What is saved beside a journal of 7 MB comes faster than such a journal can be packed. */
const besideEdits = 150;
const besideEveryMs = 100;
const journalBytes = 7 * 1024 * 1024;
const journal = 'HANDOFF.md';

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
  writeFileSync(path.join(workspace, journal), journalText());
  const opened = await host.value.open(workspace);
  if (!opened.ok || opened.value.engine === undefined) throw new Error('The bench workspace did not open.');
  const { engine } = opened.value;
  const inPlace = await measure(engine, (text) => writeFileSync(path.join(workspace, 'AGENTS.md'), text));
  const renamed = await measure(engine, (text) => {
    writeFileSync(path.join(workspace, '.AGENTS.md.new'), text);
    renameSync(path.join(workspace, '.AGENTS.md.new'), path.join(workspace, 'AGENTS.md'));
  });
  const alone = await measureBeside(engine, workspace, path.join(folder, 'elsewhere.md'));
  const beside = await measureBeside(engine, workspace, path.join(workspace, journal));
  await host.value.stop();
  return [
    row('write in place to logged change', inPlace, `${edits} edits`),
    row('rename into place to logged change', renamed, `${edits} edits`),
    row('by another program, to logged change', alone, besideNote(alone)),
    row('the same, and it adds to a journal of 7 MB every second', beside, besideNote(beside)),
  ];
}

/** A version that passed unseen is missing among the samples. */
const besideNote = (samples: number[]): string =>
  `${samples.length} of ${besideEdits} edits, one every ${besideEveryMs} ms`;

function row(name: string, samples: number[], edited: string): Row {
  const value = `${ms(quantile(samples, 0.5))} / ${ms(quantile(samples, 0.99))}`;
  return { name, value, goal: '< 20 / 80 ms', note: `p50 / p99 of ${edited}, default settings` };
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

/** Milliseconds of each version that came to the log, while the other program also adds to the file `growing`. */
async function measureBeside(engine: Engine, workspace: string, growing: string): Promise<number[]> {
  const samples: number[] = [];
  const cancel = engine.on('changes', ({ changes }) => {
    const nowMs = performance.timeOrigin + performance.now();
    for (const change of changes) {
      if (change.path === 'AGENTS.md') samples.push(nowMs - writtenMs(engine, change));
    }
  });
  const program = path.join(import.meta.dirname, 'two-writers.ts');
  const files = [growing, path.join(workspace, 'AGENTS.md')];
  const writers = spawn(process.execPath, [program, ...files, `${besideEdits}`, `${besideEveryMs}`]);
  await once(writers, 'exit');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  cancel();
  return samples;
}

/** The moment that stands in the text. */
function writtenMs(engine: Engine, { content }: Change): number {
  const text = Buffer.from(engine.log.content(content ?? '') ?? '').toString();
  return Number(/ at ([\d.]+)/.exec(text)?.[1]);
}

/** Words in no order, as compressible as prose. */
function journalText(): string {
  const random = createSeededRandom('journal');
  const words = Array.from({ length: 4_000 }, (_, index) =>
    `${index.toString(36)}word`.slice(0, 3 + (index % 6)),
  );
  const lines: string[] = [];
  for (let bytes = 0; bytes < journalBytes; bytes += lines.at(-1)?.length ?? 0)
    lines.push(`- ${Array.from({ length: 12 }, () => random.pick(words)).join(' ')}\n`);
  return lines.join('');
}
