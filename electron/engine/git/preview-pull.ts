/** What a pull would bring. Takes no lock, and changes nothing but what is known of the remote. */
import { limits } from '../../../shared/limits.ts';
import { ok, type Result } from '../../../shared/result.ts';
import { planPull } from './plan-pull.ts';
import { countCommits, fetchTheirs, findBranch, type PullDeps } from './pull.ts';
import type { PullPreview } from './pull-outcome.ts';
import type { PullRequest } from './pull-request.ts';

export async function previewPull(deps: PullDeps, request: PullRequest): Promise<Result<PullPreview>> {
  const fetched = await fetchTheirs(deps, request);
  if (!fetched.ok) return fetched;
  const here = await findBranch(deps);
  if (!here.ok) return here;
  const { branch, theirs } = fetched.value;
  const common = { remote: request.remote, branch, from: here.value.head, to: theirs };
  if (theirs === undefined) return ok({ ...common, ...nothing, kind: 'no-remote-branch' });
  const plan = await planPull(deps, here.value, { ...common, theirs });
  if (!plan.ok) return plan;
  const commits = await deps.store.log(theirs, here.value.head, limits.previewCommits);
  if (!commits.ok) return commits;
  const count = await countCommits(deps, here.value.head, theirs);
  if (!count.ok) return count;
  const { kind, changes, checkout, conflicts, aside } = plan.value;
  return ok({
    ...common,
    kind,
    commits: commits.value,
    commitCount: count.value,
    files: changes,
    mixed: checkout.mixes.map(({ path }) => path),
    obstacles: checkout.obstacles,
    conflicts,
    aside: aside.map(({ path }) => path),
  });
}

const nothing = {
  commits: [],
  commitCount: 0,
  files: [],
  mixed: [],
  obstacles: [],
  conflicts: [],
  aside: [],
};
