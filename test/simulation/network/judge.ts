/**
 * Judges a network from outside: what disks, their histories and the raw tables say, not what an engine believes.
 * Each checker returns sentences about what is wrong; none when all is well.
 */
import type { FakeClock } from '../../support/fake-clock.ts';
import { type Actors, checkMs } from './actions.ts';
import { homesAreShared } from './checkers/branches.ts';
import { noFaultOfOurs, noLitter, settled } from './checkers/calm.ts';
import { sameFiles } from './checkers/files.ts';
import { inboxesAgree, noNeedlessConflict } from './checkers/inbox.ts';
import { journalLinesRemain, versionsAreRecorded } from './checkers/lines.ts';
import {
  contentsAreWhole,
  headsAreRight,
  logsAgree,
  sequencesHaveNoGap,
  stampsRespectCausality,
} from './checkers/logs.ts';
import { consolidationsAgree, reportsStandOnce } from './checkers/reports.ts';
import { nothingComesTwice } from './checkers/traffic.ts';
import type { Met } from './met.ts';
import type { Plan } from './plan.ts';
import type { Replica } from './replica.ts';
import type { Traffic } from './traffic.ts';

/** A network after its run, in calm. */
export type Judged = {
  plan: Plan;
  clock: FakeClock;
  replicas: readonly Replica[];
  met: Met;
  traffic: Traffic;
  journalLines: ReadonlyMap<string, ReadonlySet<string>>;
  /** Whether everything had come to rest. */
  settled: boolean;
  /** Hashes of contents that nobody has. */
  hopeless: ReadonlySet<string>;
  /** Milliseconds that a version may stand unseen. */
  longestUnseenMs: number;
};

export type Checker = (network: Judged) => string[];

export const checkers: Readonly<Record<string, Checker>> = {
  settled,
  sameFiles,
  homesAreShared,
  logsAgree,
  sequencesHaveNoGap,
  stampsRespectCausality,
  headsAreRight,
  contentsAreWhole,
  inboxesAgree,
  noNeedlessConflict,
  journalLinesRemain,
  versionsAreRecorded,
  consolidationsAgree,
  reportsStandOnce,
  nothingComesTwice,
  noLitter,
  noFaultOfOurs,
};

export function judgedNetwork({ world, journalLines }: Actors, isSettled: boolean): Judged {
  const { plan, clock, replicas, met, traffic } = world;
  const hopeless = new Set([...world.hopeless, ...forgotten(world)]);
  const { lostHints, operationMs } = plan.faults;
  const loopMs = 3_000 + 400 * operationMs;
  const longestUnseenMs = loopMs + (lostHints > 0 ? checkMs + loopMs : 0);
  return { plan, clock, replicas, met, traffic, hopeless, journalLines, settled: isSettled, longestUnseenMs };
}

/** Contents that only a database held which was put back since: whoever takes or may read only some files did not have them. */
function forgotten({ plan, replicas }: Actors['world']): string[] {
  const isRestored = replicas.some(({ restoredMs }) => restoredMs !== undefined);
  if (!isRestored || !plan.edges.some((edge) => edge.partial || edge.hides)) return [];
  const hashes = (where: string): string[] =>
    replicas
      .flatMap(({ sql }) =>
        sql.prepare<{ hash: string }>(`SELECT hash FROM content WHERE packed IS ${where}`).all(),
      )
      .map(({ hash }) => hash);
  const held = new Set(hashes('NOT NULL'));
  return hashes('NULL').filter((hash) => !held.has(hash));
}

/** Sentences of all checkers, each with the checker's name. */
export function judge(network: Judged): string[] {
  return Object.entries(checkers).flatMap(([name, check]) =>
    check(network).map((sentence) => `${name}: ${sentence}`),
  );
}
