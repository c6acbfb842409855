/** A commit that others are to have at once: with KB_GIT_AUTO_PUSH each is pushed once it is made (reference/001). */
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { ok, type Problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import { type CommitRequest, type Committed, commitPaths } from './commit.ts';
import type { PullDeps } from './pull.ts';
import type { PullRequest } from './pull-request.ts';
import { pushHeld } from './push.ts';
import type { GitRemotes } from './repository.ts';

/** `head` is where the branch is now: a push that others were faster than merges theirs. */
export type Shared = Committed & { head: string | undefined; pushed: boolean; problems: Problem[] };

/** Fails as `commitPaths` does; a push that fails is a problem of its own, for the commit is safe. */
export async function commitAndPush(
  deps: PullDeps,
  request: PullRequest & CommitRequest & { push: boolean },
  held: Held,
): Promise<Result<Shared>> {
  const committed = await commitPaths(deps, request, held);
  if (!committed.ok) return committed;
  const { commit } = committed.value;
  const shared: Shared = { ...committed.value, head: commit, pushed: false, problems: [] };
  if (!request.push || commit === undefined || (await isLocal(deps.remotes, request.remote)))
    return ok(shared);
  held.renew();
  const pushed = await pushHeld(deps, request, held);
  return ok(
    pushed.success
      ? { ...shared, pushed: true, head: pushed.commit }
      : { ...shared, problems: [pushed.problem] },
  );
}

/**
 * Where there is no remote, and nobody named one, one works locally (reference/001), and needs not be told each time.
 * One that cannot be asked for its address is no reason to say nothing.
 */
export async function isLocal(remotes: GitRemotes, remote: string): Promise<boolean> {
  return remote === defaultSettings.git_remote && !(await remotes.hasAny());
}
