/** The reflog of HEAD: where it went, in which words, and what was checked out before. */
import type { CheckedOut } from '../../shared/domain/movement.ts';
import { limits } from '../../shared/limits.ts';
import { askGit } from './git-process.ts';

/** One line of it, with the commit before it. */
export type Entry = { from: string; to: string; atMs: number; words: string; left: CheckedOut };

/** Newest first, so many at most. `branch` is the one that is checked out now. */
export async function readReflog(
  folder: string,
  branch: string | undefined,
  entriesMax: number = limits.gitReflogEntries,
): Promise<Entry[]> {
  const format = '--format=%H%x00%gd%x00%gs';
  const printed = await askGit(folder, [
    'log',
    '--walk-reflogs',
    `--max-count=${entriesMax}`,
    '--date=unix',
    '--no-color',
    format,
    'HEAD',
    '--',
  ]);
  const lines = (printed ?? '').split('\n').map((line) => line.split('\0'));
  const entries = lines.flatMap(([to = '', when = '', words = ''], index) => {
    const from = lines[index + 1]?.[0];
    const [, seconds] = /@\{(\d+)\}$/.exec(when) ?? [];
    return from && seconds !== undefined ? [{ from, to, atMs: Number(seconds) * 1000, words }] : [];
  });
  const branches = branchesBefore(
    entries.map(({ words }) => words),
    branch,
  );
  return entries.map((entry, index) => ({ ...entry, left: { branch: branches[index], commit: entry.from } }));
}

/** Before each entry: what it left itself, or what those before it entered. */
function branchesBefore(newestFirst: readonly string[], now: string | undefined): (string | undefined)[] {
  const told = newestFirst.toReversed();
  const leftLater = branchesLeftLater(newestFirst, now).toReversed();
  const first = told.find((words) => leftBy(words) !== undefined);
  let branch = first === undefined ? now : asBranch(leftBy(first));
  const before = told.map((words, at) => {
    const left = leftBy(words);
    const here = left === undefined ? branch : asBranch(left);
    const entered = enteredBy(words);
    // A tag, `HEAD` and `main~2` are entered as they were written, and left as the commit that they are.
    const isBranch = entered !== undefined && leftLater[at] !== undefined;
    branch = entered === undefined ? here : isBranch ? asBranch(entered) : undefined;
    return here;
  });
  return before.toReversed();
}

/** After each entry, the branch that is left next. */
function branchesLeftLater(newestFirst: readonly string[], now: string | undefined): (string | undefined)[] {
  let next = now;
  return newestFirst.map((words) => {
    const later = next;
    const left = leftBy(words);
    if (left !== undefined) next = asBranch(left);
    return later;
  });
}

const leftBy = (words: string): string | undefined => /^checkout: moving from (\S+) to \S+$/.exec(words)?.[1];

/** A rebase goes without a branch, and says in the end to which it came back. */
const enteredBy = (words: string): string | undefined =>
  (/^checkout: moving from \S+ to (\S+)$/.exec(words) ??
    /\((?:finish|abort)\): returning to refs\/heads\/(\S+)$/.exec(words) ??
    /^Branch: renamed refs\/heads\/\S+ to refs\/heads\/(\S+)$/.exec(words))?.[1];

/** A commit is none. */
const asBranch = (name: string | undefined): string | undefined =>
  name === undefined || /^[0-9a-f]{40,64}$/.test(name) ? undefined : name;
