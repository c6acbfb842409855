/**
 * Brings what others pushed: under the lock of the repository fetch, compare, check, merge, then one step that happens
 * whole or not at all. Whoever dies in between leaves what the next pull begins with again.
 */
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import type { RepositoryLock } from '../lock/repository-lock.ts';
import type { Log } from '../ports.ts';
import type { Hooks } from './hooks.ts';
import { haveSay, passHooks, tellAfter } from './pass-hooks.ts';
import { type OnBranch, type PlanDeps, type PullPlan, planPull } from './plan-pull.ts';
import {
  type Aside,
  branchMissing,
  mergeConflict,
  notPulled,
  type Pulled,
  type PullOutcome,
  remoteMissing,
  uncommittedChanges,
} from './pull-outcome.ts';
import { isChangedByHook } from './pull-problems.ts';
import { type PullRequest, toLock, toRemote } from './pull-request.ts';
import { branchToPull } from './remote-branch.ts';
import type { GitRemotes, MadeStep, MixedNotes } from './repository.ts';
import { refuseState } from './repository-state.ts';

export type PullDeps = PlanDeps & {
  remotes: GitRemotes;
  lock: RepositoryLock;
  notes: MixedNotes;
  hooks: Hooks;
  log: Log;
  /** Puts versions into the inbox, each with its stamp there; where no engine runs, they stay in git's history. */
  keepAside?(versions: readonly Aside[]): Promise<Aside[]>;
};

/** Takes the lock. */
export async function pull(deps: PullDeps, request: PullRequest): Promise<PullOutcome> {
  const outcome = await deps.lock.during(toLock('pull', request), async (held) =>
    ok(await pullHeld(deps, request, held)),
  );
  return outcome.ok ? outcome.value : notPulled(outcome.error);
}

/** The same for who holds the lock already. */
export async function pullHeld(deps: PullDeps, request: PullRequest, held: Held): Promise<PullOutcome> {
  const before = held.check();
  const settled = before.ok ? await deps.store.settle() : before;
  if (!settled.ok) return notPulled(settled.error);
  const interrupted = await deps.notes.read();
  if (interrupted.ok) await deps.tracked.clearUp(interrupted.value);
  const fetched = await fetchTheirs(deps, request, held);
  if (!fetched.ok) return notPulled(fetched.error);
  held.renew();
  for (let tries = 1; ; tries += 1) {
    const outcome = await takeTheirs(deps, request, { held, fetched: fetched.value });
    const isRaced = !outcome.success && outcome.problem.code === 'changed-meanwhile';
    if (!isRaced || tries >= limits.gitTries) return outcome;
  }
}

/** Refuses what is in no state to be pulled. */
export async function findBranch({ store }: Pick<PullDeps, 'store'>): Promise<Result<OnBranch>> {
  const facts = await store.facts();
  if (!facts.ok) return facts;
  const state = refuseState(facts.value);
  return state.ok ? ok({ ...state.value, isShallow: facts.value.isShallow }) : state;
}

export type Fetched = { branch: string; address: string; theirs: string | undefined };

/** Refuses before it asks anybody else. */
export async function fetchTheirs(
  deps: PullDeps,
  request: PullRequest,
  held?: Held,
): Promise<Result<Fetched>> {
  const { remote } = request;
  const here = await findBranch(deps);
  if (!here.ok) return here;
  const address = await deps.remotes.addressOf(remote);
  if (!address.ok) return address;
  if (address.value === undefined) return err(remoteMissing(remote));
  const there = await branchToPull(deps, request, here.value);
  if (!there.ok) return there;
  const branch = there.value;
  const theirs = await deps.remotes.fetch(remote, branch, toRemote(request, held));
  return theirs.ok ? ok({ branch, address: address.value, theirs: theirs.value }) : theirs;
}

type Taking = { held: Held; fetched: Fetched };

async function takeTheirs(deps: PullDeps, request: PullRequest, taking: Taking): Promise<PullOutcome> {
  const { theirs, branch } = taking.fetched;
  const found = await findBranch(deps);
  if (!found.ok) return notPulled(found.error);
  const here = found.value;
  if (theirs === undefined) return withoutBranch(deps, request, { ...taking, here });
  const plan = await planPull(deps, here, { theirs, branch, remote: request.remote });
  if (!plan.ok) return notPulled(plan.error);
  const { kind, conflicts, checkout } = plan.value;
  if (conflicts.length > 0) return mergeConflict(here.top, conflicts);
  if (checkout.obstacles.length > 0) return uncommittedChanges(here.top, checkout.obstacles);
  if (kind === 'up-to-date') {
    // Whoever was through with the step may have died before this.
    await deps.notes.write([]);
    return nothingNew(here, kind, 'Already up to date');
  }
  const taken = await takePlan(deps, plan.value, { ...taking, here, theirs, request });
  return taken.ok ? taken.value : notPulled(taken.error);
}

type Found = Taking & { here: OnBranch };

const nothingNew = ({ branch, head }: OnBranch, kind: Pulled['kind'], message: string): Pulled => ({
  success: true,
  kind,
  message,
  branch,
  from: head,
  to: head,
  commits: 0,
  files: [],
  mixed: [],
  aside: [],
  pushed: false,
});

type Step = Found & { theirs: string; request: PullRequest };

async function takePlan(deps: PullDeps, plan: PullPlan, step: Step): Promise<Result<Pulled>> {
  const { here, fetched, theirs, request } = step;
  const commits = await countCommits(deps, here.head, theirs);
  if (!commits.ok) return commits;
  const to = await takeStep(deps, plan, step);
  if (!to.ok) return to;
  await tellPulled(deps, step);
  const [count, from] = [commits.value, `${request.remote}/${fetched.branch}`];
  return ok({
    ...nothingNew(here, plan.kind, `Pulled ${count} ${count === 1 ? 'commit' : 'commits'} from ${from}`),
    to: to.value,
    commits: count,
    files: plan.changes,
    mixed: plan.checkout.mixes.map(({ path }) => path),
    aside: (await deps.keepAside?.(plan.aside)) ?? plan.aside,
  });
}

/** The hook that git runs after a merge, be it only forward; of a branch that began with this pull it runs none. */
async function tellPulled({ hooks, log }: PullDeps, { here, held, request }: Step): Promise<void> {
  if (here.head === undefined || !(await hooks.present()).has('post-merge')) return;
  const run = { hold: held, signal: request.signal };
  await tellAfter(hooks, 'post-merge', { run, warn: log.warn });
  held.renew();
}

/** With the words of git itself. */
async function commitMerge(deps: PullDeps, plan: PullPlan, step: Step): Promise<Result<string>> {
  const { here, fetched, theirs } = step;
  const into = here.branch === fetched.branch ? '' : ` into ${here.branch}`;
  const from = fetched.address.replace(/\/+$/, '').replace(/\.git$/, '');
  for (const { path, side } of plan.aside) {
    const who = side === 'ours' ? 'was committed here' : 'others committed';
    deps.log.warn(`${path}: what ${who} could not be merged whole, and waits for a person.`);
  }
  const said = `Merge branch '${fetched.branch}' of ${from}${into}\n`;
  const message = await askHooks(deps, { tree: plan.tree, message: said }, step);
  if (!message.ok) return message;
  const parents = [here.head ?? '', theirs];
  return deps.store.storeCommit({ tree: plan.tree, parents, message: message.value });
}

/** A merge is what both sides hold: a hook may refuse it and word it, but puts nothing else into it. */
async function askHooks(
  { hooks }: PullDeps,
  draft: { tree: string; message: string },
  { held, request }: Step,
): Promise<Result<string>> {
  if (!haveSay(await hooks.present(), 'merge')) return ok(draft.message);
  const maker = { held, signal: request.signal };
  const passed = await passHooks(hooks, { ...draft, source: 'merge' }, maker);
  if (!passed.ok) return passed;
  return passed.value.tree === draft.tree ? ok(passed.value.message) : err(isChangedByHook());
}

/** First what is mixed into files that somebody has changed: it is there still when the rest has to begin again. */
async function takeStep(deps: PullDeps, plan: PullPlan, step: Step): Promise<Result<string>> {
  const { held, here, theirs, request } = step;
  const { index, files } = plan.checkout;
  const begun = { operation: 'pull', branch: here.branch, from: here.head, index, files };
  const make = async (): Promise<Result<MadeStep>> => {
    const to = plan.kind === 'merge' ? await commitMerge(deps, plan, step) : ok(theirs);
    if (!to.ok) return to;
    const mixed = await writeMixes(deps, plan.checkout, held);
    if (!mixed.ok) return mixed;
    const still = held.check();
    return still.ok ? ok({ to: to.value, index }) : still;
  };
  const { signal } = request;
  const taken = await deps.store.takeOnceMade(begun, make, signal === undefined ? {} : { signal });
  if (!taken.ok) return taken;
  const noted = await deps.notes.write([]);
  return noted.ok ? ok(taken.value?.to ?? theirs) : noted;
}

async function writeMixes(
  { notes, tracked, codec }: PullDeps,
  { mixes }: PullPlan['checkout'],
  held: Held,
): Promise<Result<null>> {
  if (mixes.length === 0) return ok(null);
  const mixed = mixes.map(({ path, theirs, expected, next }) => ({
    path,
    theirs,
    content: codec.sha256(next),
    before: codec.sha256(expected),
  }));
  const noted = await notes.write(mixed);
  if (!noted.ok) return noted;
  for (const { path, expected, next } of mixes) {
    const still = held.check();
    if (!still.ok) return still;
    const written = await tracked.write(path, { expected, next });
    if (!written.ok) return written;
  }
  return ok(null);
}

/** The branch is new: others get it with a push, and there is nothing to take. */
async function withoutBranch(
  { remotes }: PullDeps,
  request: PullRequest,
  { held, here, fetched: { branch } }: Found,
): Promise<PullOutcome> {
  const { remote, pushMissing = false } = request;
  const outcome = nothingNew(here, 'no-remote-branch', branchMissing(remote, branch));
  if (!pushMissing || here.head === undefined) return outcome;
  const still = held.check();
  if (!still.ok) return notPulled(still.error);
  const pushed = await remotes.push(remote, { commit: here.head, branch }, toRemote(request, held));
  return pushed.ok ? { ...outcome, pushed: pushed.value === 'pushed' } : notPulled(pushed.error);
}

/** Of `theirs` that `head` has not; where there is none yet, as many as a preview lists at most. */
export async function countCommits(
  { store }: Pick<PullDeps, 'store'>,
  head: string | undefined,
  theirs: string,
): Promise<Result<number>> {
  if (head === undefined) {
    const all = await store.log(theirs, undefined, limits.previewCommits);
    return all.ok ? ok(all.value.length) : all;
  }
  const apart = await store.countApart(head, theirs);
  return apart.ok ? ok(apart.value.behind) : apart;
}
