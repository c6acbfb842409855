/** Verdicts as one row a set. */
import type { MergeVerdict } from './judge-merge.ts';

export type Judged = MergeVerdict & {
  /** Missing where there is no git. */
  git?: { settled: boolean; equal: boolean };
  /** What git merges alone came out otherwise, although git doubled no line. */
  unlikeGit: boolean;
};

export type SetSummary = {
  set: string;
  cases: number;
  settled: number;
  settledByGit: number;
  equal: number;
  equalByGit: number;
  equalLoosely: number;
  mixed: number;
  unlikeGit: number;
  lostWords: number;
  doubledLines: number;
  malformed: number;
  asymmetric: number;
  notIdempotent: number;
  p50Ms: number;
  p99Ms: number;
  longestMs: number;
};

/** A row for each set, in the order in which they come, and one for all. */
export function summarise(judged: readonly Judged[]): SetSummary[] {
  const names = [...new Set(judged.map((it) => it.set))];
  const rows = names.map((set) =>
    summaryOf(
      set,
      judged.filter((it) => it.set === set),
    ),
  );
  return [...rows, summaryOf('all', judged)];
}

function summaryOf(set: string, judged: readonly Judged[]): SetSummary {
  const count = (test: (it: Judged) => boolean | undefined) =>
    judged.filter((it) => test(it) === true).length;
  const times = judged.map((it) => it.ms).toSorted((one, other) => one - other);
  const quantile = (share: number) => round(times[Math.ceil(times.length * share) - 1] ?? 0);
  return {
    set,
    cases: judged.length,
    settled: count((it) => it.settled),
    settledByGit: count((it) => it.git?.settled),
    equal: count((it) => it.equal),
    equalByGit: count((it) => it.git?.equal),
    equalLoosely: count((it) => it.equalLoosely),
    mixed: count((it) => !it.settled && !it.oneSide),
    unlikeGit: count((it) => it.unlikeGit),
    lostWords: judged.reduce((sum, it) => sum + it.lostWords.length, 0),
    doubledLines: judged.reduce((sum, it) => sum + it.doubledLines.length, 0),
    malformed: count((it) => it.faults.length > 0),
    asymmetric: count((it) => it.asymmetric),
    notIdempotent: count((it) => it.notIdempotent),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    longestMs: quantile(1),
  };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}

const columns: [keyof SetSummary, string][] = [
  ['set', 'set'],
  ['cases', 'cases'],
  ['settled', 'settled'],
  ['settledByGit', 'by git'],
  ['equal', 'exact'],
  ['equalByGit', 'by git'],
  ['equalLoosely', 'loosely'],
  ['mixed', 'partly'],
  ['unlikeGit', 'unlike git'],
  ['lostWords', 'lost words'],
  ['doubledLines', 'doubled'],
  ['malformed', 'malformed'],
  ['asymmetric', 'asymmetric'],
  ['notIdempotent', 'unstable'],
  ['p50Ms', 'p50 ms'],
  ['p99Ms', 'p99 ms'],
  ['longestMs', 'max ms'],
];

const counted = new Set<keyof SetSummary>(['settled', 'settledByGit', 'equal', 'equalByGit', 'equalLoosely']);

/** The rows for a person to read. */
export function summaryTable(root: string, sets: readonly SetSummary[]): string {
  const rows = [
    columns.map(([, title]) => title),
    ...sets.map((set) => columns.map(([name]) => cell(set, name))),
  ];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  const lines = rows.map((row) => row.map((text, index) => text.padStart(widths[index] ?? 0)).join('  '));
  return [root, '', ...lines].join('\n');
}

function cell(set: SetSummary, name: keyof SetSummary): string {
  const value = set[name];
  if (!counted.has(name) || set.cases === 0) return String(value);
  return `${value} (${Math.round((100 * Number(value)) / set.cases)} %)`;
}
