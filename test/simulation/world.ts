/**
 * One replica in a hostile world: a fake disk, a fake clock, agents that write at any moment, and a process that
 * dies at any step. Everything comes from one seed, so a failure is a number that can be run again.
 */
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { createEngine } from '../../electron/engine/engine.ts';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { EnginePorts, PatientCodec, Sql } from '../../electron/engine/ports.ts';
import { ProblemError } from '../../shared/result.ts';
import { createCrashingSql } from '../support/crashing-sql.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeDisk, type FakeDisk } from '../support/fake-disk.ts';
import { noGit } from '../support/fake-git.ts';
import { createFakeMarks, type FakeMarks } from '../support/fake-marks.ts';
import { createFakePatientCodec } from '../support/fake-patient-codec.ts';
import { Crash, createLife, type Life, type LifePoint } from '../support/life.ts';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';
import type { Faults } from './faults.ts';
import { createFullDiskSql } from './full-disk-sql.ts';
import { crashKind, type Met, nothingMet } from './met.ts';
import { createWitness, type Witness } from './witness.ts';

/** A span of time in which an engine ran, watched, and could write. */
export type Shift = { fromMs: number; toMs: number };

export type World = {
  /** In force now: a run may end its faults. */
  faults: Faults;
  clock: FakeClock;
  disk: FakeDisk;
  sql: Sql;
  marks: FakeMarks;
  random: SeededRandom;
  /** The engine of the present life; undefined while none runs. */
  engine: Engine | undefined;
  shifts: Shift[];
  met: Met;
  witness: Witness;
  /** Where lives ended. */
  deaths: LifePoint[];
  /** Runs at each point of each life, in the middle of the work: an agent may write, or a `Crash` be thrown. */
  atPoint: (point: LifePoint) => void;
  /** Begins a life. An engine that dies at once, or finds a full disk, leaves none. */
  start(): Promise<void>;
  /** Ends the engine if it died or could not start, and says whether it did. */
  buryDead(): Promise<boolean>;
  /** Ends the present life cleanly. */
  stop(): Promise<void>;
  /** The disks that have no room from now on: that of the files, that of the log, both or none. */
  setFull(disks: readonly ('files' | 'log')[]): void;
};

export function createWorld(seed: number | string, faults: Faults): World {
  const clock = createFakeClock();
  const random = createSeededRandom(seed);
  const met = nothingMet();
  const disk = makeDisk(clock, random, faults);
  let full = false;
  const sql = openSql(':memory:');
  const roomySql = createFullDiskSql(
    sql,
    () => full,
    () => {
      met.refusedCommit += 1;
    },
  );
  let life: Life = createLife();
  let failed = false;

  const world: World = {
    faults: { ...faults },
    clock,
    disk,
    sql,
    marks: createFakeMarks(),
    random,
    engine: undefined,
    shifts: [],
    met,
    witness: createWitness(disk, clock, met),
    deaths: [],
    atPoint: () => undefined,
    async start() {
      const deathDraw = random.fork(`death ${world.deaths.length} ${world.shifts.length}`);
      life = createLife((point) => {
        world.atPoint(point);
        if (deathDraw.chance(world.faults.crash * weightOf(point))) throw new Crash(point);
      });
      failed = false;
      if (!full) beginShift(world);
      try {
        world.engine = makeEngine(world, roomySql, noteDeath(life, world));
        world.witness.follow(world.engine, world.engine.start()).catch((failure: unknown) => {
          failed = !(failure instanceof Crash);
        });
        // Whoever comes at once finds the start under way.
        await clock.advance(deathDraw.pick([0, 5, 50]));
      } catch (failure) {
        failed = true;
        if (!(failure instanceof Crash || failure instanceof ProblemError)) throw failure;
      }
    },
    async buryDead() {
      if (!life.dead && !failed) return false;
      await endLife(world);
      return true;
    },
    stop: () => endLife(world),
    setFull(disks) {
      disk.setQuota(disks.includes('files') ? 1 : Number.POSITIVE_INFINITY);
      if (full === disks.includes('log')) return;
      full = !full;
      if (full) endShift(world);
      else if (world.engine !== undefined && !failed && !life.dead) beginShift(world);
    },
  };
  return world;
}

/** Most points are reads, and dying before one read is like dying before another. */
const weightOf = ({ operation, when }: LifePoint): number =>
  when === 'during' || changing.has(operation) ? 10 : 1;
/** Operations after which the disk or the log may be another. */
export const changing = new Set(['commit', 'writeTemporary', 'exchange', 'place', 'rename', 'remove']);

function makeDisk(clock: FakeClock, random: SeededRandom, faults: Faults): FakeDisk {
  const delays = random.fork('delays');
  return createFakeDisk({
    clock,
    random: random.fork('disk'),
    faults: {
      lost: faults.lostHints,
      late: faults.lateHints,
      doubled: faults.doubledHints,
      latestMs: faults.latestHintMs,
    },
    granularityNs: BigInt(faults.stampMs) * 1_000_000n,
    operationMs: () => (faults.operationMs === 0 ? 0 : delays.integer(faults.operationMs + 1)),
  });
}

function beginShift(world: World): void {
  endShift(world);
  world.shifts.push({ fromMs: world.clock.monotonicMs(), toMs: Number.POSITIVE_INFINITY });
}

function endShift(world: World): void {
  const shift = world.shifts.at(-1);
  if (shift !== undefined && shift.toMs === Number.POSITIVE_INFINITY) shift.toMs = world.clock.monotonicMs();
}

async function endLife(world: World): Promise<void> {
  endShift(world);
  const stopping = world.engine?.stop();
  world.engine = undefined;
  stopping?.catch(() => undefined);
  await world.clock.advance(3_000);
}

function makeEngine(world: World, sql: Sql, life: Life): Engine {
  const { clock, disk, random, witness, met } = world;
  const silent = () => undefined;
  const { files, openWatcher } = disk.mount(life);
  const ports: EnginePorts = {
    files: witness.seeSwaps(files),
    openWatcher,
    clock,
    random: random.fork('engine'),
    codec: nodeCodec,
    patientCodec: makePatientCodec(world, life),
    sql: createCrashingSql(sql, life),
    marks: world.marks.mount(life),
    git: noGit,
    holders: { holdersOf: async () => [] },
    log: {
      info: silent,
      error: silent,
      warn(message, fields) {
        if (message.startsWith('A report') && String(fields?.['problem']).startsWith('Somebody'))
          met.reportGaveWay += 1;
      },
    },
  };
  return createEngine(ports, { id: 'replica', name: 'simulated', folder: '/simulated', disabled: false });
}

function makePatientCodec({ clock, random, faults, met, witness }: World, life: Life): PatientCodec {
  const draw = random.fork('preparing');
  return createFakePatientCodec({
    clock,
    life,
    atOnceBytes: faults.atOnceBytes,
    delayMs: () => draw.integer(faults.preparingMs + 1),
    packed: witness.seePacked,
    fails() {
      const failed = draw.chance(faults.failedPreparing);
      if (failed) met.failedPreparing += 1;
      return failed;
    },
  });
}

/** Notes where the life ended. */
function noteDeath(life: Life, world: World): Life {
  return {
    get dead() {
      return life.dead;
    },
    kill: life.kill,
    reach(point) {
      const wasDead = life.dead;
      try {
        life.reach(point);
        world.witness.see(point);
      } catch (failure) {
        if (!wasDead) die(world, point);
        throw failure;
      }
    },
  };
}

function die(world: World, point: LifePoint): void {
  const isSecond = world.deaths.length > 0;
  endShift(world);
  world.deaths.push(point);
  world.met[crashKind(point)] += 1;
  if (isSecond && world.witness.isStarting()) world.met.crashInStart += 1;
}
