/** The parts of one engine on a fake disk, clock and git, without its loop: a test calls each part by itself. */
import { type Mock, vi } from 'vitest';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { newCondition } from '../../electron/engine/condition.ts';
import { type Core, createCore, ownWriteDeps } from '../../electron/engine/core.ts';
import { createDiskWork, type DiskWork } from '../../electron/engine/disk-work.ts';
import type { FileHolders, FileStat, Files, Sql } from '../../electron/engine/ports.ts';
import type { Change, Evidence } from '../../shared/domain/change.ts';
import { createCrashingSql } from '../support/crashing-sql.ts';
import { finish } from '../support/engine-fixture.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';
import { createFakeDisk, type FakeDisk, type FakeDiskOptions } from '../support/fake-disk.ts';
import { createFakeGit, type FakeGit } from '../support/fake-git.ts';
import { createFakeMarks } from '../support/fake-marks.ts';
import { createFakePatientCodec, type FakePatientCodecOptions } from '../support/fake-patient-codec.ts';
import { openFreshLog } from '../support/fresh-log.ts';
import { createLife, type Life } from '../support/life.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

export const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const toText = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes);

export type CoreFixture = {
  clock: FakeClock;
  disk: FakeDisk;
  git: FakeGit;
  sql: Sql;
  core: Core;
  work: DiskWork;
  logged: string[];
  /** Processes that hold a file open; empty until a test says otherwise. */
  holding: Awaited<ReturnType<FileHolders['holdersOf']>>;
  /** New parts on the same disk and database, as after a crash. */
  restart(life?: Life): CoreFixture;
  /** An agent saves by rename; nobody looks yet. */
  write(path: string, text: string | Uint8Array): void;
  /** An agent saves, and the file is looked at until its bytes are in the log. */
  save(path: string, text: string | Uint8Array): Promise<Change>;
  /** Removes the file and records that. */
  remove(path: string): Promise<Change>;
  recordDisk: DiskWork['recordDisk'];
  /** What asks for files to be brought forward. */
  settleSoon: Mock<() => void>;
  /** What tells others of a burst that is still being looked at. */
  recordedSome: Mock<() => void>;
  deps: ReturnType<typeof ownWriteDeps>;
  text(path: string): string | undefined;
  /** Texts of a path's versions, oldest first; null for a deletion. */
  texts(path: string): (string | null | undefined)[];
  /** Runs something while the fake clock moves on. */
  run<Value>(work: Promise<Value>): Promise<Value>;
};

export type CoreOptions = {
  disk?: Partial<Omit<FakeDiskOptions, 'clock'>>;
  files?: Record<string, string>;
  life?: Life;
  /** Changes what the disk offers, such as a system that cannot exchange names. */
  limit?(files: Files): Files;
  patientCodec?: Omit<FakePatientCodecOptions, 'clock' | 'life'>;
};

export function createCoreFixture(options: CoreOptions = {}): CoreFixture {
  const clock = createFakeClock();
  const disk = createFakeDisk({ clock, ...options.disk });
  const sql = openFreshLog();
  const git = createFakeGit();
  const world = {
    clock,
    disk,
    sql,
    git,
    logged: [],
    holding: [],
    limit: options.limit ?? ((files) => files),
    patient: options.patientCodec ?? {},
  };
  for (const [path, text] of Object.entries(options.files ?? {})) {
    disk.agentWrite(path, toBytes(text), 'rename').finish();
  }
  return assemble(world, options.life ?? createLife());
}

type World = Pick<CoreFixture, 'clock' | 'disk' | 'sql' | 'git' | 'logged' | 'holding'> & {
  limit(files: Files): Files;
  patient: Omit<FakePatientCodecOptions, 'clock' | 'life'>;
};

function assemble(world: World, life: Life): CoreFixture {
  const { clock, disk, sql, git, logged } = world;
  const note = (level: string) => (message: string) => void logged.push(`${level}: ${message}`);
  const mounted = disk.mount(life);
  const [settleSoon, recordedSome] = [vi.fn(), vi.fn()];
  const core = createCore(
    {
      clock,
      git,
      openWatcher: mounted.openWatcher,
      files: world.limit(mounted.files),
      random: createSeededRandom('core'),
      codec: nodeCodec,
      patientCodec: createFakePatientCodec({ clock, life, ...world.patient }),
      sql: createCrashingSql(sql, life),
      marks: createFakeMarks(),
      holders: { holdersOf: async () => fixture.holding },
      log: { info: note('info'), warn: note('warn'), error: note('error') },
    },
    settleSoon,
  );
  const work = createDiskWork({
    core,
    condition: newCondition(false),
    lookLater: () => undefined,
    prepared: () => undefined,
    scanSoon: () => undefined,
    settingsChanged: () => undefined,
    recordedSome,
  });
  const run = <Value>(running: Promise<Value>) => finish(clock, running);
  const write = (path: string, text: string | Uint8Array) =>
    disk.agentWrite(path, typeof text === 'string' ? toBytes(text) : text, 'rename').finish();

  async function recordNow(path: string): Promise<Change> {
    const look = await core.looker.look(path, { baseline: false, now: true });
    if (look.kind !== 'recorded') throw new Error(`${path}: nothing was recorded, but ${look.kind}`);
    return look.change;
  }

  const fixture: CoreFixture = {
    ...world,
    core,
    work,
    run,
    write,
    settleSoon,
    recordedSome,
    recordDisk: work.recordDisk,
    deps: ownWriteDeps(core, work.recordDisk),
    restart: (next = createLife()) => assemble(world, next),
    async save(path, text) {
      write(path, text);
      return recordNow(path);
    },
    async remove(path) {
      disk.agentDelete(path);
      return recordNow(path);
    },
    text: (path) => toText(disk.read(path)),
    texts: (path) =>
      core.reader
        .changes({ after: 0, limit: 1000, path })
        .map(({ content }) => (content === null ? null : toText(core.reader.content(content)))),
  };
  return fixture;
}

export function evidence(source: Evidence['source'], agent: string): Evidence {
  return { agent, source, detail: `${source} says ${agent}.`, at: 0 };
}

export const someStat: FileStat = {
  kind: 'file',
  size: 1,
  mtimeNs: '1000000',
  ctimeNs: '1000000',
  inode: '1:1',
  mode: 0o644,
};
