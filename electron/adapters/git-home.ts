/**
 * Whether git came back to where a file was at home, by whatever way, or its branch came to what lies here. Nothing of
 * that has to touch the file, so the reflog does not tell.
 */
import { join } from 'node:path';
import type { CheckedOut } from '../../shared/domain/movement.ts';
import { limits } from '../../shared/limits.ts';
import type { GitRepository } from '../engine/ports.ts';
import { hasEndedIn } from './branch-end.ts';
import { createFileFacts } from './file-facts.ts';
import { askGit } from './git-process.ts';
import { readDifference, readTree, type Touched } from './git-trees.ts';

/** Git's own folder of the work tree, and the one that all work trees share. */
export type Place = { own: string; common: string };

/** What the home has now; each is read when it is asked for first. */
type Reached = {
  isHere: boolean;
  apart(): Promise<Touched | undefined>;
  here(): Promise<Blobs>;
  before(): Promise<Blobs>;
};
type Blobs = ReadonlyMap<string, string> | undefined;

export function createGitHome(
  folder: string,
  place: () => Promise<Place | undefined>,
  isInTheMiddle: () => Promise<boolean>,
): Pick<GitRepository, 'checkedOut' | 'isAtHome' | 'isThere' | 'hasCommitted'> {
  const { factsOf } = createFileFacts(folder);
  const knownByHome = new Map<string, { facts: string; read: Promise<Reached | undefined> }>();

  async function reached(here: Place, home: CheckedOut): Promise<Reached | undefined> {
    const key = `${home.commit} ${home.branch ?? ''}`;
    const facts = await factsOf(filesOf(here, home));
    const known = knownByHome.get(key);
    if (known?.facts === facts) return known.read;
    if (knownByHome.size >= limits.gitHomes) knownByHome.clear();
    const read = readReached(folder, home);
    knownByHome.set(key, { facts, read });
    return read;
  }

  /** A commit stays what it is; of several files of one, it is read once. */
  let last: { commit: string; tree: Promise<Blobs> } | undefined;

  return {
    async hasCommitted(commit, path, blobs) {
      if ((await place()) === undefined) return false;
      if (last?.commit !== commit) last = { commit, tree: readTree(folder, commit) };
      return isOf(await last.tree, path, blobs);
    },
    async checkedOut() {
      const commit = (await isInTheMiddle()) ? undefined : await commitAt(folder, 'HEAD');
      return commit === undefined ? undefined : { branch: await branchAt(folder), commit };
    },
    async isThere(home) {
      const here = await place();
      if (here === undefined || (await isInTheMiddle())) return false;
      return (await reached(here, home))?.isHere ?? false;
    },
    async isAtHome(path, home, { lying, lay }) {
      const here = await place();
      if (here === undefined || (await isInTheMiddle())) return false;
      const now = await reached(here, home);
      const apart = await now?.apart();
      if (now === undefined || apart === undefined || apart.has(path)) return false;
      return isOf(await now.here(), path, await lying()) && isOf(await now.before(), path, await lay());
    },
  };
}

/** One of them is written whenever HEAD or the branch moves. */
const filesOf = ({ own, common }: Place, { branch }: CheckedOut): string[] => [
  join(own, 'HEAD'),
  join(own, 'logs/HEAD'),
  join(own, 'reftable/tables.list'),
  join(common, 'reftable/tables.list'),
  join(common, 'packed-refs'),
  ...(branch === undefined ? [] : [join(common, 'refs/heads', branch)]),
];

const isOf = (blobs: Blobs, path: string, ids: readonly string[]): boolean => {
  const blob = blobs?.get(path);
  return blobs !== undefined && (blob === undefined ? ids.length === 0 : ids.includes(blob));
};

/** Undefined where the branch does not hold any more what it held: then this is another place under its name. */
async function readReached(folder: string, home: CheckedOut): Promise<Reached | undefined> {
  const head = await commitAt(folder, 'HEAD');
  const tip = head && (await tipOf(folder, home, head));
  if (!head || !tip || !(await holds(folder, tip, home.commit))) return undefined;
  return {
    isHere: tip === head,
    apart: once(async () => (tip === head ? new Map() : readDifference(folder, head, tip))),
    here: once(() => readTree(folder, head)),
    before: once(() => readTree(folder, home.commit)),
  };
}

/**
 * Of a branch that is gone, what is checked out: nothing else could come back. So it is of one that was merged into the
 * branch where its work ends, though it is still there. Without a branch no other place is the same as another: whoever
 * looks at this commit and that one moves nothing on.
 */
async function tipOf(folder: string, home: CheckedOut, head: string): Promise<string | undefined> {
  const { branch } = home;
  const tip = branch === undefined ? home.commit : await commitAt(folder, `refs/heads/${branch}`);
  if (tip === undefined) return branch && tipOfLost(folder, branch, head);
  const here = tip !== head && (await holds(folder, head, tip)) ? await branchAt(folder) : undefined;
  if (here !== undefined && (await hasEndedIn(folder, home, here))) return head;
  return branch === undefined ? undefined : tip;
}

async function tipOfLost(folder: string, branch: string, head: string): Promise<string | undefined> {
  const renamed = await renamedTo(folder, branch);
  return renamed === undefined ? head : commitAt(folder, `refs/heads/${renamed}`);
}

/** The reflog of a branch came with it to its next name. */
async function renamedTo(folder: string, branch: string): Promise<string | undefined> {
  const words = `renamed refs/heads/${branch} to refs/heads/`;
  const how = ['--walk-reflogs', '--branches', '--fixed-strings', '--max-count=1', '--no-color'];
  const printed = await askGit(folder, ['log', ...how, `--grep-reflog=${words}`, '--format=%gs', '--']);
  return printed?.split(words)[1]?.trim() || undefined;
}

const holds = async (folder: string, tip: string, commit: string): Promise<boolean> =>
  tip === commit || (await askGit(folder, ['merge-base', '--is-ancestor', commit, tip])) !== undefined;

async function commitAt(folder: string, name: string): Promise<string | undefined> {
  const printed = await askGit(folder, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]);
  return printed?.trim() || undefined;
}

/** The branch that is checked out; undefined where HEAD is detached. */
export async function branchAt(folder: string): Promise<string | undefined> {
  return (await askGit(folder, ['symbolic-ref', '--quiet', '--short', 'HEAD']))?.trim();
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined;
  return () => {
    answer ??= read();
    return answer;
  };
}
