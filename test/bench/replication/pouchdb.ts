/**
 * PouchDB's replication over HTTP, for who would keep notes as documents: no folders, no TLS. Its packages are put into
 * a folder of the system's temporary one when first needed; they are none of ours.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { ms, quantile, type Row } from '../measure.ts';
import { size } from './scenarios.ts';
import { editLine, makeNotes, some } from './workload.ts';

const packages = ['pouchdb@9.0.0', 'express-pouchdb@4.2.0', 'express@4'];
const cache = path.join(os.tmpdir(), 'skein-bench-pouchdb-9');
const program = path.join(import.meta.dirname, 'pouchdb-node.ts');

/** What `pouchdb-node.ts` measured, in milliseconds. */
type Measured = { first: number; edits: number; single: number[] };

export async function benchPouch(place: string): Promise<Row[]> {
  const missing = await install();
  if (missing !== undefined)
    return [
      { name: 'PouchDB', value: 'not here', goal: '', note: `install ${packages.join(' ')}: ${missing}` },
    ];
  const notes = makeNotes(size.notes, size.noteBytes);
  const edits = editLine(some(notes, size.edits), 0.5, 'An edit');
  mkdirSync(place);
  const work = path.join(place, 'work.json');
  writeFileSync(work, JSON.stringify({ notes: [...notes], edits: [...edits], singles: size.singles }));
  const give = start('give', place, work);
  const [port = ''] = await firstLines(give, 1);
  const take = start('take', place, work, port);
  const [answer = '{}'] = await firstLines(take, 1);
  give.kill();
  await once(give, 'exit');
  const { first, edits: edited, single } = JSON.parse(answer) as Measured;
  const name = 'PouchDB over HTTP, documents';
  const note = 'no files, no TLS, one round';
  return [
    { name: `first sync of ${size.notes} files, 20 MiB: ${name}`, value: ms(first), goal: '', note },
    { name: `${size.edits} one-line edits: ${name}`, value: ms(edited), goal: '', note },
    {
      name: `one edit, write to readable: ${name}`,
      value: `${ms(quantile(single, 0.5))} / ${ms(quantile(single, 0.9))}`,
      goal: '',
      note: 'live replication; a change event there',
    },
  ];
}

/** Why it cannot be installed; undefined when it is there. */
async function install(): Promise<string | undefined> {
  if (existsSync(path.join(cache, 'node_modules', 'express-pouchdb'))) return undefined;
  mkdirSync(cache, { recursive: true });
  writeFileSync(path.join(cache, 'package.json'), '{}\n');
  try {
    const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages];
    await promisify(execFile)('npm', words, { cwd: cache, shell: process.platform === 'win32' });
    return undefined;
  } catch (cause) {
    return String(cause).split('\n')[0];
  }
}

const start = (mode: 'give' | 'take', place: string, work: string, port = '') =>
  spawn(process.execPath, [program, mode, cache, path.join(place, mode), work, port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

async function firstLines(child: ReturnType<typeof start>, count: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === count) return lines;
  }
  throw new Error('PouchDB ended without a word.');
}
