/** What is measured, the same for every contender, one after the other on the same pair. */
import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { memoryMiB, processorSeconds } from '../process-facts.ts';
import type { Contender, Pair } from './contender.ts';
import {
  editLine,
  makeNotes,
  makeText,
  type Notes,
  some,
  textOf,
  untilThere,
  writeNotes,
} from './workload.ts';

export const size = { notes: 2_000, noteBytes: 10 * 1024, edits: 200, singles: 40, apart: 100, week: 7 };
const journal = { name: 'HANDOFF.md', bytes: 200 * 1024 };
/** Single edits come apart from each other, as agents make them. */
const pauseMs = 60;
/** Milliseconds without a byte after which an exchange is over. */
const quietMs = 400;
/** Milliseconds without work after which a node is at rest: V8 keeps the pages of a thread that ended for 8 s. */
const restMs = 10_000;
/** Milliseconds that it may take to come there. */
const restPatienceMs = 120_000;
/** Of one processor. */
const restShare = 0.05;

/** What one piece of work took; `ms` has one sample for each time it was done. */
export type Sample = { ms: number[]; wireBytes: number; processorMs: number; asked?: number };

/** Each scenario by its name, as soon as it is through. */
export async function* runScenarios(
  { open, watches, isLimit }: Contender,
  place: string,
): AsyncGenerator<[string, Sample]> {
  let notes: Notes = makeNotes(size.notes, size.noteBytes);
  mkdirSync(place);
  const pair = await open(place, (folder) => writeNotes(folder, notes));
  try {
    yield ['first', await meetFirst(pair, notes)];
    const edited = editLine(some(notes, size.edits), 0.5, 'An edit');
    notes = new Map([...notes, ...edited]);
    yield ['edits', await measure(pair, () => bring(pair, edited))];
    yield ['journal', await appendToJournal(pair)];
    if (watches) yield ['single', await editOneByOne(pair, some(notes, 1))];
    if (!isLimit) yield* meetAgain(pair, notes);
    await untilAtRest(pair);
    yield ['memory', { ms: pair.pids().map(memoryMiB), wireBytes: 0, processorMs: 0 }];
  } finally {
    await pair.stop();
  }
}

const meetFirst = (pair: Pair, notes: Notes): Promise<Sample> =>
  measure(pair, async () => {
    await pair.meet();
    await untilThere(pair.there, notes);
  });

/** Bytes are counted until the wire falls quiet; the time ends with the work. */
async function measure(pair: Pair, work: () => Promise<unknown>): Promise<Sample> {
  const before = { bytes: pair.wireBytes(), seconds: processorOf(pair) };
  const startMs = performance.now();
  await work();
  const ms = performance.now() - startMs;
  await untilQuiet(pair);
  const processorMs = (processorOf(pair) - before.seconds) * 1000;
  return { ms: [ms], wireBytes: pair.wireBytes() - before.bytes, processorMs };
}

/** What came is still being worked on when it is there: scanned, hashed, indexed. */
async function untilAtRest(pair: Pair): Promise<void> {
  const untilMs = performance.now() + restPatienceMs;
  for (let seconds = Number.NEGATIVE_INFINITY; performance.now() < untilMs; ) {
    const now = processorOf(pair);
    if (now - seconds < (restShare * restMs) / 1000) return;
    seconds = now;
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
}

const processorOf = (pair: Pair): number => pair.pids().reduce((sum, pid) => sum + processorSeconds(pid), 0);

async function untilQuiet(pair: Pair): Promise<void> {
  for (let bytes = -1; bytes !== pair.wireBytes(); ) {
    bytes = pair.wireBytes();
    await new Promise((resolve) => setTimeout(resolve, quietMs));
  }
}

async function bring(pair: Pair, notes: Notes): Promise<void> {
  writeNotes(pair.here, notes);
  await pair.carry('one way');
  await untilThere(pair.there, notes);
}

/** One line at the end of a journal that both hold. */
async function appendToJournal(pair: Pair): Promise<Sample> {
  const text = makeText('# Hand-off', journal.bytes);
  await bring(pair, new Map([[journal.name, text]]));
  await untilQuiet(pair);
  const line = '- 2026-11-26 claude-code: the wire is done, the tests are green\n';
  return measure(pair, async () => {
    appendFileSync(path.join(pair.here, journal.name), line);
    await pair.carry('one way');
    await untilThere(pair.there, new Map([[journal.name, text + line]]));
  });
}

async function editOneByOne(pair: Pair, notes: Notes): Promise<Sample> {
  const ms: number[] = [];
  const all = await measure(pair, async () => {
    for (let index = 0; index < size.singles; index++) {
      const edited = editLine(notes, 0.3, `Edit ${index}`);
      const startMs = performance.now();
      await bring(pair, edited);
      ms.push(performance.now() - startMs);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  });
  return { ms, wireBytes: all.wireBytes / ms.length, processorMs: all.processorMs / ms.length };
}

/** Both wrote while they were apart: on distant lines of the same files, then on the same lines, then one for a week. */
async function* meetAgain(pair: Pair, notes: Notes): AsyncGenerator<[string, Sample]> {
  const last = [...notes].slice(-3 * size.apart);
  const part = (index: number): Notes => new Map(last.slice(index * size.apart, (index + 1) * size.apart));
  const [distant, same, week] = [part(0), part(1), part(2)];
  yield ['distant', await apart(pair, [[editLine(distant, 0.1, 'Here'), editLine(distant, 0.9, 'There')]])];
  yield ['same', await apart(pair, [[editLine(same, 0.5, 'Here'), editLine(same, 0.5, 'There')]])];
  yield ['week', await apart(pair, daysOf(week))];
}

/** Each day's edits stand on those of the days before; the other side was away. */
function daysOf(notes: Notes): [Notes, Notes][] {
  let today = notes;
  return Array.from({ length: size.week }, (_, day) => {
    today = editLine(today, 0.1 + day / 10, `Day ${day}`);
    return [today, new Map()];
  });
}

/** The time from their meeting until both sides hold the same, with the work of either in it. */
async function apart(pair: Pair, rounds: [Notes, Notes][]): Promise<Sample> {
  await untilQuiet(pair);
  await pair.part();
  const changes = { here: 0, there: 0 };
  for (const [here, there] of rounds) {
    writeNotes(pair.here, here);
    writeNotes(pair.there, there);
    changes.here += here.size;
    changes.there += there.size;
    await pair.noted(changes);
  }
  const [here, there] = rounds.at(-1) ?? [new Map(), new Map()];
  const before = await pair.asked();
  const sample = await measure(pair, async () => {
    await pair.join();
    await pair.carry('both ways');
    if (there.size === 0) await untilThere(pair.there, here);
    else await untilEqual(pair, [...here.keys()]);
  });
  return { ...sample, asked: (await pair.asked()) - before };
}

const patienceMs = 60_000;

/** What both wrote apart differs until it has been settled somehow. */
async function untilEqual(pair: Pair, names: readonly string[]): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  for (const name of names) {
    while (textOf(path.join(pair.here, name)) !== textOf(path.join(pair.there, name))) {
      if (performance.now() > untilMs) throw new Error(`${name} never became equal on both sides.`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
