/**
 * Versions of one file that came from one ancestor, made one again. Pure: the same bytes from the same
 * versions, in whatever order they are given, on every replica.
 */
import { limits } from '../../limits.ts';
import { equalBytes } from '../utf8.ts';
import { withoutDoubled } from './doubled.ts';
import { isJsonLines, mergeJsonLines } from './json-lines.ts';
import { liftReports } from './lift-reports.ts';
import { lostWords } from './losses.ts';
import { mergeCleanly, mergeLines } from './merge-lines.ts';
import { haveOneEnding, linesOf, readText, type Text, writeText } from './read-texts.ts';
import { isRewrite } from './rewrite.ts';
import type { Side } from './scalars.ts';
import { isSuperset } from './superset.ts';
import { compareThree, type Sides } from './three-way.ts';
import { faultsOf } from './well-formed.ts';

export type MergeOutcome = {
  /** What to write. Always readable, well-formed, without markers. */
  content: Uint8Array;
  /** False when something was left for a person: then `losers` names the versions whose words are not all in `content`. */
  settled: boolean;
  /** Indexes into the given versions that must be kept in the conflict inbox. Empty when settled. */
  losers: readonly number[];
  /** What was decided that a person may want to know. Bounded. */
  notes: readonly string[];
};

/** `path` only tells the kind of file; `keep` is the version to take where the content does not decide. */
export type MergeOptions = { path: string; keep?: number };

/**
 * Merges two or more versions. A null base stands for no common version. Counters that both sides changed
 * add up, so that merging a result with one of its own sides again counts that side twice: merge the original
 * versions instead.
 */
export function mergeVersions(
  base: Uint8Array | null,
  versions: readonly Uint8Array[],
  options: MergeOptions,
): MergeOutcome {
  const lifted = liftReports(base, versions);
  if (lifted !== undefined) {
    const rest = mergeVersions(lifted.base, lifted.versions, options);
    return { ...rest, content: lifted.putBack(rest.content) };
  }
  const known = distinct(base, versions, options.keep);
  const [first, ...others] = known;
  if (first === undefined) return settledAs(versions[0] ?? base ?? new Uint8Array());
  let merged: Pair = { content: first.bytes, holds: [first], aside: [], notes: [] };
  for (const version of others) merged = mergePair(base, merged, version, options.path);
  const losers = merged.aside.flatMap((it) => it.indexes).toSorted((one, other) => one - other);
  return {
    content: merged.content,
    settled: losers.length === 0,
    losers,
    notes: [...new Set(merged.notes)].slice(0, limits.mergeNotes),
  };
}

function settledAs(content: Uint8Array): MergeOutcome {
  return { content, settled: true, losers: [], notes: [] };
}

type Version = { bytes: Uint8Array; indexes: number[]; kept: boolean };

/** Each different content once, without those that changed nothing, in an order that only their bytes decide. */
function distinct(
  base: Uint8Array | null,
  versions: readonly Uint8Array[],
  keep: number | undefined,
): Version[] {
  const found: Version[] = [];
  for (const [index, bytes] of versions.entries()) {
    if (base !== null && equalBytes(base, bytes)) continue;
    const same = found.find((version) => equalBytes(version.bytes, bytes));
    if (same === undefined) found.push({ bytes, indexes: [index], kept: index === keep });
    else {
      same.indexes.push(index);
      same.kept ||= index === keep;
    }
  }
  return found.toSorted((one, other) => compareBytes(one.bytes, other.bytes));
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** What was merged so far. */
type Pair = { content: Uint8Array; holds: Version[]; aside: Version[]; notes: string[] };

function mergePair(base: Uint8Array | null, merged: Pair, version: Version, path: string): Pair {
  const sides = { left: merged.content, right: version.bytes };
  const prefer = version.kept ? 'right' : merged.holds.some((it) => it.kept) ? 'left' : undefined;
  const both = mergeTwo(base, sides, prefer, path);
  const lost = { left: both.losers.has('left'), right: both.losers.has('right') };
  return {
    content: both.content,
    holds: [...(both.whole === 'right' ? [] : merged.holds), ...(both.whole === 'left' ? [] : [version])],
    aside: [...merged.aside, ...(lost.left ? merged.holds : []), ...(lost.right ? [version] : [])],
    notes: [...merged.notes, ...both.notes],
  };
}

type Two = { content: Uint8Array; losers: ReadonlySet<Side>; notes: readonly string[]; whole?: Side };
type SideBytes = { left: Uint8Array; right: Uint8Array };

function mergeTwo(base: Uint8Array | null, sides: SideBytes, prefer: Side | undefined, path: string): Two {
  if (equalBytes(sides.left, sides.right)) return { content: sides.left, losers: new Set(), notes: [] };
  const tooLarge = [base, sides.left, sides.right].some((it) => (it?.length ?? 0) > limits.trackedFileBytes);
  if (tooLarge) return oneWhole({ bytes: sides, prefer }, 'too large to merge: kept one version whole');
  const texts = readAll(base, sides);
  if (texts === undefined) return oneWhole({ bytes: sides, prefer }, 'no text: kept one version whole');
  if (!haveOneEnding([texts.base, texts.left, texts.right])) {
    const lines = allLines(texts, true);
    const asIs = mergeCleanly(compareThree(lines), lines);
    if (asIs !== undefined) return writeExact(asIs, texts);
  }
  return mergeTexts(texts, { bytes: sides, noBase: base === null, prefer, path });
}

type Texts = { base: Text; left: Text; right: Text };

function readAll(base: Uint8Array | null, sides: SideBytes): Texts | undefined {
  const left = readText(sides.left);
  const right = readText(sides.right);
  const from = base === null ? left && { text: '', form: left.form } : readText(base);
  return from && left && right && { base: from, left, right };
}

function allLines(texts: Texts, exact: boolean): Sides {
  return {
    base: linesOf(texts.base, exact),
    left: linesOf(texts.left, exact),
    right: linesOf(texts.right, exact),
  };
}

function writeExact(lines: readonly string[], texts: Texts): Two {
  const form = (text: Text) => ({ ...text.form, ending: '\n' as const });
  const content = writeText(lines, form(texts.base), form(texts.left), form(texts.right));
  return { content, losers: new Set(), notes: [] };
}

type Task = { bytes: SideBytes; noBase: boolean; prefer: Side | undefined; path: string };

function mergeTexts(texts: Texts, task: Task): Two {
  const sides = allLines(texts, false);
  const write = (lines: readonly string[], losers: ReadonlySet<Side>, notes: readonly string[]) => ({
    content: writeText(lines, texts.base.form, texts.left.form, texts.right.form),
    losers,
    notes,
  });
  if (isSuperset(sides.base, sides.left, sides.right)) return write(sides.left, new Set(), []);
  if (isSuperset(sides.base, sides.right, sides.left)) return write(sides.right, new Set(), []);
  const regions = compareThree(sides);
  const clean = mergeCleanly(regions, sides);
  if (clean !== undefined && !isFaulty(task.path, clean, sides)) {
    return write(withoutDoubled(clean, sides), new Set(), []);
  }
  if (isJsonLines(task.path)) {
    const merge = mergeJsonLines(sides, task.prefer);
    if (merge !== undefined) return write(merge.lines, merge.losers, merge.notes);
    return oneWhole(task, 'not all lines are JSON: kept one version whole');
  }
  if (isWrittenAnew(sides, task.noBase)) return oneWhole(task, 'written anew: kept one version whole');
  const merge = mergeLines(regions, sides, task.prefer);
  const lines = withoutDoubled(merge.lines, sides);
  if (isFaulty(task.path, lines, sides)) {
    return oneWhole(task, 'the lines of both do not fit together: kept one version whole');
  }
  const losers = new Set(merge.losers);
  for (const side of ['left', 'right'] as const) {
    if (lostWords(sides.base, sides[side], lines).length > 0) losers.add(side);
  }
  return write(lines, losers, merge.notes);
}

function isWrittenAnew(sides: Sides, noBase: boolean): boolean {
  if (noBase) return isRewrite(sides.left, sides.right);
  return isRewrite(sides.base, sides.left) || isRewrite(sides.base, sides.right);
}

/** A fault that a version has itself is none of the merge's. */
function isFaulty(
  path: string,
  lines: readonly string[],
  sides: { left: readonly string[]; right: readonly string[] },
) {
  const faults = faultsOf(path, lines);
  if (faults.length === 0) return false;
  const own = new Set([...faultsOf(path, sides.left), ...faultsOf(path, sides.right)]);
  return faults.some((fault) => !own.has(fault));
}

function oneWhole({ bytes, prefer }: Pick<Task, 'bytes' | 'prefer'>, note: string): Two {
  const winner = prefer ?? (heavier(bytes.left, bytes.right) ? 'left' : 'right');
  const loser = winner === 'left' ? 'right' : 'left';
  return { content: bytes[winner], losers: new Set([loser]), notes: [note], whole: winner };
}

/** The longer one; of two of one length the one that sorts later. */
function heavier(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length ? compareBytes(one, other) > 0 : one.length > other.length;
}
