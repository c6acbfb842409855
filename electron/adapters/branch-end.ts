/**
 * Where the work of a branch ends: in the branch that it was made from, or in the one that a remote calls its own. Git has
 * no such notion; its reflogs know the first for as long as they are kept.
 */
import type { CheckedOut } from '../../shared/domain/movement.ts';
import { limits } from '../../shared/limits.ts';
import { askGit } from './git-process.ts';
import { type Entry, readReflog } from './git-reflog.ts';

/**
 * Whether the work that was done at a place, which `here` has all of, has ended there. A branch that is on a remote, too,
 * has not: others may be on it.
 */
export async function hasEndedIn(folder: string, place: CheckedOut, here: string): Promise<boolean> {
  if (place.branch === here) return false;
  const remote = await readRemote(folder, place.branch);
  if (remote.hasBranch) return false;
  return remote.heads.includes(here) || isMadeFrom(folder, place, here);
}

type OnRemotes = { heads: string[]; hasBranch: boolean };

/** What the remotes were last seen to have: the branches that they call their own, and whether they know this one. */
async function readRemote(folder: string, branch: string | undefined): Promise<OnRemotes> {
  const patterns = ['refs/remotes/*/HEAD', ...(branch === undefined ? [] : [`refs/remotes/*/${branch}`])];
  const printed = await askGit(folder, ['for-each-ref', '--format=%(refname) %(symref)', ...patterns]);
  const lines = (printed ?? '').split('\n').filter(Boolean);
  const heads = lines.flatMap((line) => branchIn(line.split(' ')[1] ?? '') ?? []);
  return { heads, hasBranch: lines.some((line) => line.endsWith(' ')) };
}

/** By way of others, too. */
async function isMadeFrom(folder: string, place: CheckedOut, here: string): Promise<boolean> {
  const reflog = await readReflog(folder, here, limits.gitReflogWhole);
  let from =
    place.branch === undefined ? leftAt(reflog, place) : await madeFrom(folder, reflog, place.branch);
  for (let steps = 1; from !== undefined && steps < limits.gitBranchesUp; steps += 1) {
    if (from === here) return true;
    from = await madeFrom(folder, reflog, from);
  }
  return false;
}

/** The branch that was left for a place without one. */
function leftAt(reflog: readonly Entry[], { commit }: CheckedOut): string | undefined {
  const at = reflog.findIndex(({ left }) => left.branch === undefined && left.commit === commit);
  const before = at < 0 ? [] : reflog.slice(at);
  return before.find(({ left }) => left.branch !== undefined)?.left.branch;
}

async function madeFrom(
  folder: string,
  reflog: readonly Entry[],
  branch: string,
): Promise<string | undefined> {
  const name = await nameAtStart(folder, branch);
  if (name === 'HEAD') return reflog.findLast(({ words }) => entersBranch(words, branch))?.left.branch;
  const full =
    name && (await askGit(folder, ['rev-parse', '--verify', '--quiet', '--symbolic-full-name', name]));
  const from = full ? branchIn(full.trim()) : undefined;
  return from === branch ? undefined : from;
}

const entersBranch = (words: string, branch: string): boolean =>
  words.startsWith('checkout: moving from ') && words.endsWith(` to ${branch}`);

/** From what its reflog says that it was made; undefined where that is over or was never kept. */
async function nameAtStart(folder: string, branch: string): Promise<string | undefined> {
  const how = ['--walk-reflogs', '--no-color', '--format=%gs'];
  const printed = await askGit(folder, ['log', ...how, `refs/heads/${branch}`, '--']);
  return /^branch: Created from (\S+)$/.exec(printed?.trimEnd().split('\n').at(-1) ?? '')?.[1];
}

/** Of a full name, here or on a remote. */
const branchIn = (ref: string): string | undefined => /^refs\/(?:heads|remotes\/[^/]+)\/(.+)$/.exec(ref)?.[1];
