/**
 * One day of a replica as a script: edits, a burst, a consolidation that an agent writes into, an undo, restores,
 * settings changed by the engine and by hand. Played without a crash it says how many points a process reaches;
 * played with one at any of them it must end as well.
 */
import { Crash, type LifePoint } from '../support/life.ts';
import {
  type Actors,
  ask,
  boardFile,
  createActors,
  editSettings,
  save,
  settingsFile,
  writeOnBoard,
} from './actions.ts';
import { type Faults, noFaults } from './faults.ts';
import { type Judged, judge, judgedWorld } from './judge.ts';
import type { Met } from './met.ts';
import { calm, reviveIfDead } from './run-seed.ts';
import { changing, createWorld } from './world.ts';

/** `points` are those of the last life, up to the calm. */
export type Played = { points: LifePoint[]; deaths: LifePoint[]; wrong: string[]; met: Met };

type Step = (actors: Actors) => void | Promise<void>;

/** Nothing goes wrong but the crashes. The larger ones of the day's versions are prepared beside the loop. */
const faults: Faults = { ...noFaults, atOnceBytes: 60, preparingMs: 20 };

/** Milliseconds after each step: long enough for every settle rule, short of the next check. */
const stepMs = 700;

const steps: readonly Step[] = [
  (actors) => save(actors, 'AGENTS.md', '# Agents\n'),
  (actors) => {
    save(actors, 'ROADMAP.md', '# Roadmap\n- one\n', 'in-place');
    save(actors, 'docs/passation_claude.md', '# Hand-off\n');
  },
  writeBurst,
  (actors) => save(actors, 'ROADMAP.md', '# Roadmap\n- one\n- two\n', 'in-place'),
  (actors) => actors.world.witness.replace('HANDOFF.md', () => save(actors, 'HANDOFF.md', '# Replaced\n'), 3),
  (actors) => ask(actors, 'undo'),
  (actors) => ask(actors, 'restore', 'AGENTS.md', 'latest~1'),
  ({ world }) => world.disk.agentDelete('ROADMAP.md'),
  (actors) => save(actors, 'ROADMAP.md', '# Another roadmap\n'),
  (actors) => ask(actors, 'restore', 'ROADMAP.md', 'latest~1'),
  ({ world }) => world.disk.agentDelete('docs/passation_claude.md'),
  (actors) => ask(actors, 'restore', 'docs/passation_claude.md', 'latest~1'),
  // The first is raced by a person, and gives way.
  (actors) => ask(actors, 'settings'),
  (actors) => ask(actors, 'settings'),
  editSettings,
  (actors) => ask(actors, 'consolidate'),
  writeOnBoard,
  (actors) => ask(actors, 'scan'),
];

/**
 * One crash after another: each number counts the points of the life that it ends, from 1. `onWorld` gets the world
 * in calm, before it is judged.
 */
export async function playScenario(
  crashes: readonly number[] = [],
  onWorld?: (world: Judged) => void | Promise<void>,
): Promise<Played> {
  const world = createWorld('scenario', faults);
  const actors = createActors(world);
  const counter = countPoints(actors, crashes);
  await world.start();
  for (const step of steps) {
    await step(actors);
    await world.clock.advance(stepMs);
    while (await reviveIfDead(world));
  }
  counter.stop();
  await calm(actors);
  const judged = judgedWorld(actors, faults);
  await onWorld?.(judged);
  const wrong = judge(judged);
  await world.stop();
  world.sql.close();
  return { points: counter.points, deaths: world.deaths, wrong, met: world.met };
}

/** The file is seen half-written, and again and again before it settles. */
async function writeBurst({ world }: Actors): Promise<void> {
  for (let round = 1; round <= 3; round++) {
    const bytes = new TextEncoder().encode(`# Hand-off ${round}\n${'a line of text\n'.repeat(round * 4)}`);
    const write = world.disk.agentWrite('HANDOFF.md', bytes, 'truncate-then-write', 3);
    await world.witness.writeSlowly('HANDOFF.md', bytes, write, () => 5);
    save({ world }, 'AGENTS.md', `# Agents\nround ${round}\n`);
  }
}

/** Counts the points, ends lives, and lets an agent and a person write into the first swap of each file. */
function countPoints(actors: Actors, crashes: readonly number[]) {
  const { world } = actors;
  const left = [...crashes];
  const points: LifePoint[] = [];
  let isOver = false;
  const toRace = new Map<string, Step>([
    [boardFile, writeOnBoard],
    [settingsFile, editSettings],
  ]);
  world.atPoint = (point) => {
    if (isOver) return;
    if (point.operation === 'exchange' && point.when === 'before') {
      const write = toRace.get(point.subject);
      toRace.delete(point.subject);
      void write?.(actors);
    }
    points.push(point);
    if (points.length !== left[0]) return;
    left.shift();
    points.length = 0;
    throw new Crash(point);
  };
  return {
    points,
    stop: () => {
      isOver = true;
    },
  };
}

/** Whether the disk or the log may be another after this point than before it. */
export function changesSomething({ operation, subject }: LifePoint): boolean {
  return changing.has(operation) || (operation === 'statement' && /^\s*(INSERT|UPDATE|DELETE)/.test(subject));
}

/** Points of a life within which its start is through. */
const startPoints = 120;

/** For each point that changes files, or commits, a second crash somewhere in the start after it; `turn` varies where. */
export function crashesInARow(points: readonly LifePoint[], turn: number): [number, number][] {
  return points.flatMap((point, index): [number, number][] =>
    changing.has(point.operation) ? [[index + 1, 1 + ((index * 7 + turn * 13) % startPoints)]] : [],
  );
}
