/** One replica of a simulated network through all its lives: its disk, its database, its clock, and its engine while it runs. */

import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createEngine } from '../../../electron/engine/engine.ts';
import type { Engine } from '../../../electron/engine/engine-contract.ts';
import type { EnginePorts, LogMark, Sql } from '../../../electron/engine/ports.ts';
import type { PeerLink } from '../../../electron/engine/replicate/link.ts';
import { ProblemError } from '../../../shared/result.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import type { FakeClock } from '../../support/fake-clock.ts';
import { createFakeDisk, type FakeDisk } from '../../support/fake-disk.ts';
import { noGit } from '../../support/fake-git.ts';
import { createFakeMarks } from '../../support/fake-marks.ts';
import { createFakeMovements, type FakeMovements } from '../../support/fake-movements.ts';
import { createFakePatientCodec } from '../../support/fake-patient-codec.ts';
import { openFreshLog } from '../../support/fresh-log.ts';
import { Crash, createLife, type Life, type LifePoint } from '../../support/life.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { createFullDiskSql } from '../full-disk-sql.ts';
import { nothingMet as nothingMetByOne } from '../met.ts';
import { createWitness, type Witness } from '../witness.ts';
import type { Shift } from '../world.ts';
import { newWorkTree, type WorkTree } from './branches.ts';
import type { Met } from './met.ts';
import type { NetworkFaults } from './plan.ts';
import { createWallClock, type WallClock } from './wall-clock.ts';

export type ReplicaDeps = {
  clock: FakeClock;
  random: SeededRandom;
  faults(): NetworkFaults;
  met: Met;
  tell(sentence: string): void;
};

export type Replica = {
  readonly index: number;
  readonly name: string;
  readonly disk: FakeDisk;
  readonly wall: WallClock;
  readonly witness: Witness;
  readonly sql: Sql;
  /** The engine of the present life; undefined while none runs, and once it has died. */
  readonly engine: Engine | undefined;
  /** Spans of time in which an engine ran and watched. */
  readonly shifts: Shift[];
  /** Monotonic milliseconds at which a database was put back from a copy, the last time. */
  readonly restoredMs: number | undefined;
  /** Whether something that an engine said was a fault of ours. */
  readonly faultsOfOurs: string[];
  /** What git did here, and which branch is checked out. */
  readonly git: FakeMovements;
  readonly tree: WorkTree;
  /** Links that each engine gets when it starts. */
  links: PeerLink[];
  /** Runs at each point of each life, in the middle of the work. */
  atPoint(point: LifePoint): void;
  start(): Promise<void>;
  /** Ends the engine if it died or could not start, and says whether it did. */
  buryDead(): Promise<boolean>;
  stop(): Promise<void>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
  backUp(): void;
  hasBackup(): boolean;
  /** Neither files nor the log have room. */
  isFull: boolean;
  setFull(isFull: boolean): void;
  /**
   * Puts the copy in the place of the database, where its mark tells whoever opens it; or, as the image of a whole
   * machine, the mark with it. Only while no engine runs.
   */
  putBack(what: 'database' | 'machine'): void;
  close(): void;
};

/** Operations after which the disk or the log may be another. */
const changing = new Set(['commit', 'writeTemporary', 'exchange', 'place', 'rename', 'remove']);
const weightOf = ({ operation, when }: LifePoint): number =>
  when === 'during' || changing.has(operation) ? 10 : 1;

export function createReplica(index: number, deps: ReplicaDeps): Replica {
  const { clock, met } = deps;
  const name = `R${index}`;
  const random = deps.random.fork(name);
  const faults = deps.faults();
  const off = (atMostMs: number): number => Math.round((random.next() * 2 - 1) * atMostMs);
  const wall = createWallClock(clock, off(faults.clockOffMs), off(faults.clockDriftMs));
  const disk = makeDisk(wall, random, faults);
  const metByOne = nothingMetByOne();
  let sql = openFreshLog();
  const marks = createFakeMarks();
  let copy: Sql | undefined;
  let copiedMark: LogMark | undefined;
  let life: Life = createLife();
  let lives = 0;
  let failed = false;
  let engine: Engine | undefined;

  function endShift(): void {
    const shift = replica.shifts.at(-1);
    if (shift !== undefined && shift.toMs === Number.POSITIVE_INFINITY) shift.toMs = clock.monotonicMs();
  }

  function beginShift(): void {
    replica.shifts.push({ fromMs: clock.monotonicMs(), toMs: Number.POSITIVE_INFINITY });
  }

  async function end(): Promise<void> {
    endShift();
    const stopping = engine?.stop();
    engine = undefined;
    stopping?.catch(() => undefined);
    // What was under way ends: it can touch neither disk nor database any more when it was killed.
    await clock.advance(100);
  }

  function makeEngine(): Engine {
    const ownLife = life;
    const { files, openWatcher } = disk.mount(ownLife);
    const note = (message: string, fields?: Record<string, unknown>): void => {
      if (!ownLife.dead) replica.faultsOfOurs.push(`${name}: ${message}: ${JSON.stringify(fields ?? {})}`);
    };
    const ports: EnginePorts = {
      files: replica.witness.seeSwaps(files),
      openWatcher,
      clock: wall,
      random: random.fork(`engine ${lives}`),
      codec: nodeCodec,
      patientCodec: createFakePatientCodec({ clock, life }),
      sql: createCrashingSql(
        createFullDiskSql(
          sql,
          () => replica.isFull,
          () => undefined,
        ),
        life,
      ),
      marks: marks.mount(life),
      git: { ...noGit, ...replica.git },
      holders: { holdersOf: async () => [] },
      log: { info: () => undefined, warn: () => undefined, error: note },
    };
    const made = createEngine(ports, { id: name, name, folder: `/${name}`, disabled: false });
    made.on('changes', ({ changes }) => {
      for (const { kind, path, stamp, agent } of changes)
        deps.tell(`${name} has ${kind} ${path} ${short(stamp)} by ${agent}`);
    });
    for (const link of replica.links) made.replication.addPeer(link);
    return made;
  }

  const replica: Replica = {
    index,
    name,
    disk,
    wall,
    witness: createWitness(disk, clock, metByOne),
    get sql() {
      return sql;
    },
    get engine() {
      return life.dead ? undefined : engine;
    },
    shifts: [],
    isFull: false,
    setFull(isFull) {
      if (isFull === replica.isFull) return;
      replica.isFull = isFull;
      disk.setQuota(isFull ? 1 : Number.POSITIVE_INFINITY);
      // What stands while nothing can be recorded may pass unseen.
      if (isFull) endShift();
      else if (engine !== undefined) beginShift();
    },
    restoredMs: undefined,
    faultsOfOurs: [],
    git: createFakeMovements(),
    tree: newWorkTree(),
    links: [],
    atPoint: () => undefined,
    async start() {
      lives += 1;
      const draw = random.fork(`death ${lives}`);
      life = watchLife(
        createLife((point) => {
          replica.atPoint(point);
          replica.witness.see(point);
          if (draw.chance(deps.faults().crash * weightOf(point))) throw new Crash(point);
        }),
        (point) => {
          endShift();
          met.crash += 1;
          if (/INSERT INTO log/.test(point.subject)) met.crashInTake += 1;
          deps.tell(
            `${name} dies ${point.when} ${point.source} ${point.operation} ${point.subject.slice(0, 60)}`,
          );
        },
      );
      failed = false;
      endShift();
      if (!replica.isFull) beginShift();
      try {
        engine = makeEngine();
        const started = engine.start();
        started.catch((failure: unknown) => {
          failed = true;
          if (!(failure instanceof Crash)) deps.tell(`${name} cannot start: ${failure}`);
        });
        deps.tell(`${name} starts`);
        await clock.advance(0);
      } catch (failure) {
        failed = true;
        if (!(failure instanceof Crash || failure instanceof ProblemError)) throw failure;
      }
      met.racedSwap += metByOne.racedSwap;
      metByOne.racedSwap = 0;
    },
    async buryDead() {
      if (!life.dead && !failed) return false;
      await end();
      return true;
    },
    async stop() {
      if (engine !== undefined) deps.tell(`${name} stops`);
      await end();
      await clock.advance(500);
    },
    async kill() {
      deps.tell(`${name} is killed`);
      life.kill();
      await end();
    },
    backUp() {
      if (!isOpened(sql)) return;
      copy?.close();
      [copy, copiedMark] = [copyDatabase(sql), marks.copy()];
      deps.tell(`${name} is backed up`);
    },
    hasBackup: () => copy !== undefined,
    putBack(what) {
      if (copy === undefined) return;
      sql.close();
      [sql, copy] = [copy, undefined];
      if (what === 'machine') marks.putBack(copiedMark);
      Object.assign(replica, { restoredMs: clock.monotonicMs() });
      deps.tell(`${name} gets its ${what} back from a copy`);
    },
    close: () => {
      copy?.close();
      sql.close();
    },
  };
  return replica;
}

/** Whether an engine has come through the opening of the database. */
export const isOpened = (sql: Sql): boolean =>
  sql.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").get() !== undefined &&
  sql.prepare("SELECT 1 FROM meta WHERE key = 'node'").get() !== undefined;

const short = (stamp: string): string => stamp.slice(6, 20);

function makeDisk(clock: WallClock, random: SeededRandom, faults: NetworkFaults): FakeDisk {
  const delays = random.fork('delays');
  return createFakeDisk({
    clock,
    random: random.fork('disk'),
    faults: { lost: faults.lostHints },
    operationMs: () => (faults.operationMs === 0 ? 0 : delays.integer(faults.operationMs + 1)),
  });
}

/** Tells once that the life ended. */
function watchLife(life: Life, died: (point: LifePoint) => void): Life {
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
        if (!wasDead) died(point);
        throw failure;
      }
    },
  };
}
