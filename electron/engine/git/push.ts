/** Sends the commits of the branch. Whoever was quicker is pulled and merged first; nothing is ever forced. */
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import { findBranch, type PullDeps, pullHeld } from './pull.ts';
import { notPulled, type Pulled, type PushOutcome, remoteMissing } from './pull-outcome.ts';
import { hasNoCommit } from './pull-problems.ts';
import { type PushRequest, toLock, toRemote } from './pull-request.ts';
import { branchToPush } from './remote-branch.ts';

/** Takes the lock. */
export async function push(deps: PullDeps, request: PushRequest): Promise<PushOutcome> {
  const outcome = await deps.lock.during(toLock('push', request), async (held) =>
    ok(await pushHeld(deps, request, held)),
  );
  return outcome.ok ? outcome.value : notPulled(outcome.error);
}

/** The same for who holds the lock already, after a commit for example. */
export async function pushHeld(deps: PullDeps, request: PushRequest, held: Held): Promise<PushOutcome> {
  const pulls: Pulled[] = [];
  for (let tries = 1; ; tries += 1) {
    const sent = await pushOnce(deps, request, held);
    if (!sent.ok) return notPulled(sent.error);
    const { branch, commit, answer } = sent.value;
    const message = `Pushed ${branch} to ${request.remote}`;
    if (answer === 'pushed') return { success: true, message, branch, commit, pulls };
    if (tries === limits.pushTries) return notPulled(rejected(request.remote));
    const pulled = await pullHeld(deps, { ...request, branch }, held);
    if (!pulled.success) return pulled;
    pulls.push(pulled);
  }
}

type Sent = { branch: string; commit: string; answer: 'pushed' | 'rejected' };

async function pushOnce(deps: PullDeps, request: PushRequest, held: Held): Promise<Result<Sent>> {
  const { remote } = request;
  const here = await findBranch(deps);
  if (!here.ok) return here;
  const { branch, head, top } = here.value;
  if (head === undefined) return err(hasNoCommit(top, branch));
  const address = await deps.remotes.addressOf(remote);
  if (!address.ok) return address;
  if (address.value === undefined) return err(remoteMissing(remote));
  const there = await branchToPush(deps, request, here.value);
  if (!there.ok) return there;
  const still = held.check();
  if (!still.ok) return still;
  const to = { commit: head, branch: there.value };
  const answer = await deps.remotes.push(remote, to, toRemote(request, held));
  held.renew();
  return answer.ok ? ok({ ...to, answer: answer.value }) : answer;
}

const rejected = (remote: string): Problem =>
  problem(
    'push-rejected',
    remote,
    `${remote} rejected the push ${limits.pushTries} times: others pushed to the same branch in between each time.`,
    'Your commits are safe here, merged with theirs as far as they came. Push again in a moment.',
  );
