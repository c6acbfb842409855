/**
 * Reports in versions of the report file. Each names its consolidation and nobody writes in them, so they need no
 * merge of lines: what one side added is added, what one side took out is taken out, and the newest come first. Only
 * what stands around them is merged.
 */

import {
  type FoundReport,
  insertReport,
  readReports,
  removeReport,
  reportStamps,
  sectionLocale,
} from '../report-section.ts';
import { reportLocales } from '../report-words.ts';
import { equalBytes } from '../utf8.ts';

export type Lifted = {
  base: Uint8Array | null;
  versions: Uint8Array[];
  /** Puts the reports that stay into what was merged of the rest. */
  putBack(merged: Uint8Array): Uint8Array;
};

/** Undefined when there are none, or when somebody moved, doubled or edited one: then lines are merged as they are. */
export function liftReports(base: Uint8Array | null, versions: readonly Uint8Array[]): Lifted | undefined {
  const files = base === null ? [...versions] : [base, ...versions];
  const found = files.map((file) => readReports(file));
  if (found.every((reports) => reports.length === 0) || !found.every(isOurs) || !agree(found.flat()))
    return undefined;
  const staying = whatStays(base === null ? [] : (found[0] ?? []), base === null ? found : found.slice(1));
  const titles = new Set(files.map(sectionLocale));
  const locale = reportLocales.find((it) => titles.has(it)) ?? 'en';
  return {
    base: base === null ? null : bare(base, found[0] ?? []),
    versions: versions.map((file) => bare(file, readReports(file))),
    putBack: (merged) =>
      staying.reduce(
        (file, report) => insertReport(file, report, { locale, keep: staying.length + 1 }),
        merged,
      ),
  };
}

/** Stamps of the reports that a version got, when nothing else was changed in it; none otherwise. */
export function addedReports(before: Uint8Array, after: Uint8Array): string[] {
  const lifted = liftReports(null, [before, after]);
  const [one, other] = lifted?.versions ?? [];
  if (one === undefined || other === undefined || !equalBytes(one, other)) return [];
  const known = new Set(reportStamps(before));
  return reportStamps(after).filter((stamp) => !known.has(stamp));
}

/** As `insertReport` wrote them, each once. */
function isOurs(reports: readonly FoundReport[]): boolean {
  const isWhole = ({ stamp, text, isInSection }: FoundReport): boolean =>
    isInSection &&
    text.startsWith('### ') &&
    text.endsWith('\n---') &&
    text.split('\n')[1] === `<!-- skein:${stamp} -->`;
  return reports.every(isWhole) && new Set(reports.map(({ stamp }) => stamp)).size === reports.length;
}

/** No side changed what a report says. */
function agree(reports: readonly FoundReport[]): boolean {
  const texts = new Map(reports.map(({ stamp, text }) => [stamp, text]));
  return reports.every(({ stamp, text }) => texts.get(stamp) === text);
}

/** Those that some side added and those that no side took out, in an order that only their stamps decide. */
function whatStays(before: readonly FoundReport[], after: readonly FoundReport[][]): FoundReport[] {
  const known = new Set(before.map(({ stamp }) => stamp));
  const isInAll = (stamp: string): boolean => after.every((side) => side.some((it) => it.stamp === stamp));
  const all = new Map(after.flat().map((report) => [report.stamp, report]));
  return [...all.values()]
    .filter(({ stamp }) => !known.has(stamp) || isInAll(stamp))
    .toSorted((one, other) => (one.stamp < other.stamp ? -1 : 1));
}

const bare = (file: Uint8Array, reports: readonly FoundReport[]): Uint8Array =>
  reports.reduce((rest, { stamp }) => removeReport(rest, stamp), file);
