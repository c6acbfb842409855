/** What a simulated network met. A suite that never met a thing proved nothing about it, and fails. */

/** Every kind of event that the seeds together must meet, in words. */
export const metWords = {
  conflict: 'a conflict that went to the inbox',
  merge: 'a merge',
  partition: 'a link that was cut',
  lostQuestion: 'a lost question',
  lostAnswer: 'a lost answer',
  doubledQuestion: 'a doubled question',
  crash: 'a crash',
  crashInTake: 'a crash while changes of a peer are taken',
  killed: 'a replica that was killed',
  stopped: 'a replica that was stopped',
  restoredBackup: 'a restored backup',
  restoredMachine: 'a machine that was put back from an image',
  longAbsence: 'a replica that was away for longer than every version is kept',
  collected: 'an old version that was let go',
  returned: 'a replica that came back too late for others to wait for it',
  renewed: 'a log that noticed that it is old',
  movedRun: 'sequences that were given out twice',
  clockRefused: 'a change refused because of its clock',
  clockJump: 'a clock that jumped',
  deletion: 'a deletion that reached another replica',
  move: 'a file that was moved',
  switched: 'a branch that was switched',
  carried: 'an edit on a branch that was carried over',
  approval: 'a change that waited for approval',
  resolution: 'a conflict that a person resolved',
  consolidation: 'changes that a person folded',
  undo: 'a report that a person took back',
  fullDisk: 'a full disk',
  strategy: 'replicas that do not merge',
  leftOut: 'a change of a file that a replica did not take until the end',
  hidden: 'a change that was hidden from a replica until the end',
  restore: 'a version that a person restored',
  racedSwap: 'a swap that was put back because an agent wrote at that moment',
  lie: 'a lie that was refused',
  pair: 'two replicas',
  ring: 'a ring',
  star: 'a star',
  full: 'a full mesh',
  random: 'a random mesh',
  large: 'ten replicas or more',
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
