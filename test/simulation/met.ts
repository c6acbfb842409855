/** What a simulated world met. A suite that never met a thing proved nothing about it, and fails. */
import type { LifePoint } from '../support/life.ts';

/** Every kind of event that the seeds together must meet, in words. */
export const metWords = {
  crashBeforeDisk: 'a crash before a file operation',
  crashDuringDisk: 'a crash in the middle of a file operation',
  crashAfterDisk: 'a crash after a file operation',
  crashBeforeStatement: 'a crash before a database statement',
  crashBeforeCommit: 'a crash before a commit',
  crashAfterCommit: 'a crash after a commit',
  crashInPreparing: 'a crash while a large version was prepared',
  crashInStart: 'a crash while a start settles what the last life left',
  lostHint: 'a lost hint',
  lateHint: 'a late hint',
  doubledHint: 'a doubled hint',
  clockForward: 'a clock that jumped forward',
  clockBackward: 'a clock that jumped backward',
  refusedWrite: 'a full disk that refused a write',
  refusedCommit: 'a full disk that refused a commit',
  writeInScan: "an agent's write in the middle of a scan",
  preparedBeside: 'a large version prepared beside the loop',
  failedPreparing: 'a large version that could not be prepared beside the loop',
  recordedLate: 'a version that was recorded when the disk had moved on',
  coarseStamps: 'a disk with coarse time stamps',
  halfWritten: 'a look at a half-written file',
  racedSwap: 'a swap that was put back because an agent wrote at that moment',
  reportGaveWay: 'a report that gave way to somebody who was writing',
  threshold: 'a consolidation by threshold',
  time_based: 'a consolidation by time',
  manual: 'a consolidation by hand',
  undo: 'an undo',
  restore: 'a restored version',
  restoredDeletion: 'a restored deletion',
  settingsChange: 'a change of the settings through the engine',
} as const;
export type MetKind = keyof typeof metWords;
export type Met = Record<MetKind, number>;

export const metKinds = Object.keys(metWords) as MetKind[];

export const nothingMet = (): Met => Object.fromEntries(metKinds.map((kind) => [kind, 0])) as Met;

export function addMet(sum: Met, met: Met): void {
  for (const kind of metKinds) sum[kind] += met[kind];
}

/** Sentences about what never happened. */
export function neverMet(met: Met): string[] {
  return metKinds.filter((kind) => met[kind] === 0).map((kind) => `The runs never met ${metWords[kind]}.`);
}

/** Which kind of crash a death at this point is. */
export function crashKind(point: LifePoint): MetKind {
  if (point.source === 'disk') {
    return ({ before: 'crashBeforeDisk', during: 'crashDuringDisk', after: 'crashAfterDisk' } as const)[
      point.when
    ];
  }
  if (point.source === 'codec') return 'crashInPreparing';
  if (point.operation !== 'commit') return 'crashBeforeStatement';
  return point.when === 'before' ? 'crashBeforeCommit' : 'crashAfterCommit';
}
