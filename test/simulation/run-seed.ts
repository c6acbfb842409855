/** One seeded run: agents and faults for a while, then calm, then judgement. */
import type { LifePoint } from '../support/life.ts';
import { type Actors, actOnce, createActors } from './actions.ts';
import { readConsolidations } from './checkers/log-rows.ts';
import { type Faults, mixFaults } from './faults.ts';
import { type Judged, judge, judgedWorld } from './judge.ts';
import type { Met } from './met.ts';
import { createWorld, type World } from './world.ts';

export type Outcome = {
  seed: number;
  faults: Faults;
  steps: number;
  wrong: string[];
  met: Met;
  /** Where lives ended, in order. */
  deaths: LifePoint[];
};

export type RunOptions = {
  /** Those that the seed draws unless told otherwise. */
  faults?: Faults;
  steps?: number;
  /** Gets the world after the run, in calm, before it is judged. */
  onWorld?: (world: Judged) => void;
};

export const usualSteps = 40;

export async function runSeed(seed: number, options: RunOptions = {}): Promise<Outcome> {
  const { faults = mixFaults(seed), steps = usualSteps } = options;
  const world = createWorld(seed, faults);
  const actors = createActors(world);
  await world.start();
  for (let step = 0; step < steps; step++) {
    await actOnce(actors);
    await world.clock.advance(actors.draw.pick([0, 1, 7, 30, 120, 600, 4_000, 15_000]));
    await reviveIfDead(world);
  }
  await calm(actors);
  const judged = judgedWorld(actors, faults);
  options.onWorld?.(judged);
  const outcome = { seed, faults, steps, wrong: judge(judged), met: world.met, deaths: world.deaths };
  await world.stop();
  world.sql.close();
  return outcome;
}

/** Whoever starts Skein again after a crash; says whether that was needed. */
export async function reviveIfDead(world: World): Promise<boolean> {
  const isNeeded = (await world.buryDead()) || world.engine === undefined;
  if (isNeeded) await world.start();
  return isNeeded;
}

/** The faults end, and the last engine, sometimes a new one, has time for everything. */
export async function calm({ world, draw }: Actors): Promise<void> {
  const { met, disk } = world;
  world.setFull([]);
  disk.setFaults({});
  world.faults.crash = 0;
  world.faults.race = 0;
  if (draw.chance(0.5)) await world.stop();
  await reviveIfDead(world);
  await world.clock.advance(240_000);
  if (world.faults.stampMs > 1) met.coarseStamps += 1;
  const counts = disk.counts();
  met.lostHint += counts.lost;
  met.lateHint += counts.late;
  met.doubledHint += counts.doubled;
  met.refusedWrite += counts.refusedWrites;
  for (const { trigger_type } of readConsolidations(world.sql)) met[trigger_type] += 1;
}
