/** An engine on a fake disk and clock: the same parts as the real one, in one process, without waiting. */

import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { createEngine } from '../../electron/engine/engine.ts';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { EnginePorts, FileHolders, GitRepository, Sql } from '../../electron/engine/ports.ts';
import { createCrashingSql } from './crashing-sql.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeDisk, type FakeDisk, type FakeDiskOptions } from './fake-disk.ts';
import { noGit } from './fake-git.ts';
import { createFakeMarks, type FakeMarks } from './fake-marks.ts';
import { createFakePatientCodec, type FakePatientCodecOptions } from './fake-patient-codec.ts';
import { openFreshLog } from './fresh-log.ts';
import { createLife, type Life } from './life.ts';
import { createSeededRandom } from './seeded-random.ts';

export type EngineFixture = {
  clock: FakeClock;
  disk: FakeDisk;
  /** The database, which outlives each engine. */
  readonly sql: Sql;
  /** The mark of that, which outlives them, too. */
  marks: FakeMarks;
  /** The engine that runs now. */
  engine: Engine;
  /** What the engine logged: level and message. */
  logged: string[];
  /** Starts an engine on the same disk and database, as after a crash or a restart. */
  startEngine(life?: Life): Promise<Engine>;
  /** The next engine finds this one: a backup that was put back. */
  replaceDatabase(other: Sql): void;
  /** Creates but does not start one. */
  makeEngine(life?: Life): Engine;
  /** Saves a file as an agent does and lets everything settle. */
  save(path: string, text: string | Uint8Array): Promise<void>;
  /** The text of a file, undefined when there is none. */
  text(path: string): string | undefined;
};

export type FixtureOptions = {
  disk?: Partial<Omit<FakeDiskOptions, 'clock'>>;
  files?: Record<string, string>;
  git?: Partial<GitRepository>;
  holders?: FileHolders;
  patientCodec?: Omit<FakePatientCodecOptions, 'clock' | 'life'>;
  disabled?: boolean;
  seed?: number | string;
  /** Leave the engine unstarted. */
  idle?: boolean;
};

/** Long enough for every settle rule, timer and retry after one edit. */
const calmMs = 3_000;

export async function createEngineFixture(options: FixtureOptions = {}): Promise<EngineFixture> {
  const clock = createFakeClock();
  const random = createSeededRandom(options.seed ?? 1);
  const disk = createFakeDisk({ clock, random: random.fork('disk'), ...options.disk });
  let sql = openFreshLog();
  const marks = createFakeMarks();
  const logged: string[] = [];
  const note = (level: string) => (message: string) => void logged.push(`${level}: ${message}`);
  for (const [path, text] of Object.entries(options.files ?? {})) write(disk, path, text);

  let lives = 0;
  function makeEngine(life: Life = createLife()): Engine {
    lives += 1;
    const ports: EnginePorts = {
      ...disk.mount(life),
      clock,
      random: random.fork(`engine ${lives}`),
      codec: nodeCodec,
      patientCodec: createFakePatientCodec({ clock, life, ...options.patientCodec }),
      sql: createCrashingSql(sql, life),
      marks: marks.mount(life),
      git: { ...noGit, ...options.git },
      holders: options.holders ?? { holdersOf: async () => [] },
      log: { info: note('info'), warn: note('warn'), error: note('error') },
    };
    return createEngine(ports, {
      id: 'replica',
      name: 'fixture',
      folder: '/fixture',
      disabled: options.disabled === true,
    });
  }

  async function startEngine(life?: Life): Promise<Engine> {
    fixture.engine = makeEngine(life);
    const started = fixture.engine.start();
    await clock.advance(calmMs);
    await started;
    return fixture.engine;
  }

  const fixture: EngineFixture = {
    clock,
    disk,
    get sql() {
      return sql;
    },
    marks,
    logged,
    engine: makeEngine(),
    makeEngine,
    startEngine,
    replaceDatabase(other) {
      sql = other;
    },
    async save(path, text) {
      write(disk, path, text);
      await clock.advance(calmMs);
    },
    text: (path) => {
      const bytes = disk.read(path);
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    },
  };
  if (options.idle !== true) await startEngine();
  return fixture;
}

/** Runs a command on the fake clock: time passes until it answers. */
export async function finish<Value>(clock: FakeClock, running: Promise<Value>): Promise<Value> {
  let done = false;
  const watched = running.finally(() => {
    done = true;
  });
  for (let step = 0; step < 200 && !done; step++) await clock.advance(100);
  return watched;
}

function write(disk: FakeDisk, path: string, text: string | Uint8Array): void {
  disk.agentWrite(path, typeof text === 'string' ? new TextEncoder().encode(text) : text, 'rename').finish();
}
