/** Which branch of the remote belongs to the one that is checked out. */
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { OnBranch } from './plan-pull.ts';
import type { GitHistory, GitRemotes } from './repository.ts';

type Deps = { store: Pick<GitHistory, 'hasBranch'>; remotes: Pick<GitRemotes, 'upstreamOf'> };
type Wanted = { remote: string; branch?: string };

/** The one that is named; else the one that git itself would pull; else the one of the same name. */
export async function branchToPull(
  deps: Deps,
  wanted: Wanted,
  { branch }: Pick<OnBranch, 'branch'>,
): Promise<Result<string>> {
  if (wanted.branch !== undefined) return named(deps, wanted.branch, branch);
  const upstream = await deps.remotes.upstreamOf(wanted.remote, branch);
  return upstream.ok ? ok(upstream.value ?? branch) : upstream;
}

/**
 * The one that is named, else the one of the same name: that a branch was begun from another is no wish to push it
 * there, and git refuses that, too.
 */
export async function branchToPush(
  deps: Deps,
  wanted: Wanted,
  { branch }: Pick<OnBranch, 'branch'>,
): Promise<Result<string>> {
  return wanted.branch === undefined ? ok(branch) : named(deps, wanted.branch, branch);
}

/** What is half done on a branch of its own is not to end on another because of a setting. */
async function named({ store }: Deps, wanted: string, here: string): Promise<Result<string>> {
  if (wanted === here) return ok(wanted);
  const isOwn = await store.hasBranch(wanted);
  if (!isOwn.ok) return isOwn;
  return isOwn.value ? err(elsewhere(wanted, here)) : ok(wanted);
}

const elsewhere = (wanted: string, here: string): Problem =>
  problem(
    'repository-state',
    here,
    `${here} is checked out, and the settings name ${wanted}, which is another branch here: one is not mixed into the other.`,
    `Switch to ${wanted}, or take git_branch out of skein.json and KB_GIT_BRANCH out of the environment.`,
  );
