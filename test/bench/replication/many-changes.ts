/** A log with many small changes meets an empty replica: what that takes, against the floor of any program in Node. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { buildStale } from '../../../build/scripts/build.ts';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { systemClock } from '../../../electron/adapters/system-clock.ts';
import { systemRandom } from '../../../electron/adapters/system-random.ts';
import { createAppender } from '../../../electron/engine/log/append.ts';
import { contentOf, createContentStore } from '../../../electron/engine/log/content-store.ts';
import { nodeOf } from '../../../electron/engine/log/open-log.ts';
import type { Row } from '../measure.ts';
import { memoryMiB, processorSeconds } from '../process-facts.ts';
import { measureFloor } from './floor.ts';
import { startSkein } from './skein-node.ts';
import { makeClones, pairUp } from './skein-pair.ts';
import { makeNotes, type Notes, untilThere, writeNotes } from './workload.ts';

const files = 500;
const noteBytes = 200;
/** Rows that one transaction writes while the log is made. */
const rowsAtOnce = 1_000;

export async function benchManyChanges(place: string, changes: number): Promise<Row[]> {
  // From its sources it would take twice the memory.
  await buildStale(['headless']);
  const [here, there] = makeClones(place);
  const log = await makeLog(here, changes);
  const nodes = [await startSkein(here, 'here'), await startSkein(there, 'there')] as const;
  const pair = await pairUp(...nodes);
  try {
    const startMs = performance.now();
    await pair.meet();
    const peak = await untilTaken(nodes, changes);
    await untilThere(there, log.notes);
    const seconds = (performance.now() - startMs) / 1000;
    const floor = await measureFloor(place, log.file);
    return toRows({ changes, seconds, peak, floor, wireBytes: pair.wireBytes(), pids: pair.pids() });
  } finally {
    await pair.stop();
  }
}

type Node = Awaited<ReturnType<typeof startSkein>>;

/** The most memory that the taker was seen to need until it had everything, whether it asked or was given. */
async function untilTaken([giver, taker]: readonly [Node, Node], changes: number): Promise<number> {
  let peak = 0;
  for (;;) {
    peak = Math.max(peak, memoryMiB(taker.pid));
    const [given, taken] = [await progressOf(giver), await progressOf(taker)];
    if (given.pushed + taken.pulled >= changes) return peak;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function progressOf(node: Node): Promise<{ pushed: number; pulled: number }> {
  const [workspace] = (await node.peer()).workspaces;
  return workspace?.progress ?? { pushed: 0, pulled: 0 };
}

type Outcome = {
  changes: number;
  seconds: number;
  peak: number;
  floor: number;
  wireBytes: number;
  pids: readonly number[];
};

function toRows({ changes, seconds, peak, floor, wireBytes, pids }: Outcome): Row[] {
  const rate = changes / seconds;
  const count = changes.toLocaleString('en');
  const processor = pids.map((pid) => `${processorSeconds(pid).toFixed(1)} s`).join(' and ');
  return [
    {
      name: `${count} small changes into an empty replica`,
      value: `${rate.toFixed(0)}/s`,
      goal: '',
      note: `${files} files written at the end, wire ${(wireBytes / 2 ** 20).toFixed(1)} MiB, processor ${processor} since the start`,
    },
    {
      name: 'floor: newline JSON over bare HTTP into bare SQLite',
      value: `${floor.toFixed(0)}/s`,
      goal: '',
      note: 'the same rows in batches of 1,000; no TLS, no check, no file',
    },
    { name: 'Skein / floor', value: (rate / floor).toFixed(2), goal: '>= 0.5', note: '' },
    {
      name: 'most memory of the node that took them',
      value: `${peak.toFixed(0)} MiB`,
      goal: '< 200 MiB',
      note: '',
    },
  ];
}

/** Writes the changes into the log of a Skein that is stopped, and their outcome to the disk. */
async function makeLog(folder: string, changes: number): Promise<{ file: string; notes: Notes }> {
  await (await startSkein(folder, 'here')).stop();
  const replicas = path.join(path.dirname(folder), 'home-here', 'data', 'replicas');
  const file = path.join(replicas, readdirSync(replicas)[0] ?? '', 'log.db');
  const sql = openSql(file);
  const contents = createContentStore(sql, nodeCodec);
  const append = createAppender({ sql, clock: systemClock, random: systemRandom, contents }, () =>
    nodeOf(sql),
  );
  const notes = new Map(makeNotes(files, noteBytes));
  const heads = new Map<string, { stamp: string; content: string | null }>();
  const names = [...notes.keys()];
  for (let from = 0; from < changes; from += rowsAtOnce) {
    sql.transaction(() => {
      for (let index = from; index < Math.min(changes, from + rowsAtOnce); index++) {
        const name = names[(index * 7) % files] ?? '';
        const text = `${(notes.get(name) ?? '').slice(0, noteBytes)}\n- entry ${index} of ${name}\n`;
        notes.set(name, text);
        heads.set(name, appendOne(append, { name, text, before: heads.get(name) }));
      }
    });
  }
  sql.close();
  writeNotes(folder, notes);
  return { file, notes };
}

function appendOne(
  append: ReturnType<typeof createAppender>,
  {
    name,
    text,
    before,
  }: { name: string; text: string; before: { stamp: string; content: string | null } | undefined },
): { stamp: string; content: string | null } {
  const bytes = Buffer.from(text);
  return append.change({
    kind: before === undefined ? 'created' : 'modified',
    path: name,
    fileClass: 'note',
    content: contentOf(nodeCodec, bytes),
    previous: before?.content ?? null,
    parents: before === undefined ? [] : [before.stamp],
    evidence: [{ agent: 'claude-code', source: 'file-name', detail: 'The name says so.', at: 1 }],
    stat: { kind: 'file', size: bytes.length, mtimeNs: '1', ctimeNs: '1', inode: '1:1', mode: 0o644 },
    consolidation: null,
    baseline: true,
  });
}
