/** A merge, a rebase or the like that stands still, and how it left the paths of a work tree. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Unfinished } from '../../shared/domain/movement.ts';
import { limits } from '../../shared/limits.ts';
import type { GitRepository } from '../engine/ports.ts';
import { createFileFacts } from './file-facts.ts';
import { askGit } from './git-process.ts';

/** `blobs`: the versions that git could not merge. */
type Paths = ReadonlyMap<string, { state: Unfinished; blobs: readonly string[] }>;

/** What is there while git is in the middle of something that it began with a clean index. */
const signsOfWork = [
  'MERGE_HEAD',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  // Of several that are picked or reverted, also between two of them.
  'sequencer',
  'rebase-merge',
  'rebase-apply',
];
/** What git puts there comes from one of these. A commit that is reverted brings back what was before it. */
const sourcesOfWork = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REBASE_HEAD', 'REVERT_HEAD^'];
/** Left by a squash, which nothing goes on with or gives up; it may stay long after. */
const signOfSquash = 'SQUASH_MSG';

export type GitUnfinished = Pick<GitRepository, 'isInTheMiddle' | 'unfinishedAt' | 'unmergedAt'> & {
  /** Whether somebody had added the path when git was last asked in the middle of something: giving up took it away. */
  wasAdded(path: string): boolean;
};

/** `ownFolder` is git's own folder of the work tree. What was read stays for as long as the index does. */
export function createGitUnfinished(
  folder: string,
  ownFolder: () => Promise<string | undefined>,
): GitUnfinished {
  const { factsOf } = createFileFacts(folder);
  let known: { facts: string; read: Promise<Paths> } | undefined;
  let lastInTheMiddle: Paths | undefined;
  /** A question that is not answered yet. */
  let asking: { answer: Promise<Paths>; isLate: Promise<undefined> } | undefined;

  const factsIn = (own: string, names: readonly string[]): Promise<string> =>
    factsOf(names.map((name) => join(own, name)));

  async function pathsNow(own: string): Promise<Paths> {
    const signs = await factsIn(own, [...signsOfWork, signOfSquash]);
    const facts = `${signs}\n${await factsIn(own, ['index'])}`;
    if (known?.facts !== facts) known = { facts, read: readPaths(folder, isAny(signs)) };
    if (isAny(signs)) lastInTheMiddle = await known.read;
    return known.read;
  }

  /** All who ask before it is answered wait for the same answer, and together no longer than for one. */
  async function ask(): Promise<Paths> {
    const own = await ownFolder();
    const found: Paths = own === undefined ? new Map() : await pathsNow(own);
    asking = undefined;
    return found;
  }

  function pathsSoon(): Promise<Paths | undefined> {
    asking ??= { answer: ask(), isLate: sleep(limits.gitSilentMs, undefined, { ref: false }) };
    return Promise.race([asking.answer, asking.isLate]);
  }

  return {
    wasAdded: (path) => lastInTheMiddle?.get(path)?.state === 'added',
    async isInTheMiddle() {
      const own = await ownFolder();
      return own !== undefined && isAny(await factsIn(own, signsOfWork));
    },
    async unfinishedAt(path) {
      const paths = await pathsSoon();
      return paths && (paths.get(path)?.state ?? 'none');
    },
    unmergedAt: async (path) => (await pathsSoon())?.get(path)?.blobs ?? [],
  };
}

/** Facts of files that are there have numbers. */
const isAny = (facts: string): boolean => /\d/.test(facts);

/** What git has staged in the middle of something comes from it, or settles what it could not merge. */
async function readPaths(folder: string, isInTheMiddle: boolean): Promise<Paths> {
  const uncommitted = isInTheMiddle ? await readStaged(folder) : [];
  const added = uncommitted.length === 0 ? new Set() : await readAdded(folder);
  // `<mode> <id> <stage>`, a tab and the path, for each version of each.
  const unmerged = namesIn(await askGit(folder, ['ls-files', '--unmerged', '-z']));
  const paths = new Map<string, { state: Unfinished; blobs: string[] }>();
  for (const path of uncommitted)
    paths.set(path, { state: added.has(path) ? 'added' : 'uncommitted', blobs: [] });
  for (const version of unmerged) {
    const [, blob = '', path = ''] = /^\d+ ([0-9a-f]+) \d\t(.*)$/s.exec(version) ?? [];
    const others = paths.get(path)?.blobs ?? [];
    paths.set(path, { state: 'unmerged', blobs: [...others, blob] });
  }
  return paths;
}

/** New files that nothing of what git is working on has. Empty where that leaves no trace, as a squash. */
async function readAdded(folder: string): Promise<Set<string>> {
  const onlyNew = '--diff-filter=A';
  const sources: string[] = [];
  for (const name of sourcesOfWork)
    if (await askGit(folder, ['rev-parse', '--verify', '--quiet', name])) sources.push(name);
  let added = sources.length === 0 ? [] : await readStaged(folder, onlyNew);
  for (const source of added.length === 0 ? [] : sources) {
    const apart = new Set(await readStaged(folder, onlyNew, source));
    added = added.filter((path) => apart.has(path));
  }
  return new Set(added);
}

/** Paths at which the index differs from a commit. */
async function readStaged(folder: string, ...more: string[]): Promise<string[]> {
  const shape = ['diff', '--cached', '--name-only', '--no-renames', '--relative', '-z'];
  return namesIn(await askGit(folder, [...shape, ...more]));
}

const namesIn = (printed = ''): string[] => printed.split('\0').filter((part) => part !== '');
