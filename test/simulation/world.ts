/**
 * One replica in a hostile world: a fake disk, a fake clock, agents that write at any moment, and a process that
 * dies at any step. Everything comes from one seed, so a failure is a number that can be run again.
 */
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { createEngine } from '../../electron/engine/engine.ts';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { EnginePorts, Sql } from '../../electron/engine/ports.ts';
import { createCrashingSql } from '../support/crashing-sql.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeDisk, type FakeDisk } from '../support/fake-disk.ts';
import { Crash, createLife, type Life, type LifePoint } from '../support/life.ts';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';

/** Probabilities and sizes of what goes wrong. */
export type Faults = {
  lostHints: number;
  lateHints: number;
  doubledHints: number;
  latestHintMs: number;
  /** Of a death at each point that the process reaches. */
  crash: number;
  /** Of a full disk at each step of the world. */
  fullDisk: number;
  /** Of a jump of the wall clock at each step, and how far. */
  clockJump: number;
  clockJumpMs: number;
  /** Milliseconds that one file operation takes at most: what agents do meanwhile falls into its middle. */
  operationMs: number;
};

/** A span of time in which an engine ran, watched, and could write. */
export type Shift = { fromMs: number; toMs: number };

export type World = {
  clock: FakeClock;
  disk: FakeDisk;
  sql: Sql;
  random: SeededRandom;
  /** The engine of the present life; undefined while none runs. */
  engine: Engine | undefined;
  shifts: Shift[];
  met: Record<
    'crash' | 'lostHint' | 'clockJump' | 'fullDisk' | 'consolidation' | 'undo' | 'restore' | 'midScan',
    number
  >;
  /** Where lives ended. */
  deaths: LifePoint[];
  start(hook?: (point: LifePoint) => void): Promise<void>;
  /** Ends the engine if it died, and says whether it did. */
  buryDead(): Promise<boolean>;
  /** Stops cleanly. */
  stop(): Promise<void>;
};

const noGit: EnginePorts['git'] = {
  head: async () => undefined,
  rootCommit: async () => undefined,
  commitsOf: async () => [],
  blame: async () => undefined,
};

export function createWorld(seed: number | string, faults: Faults): World {
  const clock = createFakeClock();
  const random = createSeededRandom(seed);
  const delays = random.fork('delays');
  const disk = createFakeDisk({
    clock,
    random: random.fork('disk'),
    faults: {
      lost: faults.lostHints,
      late: faults.lateHints,
      doubled: faults.doubledHints,
      latestMs: faults.latestHintMs,
    },
    operationMs: () => (faults.operationMs === 0 ? 0 : delays.integer(faults.operationMs + 1)),
  });
  let life: Life = createLife();

  const world: World = {
    clock,
    disk,
    sql: openSql(':memory:'),
    random,
    engine: undefined,
    shifts: [],
    met: {
      crash: 0,
      lostHint: 0,
      clockJump: 0,
      fullDisk: 0,
      consolidation: 0,
      undo: 0,
      restore: 0,
      midScan: 0,
    },
    deaths: [],
    async start(hook) {
      const deathDraw = random.fork(`death ${world.deaths.length} ${world.shifts.length}`);
      life = createLife((point) => {
        hook?.(point);
        if (deathDraw.chance(faults.crash)) throw new Crash(point);
      });
      world.shifts.push({ fromMs: clock.monotonicMs(), toMs: Number.POSITIVE_INFINITY });
      try {
        world.engine = makeEngine(world, life);
        const started = world.engine.start();
        started.catch(() => undefined);
        await clock.advance(50);
      } catch (failure) {
        if (!(failure instanceof Crash)) throw failure;
      }
    },
    async buryDead() {
      if (!life.dead) return false;
      world.met.crash += 1;
      await endShift(world);
      return true;
    },
    async stop() {
      await endShift(world);
    },
  };
  return world;
}

async function endShift(world: World): Promise<void> {
  const shift = world.shifts.at(-1);
  if (shift !== undefined && shift.toMs === Number.POSITIVE_INFINITY) shift.toMs = world.clock.monotonicMs();
  const stopping = world.engine?.stop();
  world.engine = undefined;
  stopping?.catch(() => undefined);
  await world.clock.advance(3_000);
}

function makeEngine(world: World, life: Life): Engine {
  const { clock, disk, sql, random } = world;
  const silent = () => undefined;
  const ports: EnginePorts = {
    ...disk.mount(watched(life, world)),
    clock,
    random: random.fork('engine'),
    codec: nodeCodec,
    sql: createCrashingSql(sql, watched(life, world)),
    git: noGit,
    holders: { holdersOf: async () => [] },
    log: { info: silent, warn: silent, error: silent },
  };
  return createEngine(ports, { id: 'replica', name: 'simulated', folder: '/simulated', disabled: false });
}

/** Notes where the life ended. */
function watched(life: Life, world: World): Life {
  return {
    get dead() {
      return life.dead;
    },
    kill: life.kill,
    reach(point) {
      const wasDead = life.dead;
      try {
        life.reach(point);
      } catch (failure) {
        if (!wasDead) world.deaths.push(point);
        throw failure;
      }
    },
  };
}
