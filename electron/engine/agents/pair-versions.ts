/**
 * Which commit brought which version of a file. A text tells it only while it is the only one of its kind: texts
 * return, in the log and in git. So the versions in the log and those in git are laid side by side in their order, as
 * a diff does with lines; what only the log has (not committed, or not yet) or only git (pulled over) is skipped.
 */
import { assert } from '../../../shared/assert.ts';

/** A version in git: the id of its blob; undefined stands for no file. */
export type Committed = string | undefined;
/** A version in the log: the ids that git may have given to it. */
export type Logged = readonly Committed[];

/** For each version in the log the index of the one in git that it became; undefined where it became none. */
export type Pairing = readonly (number | undefined)[];

type Step = 'pair' | 'skip commit' | 'skip version';

/** What the step before was; until the first pair nothing counts that git has more. */
const unpaired = 0;
const paired = 1;
const skippedVersion = 2;
const skippedCommit = 3;
const phases = 4;

/**
 * Both oldest first. Where several pairings are equally good, those two that take versions as early and as late as
 * they can: what both say is certain.
 */
export function pairVersions(
  versions: readonly Logged[],
  commits: readonly Committed[],
): { early: Pairing; late: Pairing } {
  const table = weighAll(versions, commits);
  return {
    early: walk(table, ['pair', 'skip commit', 'skip version']),
    late: walk(table, ['skip version', 'skip commit', 'pair']),
  };
}

/** `costs` holds what is left to pay from each place to the end. */
type Table = {
  versions: readonly Logged[];
  commits: readonly Committed[];
  costs: Float64Array;
  /** For a version that is left out, and for each pull: commits in a row that are left out. */
  gap: number;
  /** For each run of pairs without a gap: of equal texts the likeliest comes after the same text as in git. */
  run: number;
};

function weighAll(versions: readonly Logged[], commits: readonly Committed[]): Table {
  const costs = new Float64Array((versions.length + 1) * (commits.length + 1) * phases);
  // Each outweighs all that is cheaper together; what costs one is a commit that is left out.
  const run = commits.length + 1;
  const table = { versions, commits, costs, run, gap: (versions.length + 1) * run };
  for (let version = versions.length; version >= 0; version--) {
    for (let commit = commits.length; commit >= 0; commit--) {
      if (version === versions.length && commit === commits.length) continue;
      for (let phase = unpaired; phase < phases; phase++) {
        costs[place(table, version, commit, phase)] = Math.min(
          price(table, 'pair', version, commit, phase),
          price(table, 'skip commit', version, commit, phase),
          price(table, 'skip version', version, commit, phase),
        );
      }
    }
  }
  return table;
}

/** What is left to pay when a step is taken here. */
function price(table: Table, step: Step, version: number, commit: number, phase: number): number {
  const { versions, commits, gap, run } = table;
  const next = phaseAfter(step, phase);
  if (step === 'skip version') {
    return version === versions.length ? impossible : gap + cost(table, version + 1, commit, next);
  }
  if (commit === commits.length) return impossible;
  if (step === 'skip commit') {
    const opening = phase === skippedCommit ? 1 : gap + 1;
    return (phase === unpaired ? 0 : opening) + cost(table, version, commit + 1, next);
  }
  if (versions[version]?.includes(commits[commit]) !== true) return impossible;
  return (phase === paired ? 0 : run) + cost(table, version + 1, commit + 1, next);
}

const impossible = Number.POSITIVE_INFINITY;

function phaseAfter(step: Step, phase: number): number {
  if (step === 'pair') return paired;
  if (phase === unpaired) return unpaired;
  return step === 'skip commit' ? skippedCommit : skippedVersion;
}

const cost = (table: Table, version: number, commit: number, phase: number): number =>
  table.costs[place(table, version, commit, phase)] ?? impossible;

const place = ({ commits }: Table, version: number, commit: number, phase: number): number =>
  (version * (commits.length + 1) + commit) * phases + phase;

/** A cheapest way; where several are, the one whose steps come first in `preferred`. */
function walk(table: Table, preferred: readonly Step[]): Pairing {
  const { versions, commits } = table;
  const pairing: (number | undefined)[] = versions.map(() => undefined);
  let [version, commit, phase] = [0, 0, unpaired];
  while (version < versions.length || commit < commits.length) {
    const here = [version, commit, phase] as const;
    const least = cost(table, ...here);
    const step = preferred.find((it) => price(table, it, ...here) === least);
    assert(step !== undefined, 'a way through two lists ends before they do');
    if (step === 'pair') pairing[version] = commit;
    if (step !== 'skip commit') version += 1;
    if (step !== 'skip version') commit += 1;
    phase = phaseAfter(step, phase);
  }
  return pairing;
}
