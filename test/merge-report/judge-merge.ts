/** Judges a merge from outside, by rules of its own: nothing lost, nothing twice, nothing broken. */

import { type MergeOutcome, mergeVersions } from '../../shared/domain/merge/merge.ts';
import { isScalar } from '../../shared/domain/merge/scalars.ts';
import { faultsOf } from '../../shared/domain/merge/well-formed.ts';
import { equalBytes } from '../../shared/domain/utf8.ts';
import { gitMerge } from './git-merge.ts';
import type { MergeCase } from './merge-cases.ts';
import type { Judged } from './summary.ts';

export type MergeVerdict = {
  case: string;
  path: string;
  set: string;
  settled: boolean;
  /** Byte for byte what people made of it. */
  equal: boolean;
  /** The same lines, whatever their order, blank lines and digits. */
  equalLoosely: boolean;
  /** The bytes are one of the two sides. */
  oneSide: boolean;
  lostWords: string[];
  doubledLines: string[];
  faults: string[];
  asymmetric: boolean;
  notIdempotent: boolean;
  /** Milliseconds of processor time. */
  ms: number;
  notes: readonly string[];
};

/** Merges a case and judges the outcome, next to what git makes of it. */
export function judgeCase(it: MergeCase): Judged {
  const started = process.cpuUsage();
  const outcome = mergeCase(it);
  const verdict = judgeMerge(it, outcome, process.cpuUsage(started).user / 1000);
  const git = gitMerge(it);
  if (git === undefined) return { ...verdict, unlikeGit: false };
  const { settled, equal, bytes } = git;
  const doubled = doubledLines(textsOf(it, bytes));
  const unlikeGit = settled && doubled.length === 0 && !equalBytes(bytes, outcome.content);
  return { ...verdict, git: { settled, equal }, unlikeGit };
}

/** Our merge of both sides, with the newer one to take where it must choose. */
export function mergeCase(it: MergeCase): MergeOutcome {
  return mergeVersions(it.base, [it.ours, it.theirs], { path: it.path, keep: it.newer });
}

/** The verdict on one outcome. */
export function judgeMerge(it: MergeCase, outcome: MergeOutcome, ms: number): MergeVerdict {
  const texts = textsOf(it, outcome.content);
  return {
    case: it.name,
    path: it.path,
    set: it.set,
    settled: outcome.settled,
    equal: equalBytes(outcome.content, it.merged),
    equalLoosely: loosely(texts.result) === loosely(textOf(it.merged)),
    oneSide: equalBytes(outcome.content, it.ours) || equalBytes(outcome.content, it.theirs),
    lostWords: lostWords(texts, outcome),
    doubledLines: doubledLines(texts),
    faults: newFaults(it.path, texts),
    asymmetric: isAsymmetric(it, outcome),
    notIdempotent: isNotIdempotent(it, outcome),
    ms,
    notes: outcome.notes,
  };
}

type Texts = { base: string; ours: string; theirs: string; result: string };

function textsOf(it: MergeCase, result: Uint8Array): Texts {
  return { base: textOf(it.base), ours: textOf(it.ours), theirs: textOf(it.theirs), result: textOf(result) };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replaceAll('\r\n', '\n');
}

function loosely(text: string): string {
  const lines = text.split('\n').map((line) => line.trim().replace(/\d+/g, '0'));
  return lines
    .filter((line) => line !== '')
    .toSorted()
    .join('\n');
}

/** Words that a side brought in, that are not in the result, and whose version is not kept aside. */
function lostWords(texts: Texts, outcome: MergeOutcome): string[] {
  const words = (text: string) => new Set(text.match(/[\p{L}\p{N}_]+/gu) ?? []);
  const [base, result] = [words(texts.base), words(texts.result)];
  return [texts.ours, texts.theirs].flatMap((side, index) => {
    if (outcome.losers.includes(index)) return [];
    return [...words(side)].filter((word) => !base.has(word) && !result.has(word) && !isScalar(word));
  });
}

/** Lines of some length that both sides added once and that stand twice. */
function doubledLines(texts: Texts): string[] {
  const [base, ours, theirs, result] = [texts.base, texts.ours, texts.theirs, texts.result].map(countLines);
  return [...(result ?? [])]
    .filter(([line, count]) => {
      const [before, one, other] = [base, ours, theirs].map((counts) => counts?.get(line) ?? 0);
      if (before === undefined || one === undefined || other === undefined) return false;
      return line.length >= 30 && before === 0 && one === 1 && other === 1 && count > 1;
    })
    .map(([line]) => line);
}

function countLines(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

const marker = /^(?:<{7}|>{7}|={7}|\|{7})(?: |$)/m;

function newFaults(path: string, texts: Texts): string[] {
  const faults = (text: string) => [
    ...faultsOf(path, text.split('\n')),
    ...(marker.test(text) ? ['a conflict marker'] : []),
  ];
  const own = new Set([...faults(texts.ours), ...faults(texts.theirs)]);
  return faults(texts.result).filter((fault) => !own.has(fault));
}

function isAsymmetric(it: MergeCase, outcome: MergeOutcome): boolean {
  const keep = 1 - it.newer;
  const swapped = mergeVersions(it.base, [it.theirs, it.ours], { path: it.path, keep });
  return !equalBytes(outcome.content, swapped.content) || swapped.settled !== outcome.settled;
}

/** Merging a settled result with a side again must change nothing; counters that add up are the known exception. */
function isNotIdempotent(it: MergeCase, outcome: MergeOutcome): boolean {
  if (!outcome.settled || outcome.notes.some((note) => note.startsWith('added up'))) return false;
  return [it.ours, it.theirs].some((side) => {
    const again = mergeVersions(it.base, [outcome.content, side], { path: it.path, keep: 0 });
    return !equalBytes(again.content, outcome.content);
  });
}
