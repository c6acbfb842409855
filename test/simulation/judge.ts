/**
 * Judges from outside: what the disk's own history and the raw tables say, not what the engine believes.
 * Each checker returns sentences about what is wrong; none when all is well.
 */
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { Sql } from '../../electron/engine/ports.ts';
import type { FakeClock } from '../support/fake-clock.ts';
import type { FakeDisk } from '../support/fake-disk.ts';
import { type Actors, checkMs } from './actions.ts';
import { noLitter, settingsAreTheFile } from './checkers/calm.ts';
import { logEqualsDisk, nothingThatStoodIsMissing } from './checkers/disk.ts';
import { nothingDisplacedIsLost } from './checkers/displaced.ts';
import { contentIsWhole, eachChangeIsFoldedOnce, logIsWellFormed } from './checkers/log.ts';
import { nothingPreparedIsLost } from './checkers/prepared.ts';
import { agentLinesRemain, reportsStandOnce } from './checkers/reports.ts';
import { nothingHalfWrittenIsLogged, ownWritesAreOurs } from './checkers/truth.ts';
import { type Faults, longestUnseenMs } from './faults.ts';
import type { Moment, Packing } from './witness.ts';
import type { Shift } from './world.ts';

/** A world after its run, in calm. */
export type Judged = {
  sql: Sql;
  disk: FakeDisk;
  clock: FakeClock;
  engine: Engine | undefined;
  shifts: readonly Shift[];
  boardLines: readonly string[];
  settingsLines: readonly string[];
  /** Paths of which an agent wrote over ours in the middle of a swap. */
  overtaken: ReadonlySet<string>;
  /** Half-written versions, and how long each stood. */
  moments: readonly Moment[];
  /** What was packed beside the loop. */
  prepared: readonly Packing[];
  /** After a jump of the clock, or on a disk with coarse time stamps, a young file may look old, and so settled. */
  stampsMislead: boolean;
  /** Milliseconds that a version may stand unseen. */
  longestUnseenMs: number;
};

export type Checker = (world: Judged) => string[];

export const checkers: Readonly<Record<string, Checker>> = {
  logEqualsDisk,
  nothingThatStoodIsMissing,
  nothingDisplacedIsLost,
  nothingPreparedIsLost,
  nothingHalfWrittenIsLogged,
  ownWritesAreOurs,
  logIsWellFormed,
  contentIsWhole,
  eachChangeIsFoldedOnce,
  reportsStandOnce,
  agentLinesRemain,
  settingsAreTheFile,
  noLitter,
};

/** `faults` are those of the run, not of the calm after it. */
export function judgedWorld({ world, boardLines, settingsLines }: Actors, faults: Faults): Judged {
  const { sql, disk, clock, engine, shifts } = world;
  return {
    sql,
    disk,
    clock,
    engine,
    shifts,
    boardLines,
    settingsLines,
    overtaken: world.witness.overtaken,
    moments: world.witness.moments,
    prepared: world.witness.prepared,
    stampsMislead: faults.stampMs > 1 || world.met.clockForward + world.met.clockBackward > 0,
    longestUnseenMs: longestUnseenMs(faults, checkMs),
  };
}

/** Sentences of all checkers, each with the checker's name. */
export function judge(world: Judged): string[] {
  return Object.entries(checkers).flatMap(([name, check]) =>
    check(world).map((sentence) => `${name}: ${sentence}`),
  );
}
