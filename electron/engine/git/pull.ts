/**
 * Brings what others pushed: under the lock of the repository fetch, compare, check, merge, then one step that happens
 * whole or not at all. Whoever dies in between leaves what the next pull begins with again.
 */
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import type { RepositoryLock, StopSignal } from '../lock/repository-lock.ts';
import type { Codec, Log } from '../ports.ts';
import { type OnBranch, type PlanDeps, type PullPlan, planPull } from './plan-pull.ts';
import {
  branchMissing,
  mergeConflict,
  notPulled,
  type Pulled,
  type PullOutcome,
  type PullPreview,
  remoteMissing,
  uncommittedChanges,
} from './pull-outcome.ts';
import type { GitRemotes, GitStore, MixedNotes, Progress, TrackedFiles } from './repository.ts';
import { refuseState } from './repository-state.ts';

export type PullDeps = PlanDeps & {
  store: GitStore;
  remotes: GitRemotes;
  lock: RepositoryLock;
  tracked: TrackedFiles;
  notes: MixedNotes;
  codec: Pick<Codec, 'sha256'>;
  log: Log;
};

export type PullRequest = {
  remote: string;
  /** The branch there; the one that is checked out here unless told. */
  branch?: string;
  agent: string;
  /** Whether a branch that the remote has not is pushed to it. */
  pushMissing?: boolean;
  waitMs?: number;
  signal?: StopSignal;
  progress?: Progress;
};

/** Takes the lock. */
export async function pull(deps: PullDeps, request: PullRequest): Promise<PullOutcome> {
  const { agent, waitMs, signal } = request;
  const options = {
    ...(waitMs === undefined ? {} : { waitMs }),
    ...(signal === undefined ? {} : { signal }),
  };
  const outcome = await deps.lock.during({ operation: 'pull', agent, ...options }, async (held) =>
    ok(await pullHeld(deps, request, held)),
  );
  return outcome.ok ? outcome.value : notPulled(outcome.error);
}

/** The same for who holds the lock already. */
export async function pullHeld(deps: PullDeps, request: PullRequest, held: Held): Promise<PullOutcome> {
  const before = held.check();
  const settled = before.ok ? await deps.store.settle() : before;
  if (!settled.ok) return notPulled(settled.error);
  const fetched = await fetchTheirs(deps, request);
  if (!fetched.ok) return notPulled(fetched.error);
  held.renew();
  for (let tries = 1; ; tries += 1) {
    const facts = await findBranch(deps);
    if (!facts.ok) return notPulled(facts.error);
    const outcome = await takeTheirs(deps, request, { held, facts: facts.value, fetched: fetched.value });
    const isRaced = !outcome.success && outcome.problem.code === 'changed-meanwhile';
    if (!isRaced || tries >= limits.gitTries) return outcome;
  }
}

/** Says what a pull would bring. Takes no lock and changes nothing but what is known of the remote. */
export async function previewPull(deps: PullDeps, request: PullRequest): Promise<Result<PullPreview>> {
  const fetched = await fetchTheirs(deps, request);
  if (!fetched.ok) return fetched;
  const facts = await findBranch(deps);
  if (!facts.ok) return facts;
  const { branch, theirs } = fetched.value;
  const common = { remote: request.remote, branch, from: facts.value.head, to: theirs };
  if (theirs === undefined) return ok({ ...common, ...empty, kind: 'no-remote-branch' });
  const plan = await planPull(deps, facts.value, { ...common, theirs });
  if (!plan.ok) return plan;
  const commits = await deps.store.log(theirs, facts.value.head, limits.previewCommits);
  if (!commits.ok) return commits;
  const count = await countCommits(deps, facts.value.head, theirs);
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

const empty = { commits: [], commitCount: 0, files: [], mixed: [], obstacles: [], conflicts: [], aside: [] };

type Fetched = { branch: string; address: string; theirs: string | undefined };

/** Refuses before it asks anybody else. */
async function fetchTheirs(deps: PullDeps, request: PullRequest): Promise<Result<Fetched>> {
  const { remote, signal, progress } = request;
  const facts = await findBranch(deps);
  if (!facts.ok) return facts;
  const address = await deps.remotes.addressOf(remote);
  if (!address.ok) return address;
  if (address.value === undefined) return err(remoteMissing(remote));
  const branch = request.branch ?? facts.value.branch;
  const options = {
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined ? {} : { progress }),
  };
  const theirs = await deps.remotes.fetch(remote, branch, options);
  return theirs.ok ? ok({ branch, address: address.value, theirs: theirs.value }) : theirs;
}

/** Refuses what is in no state to be pulled. */
export async function findBranch({ store }: Pick<PullDeps, 'store'>): Promise<Result<OnBranch>> {
  const facts = await store.facts();
  if (!facts.ok) return facts;
  const state = refuseState(facts.value);
  return state.ok ? ok({ ...state.value, isShallow: facts.value.isShallow }) : state;
}

type Taking = { held: Held; facts: OnBranch; fetched: Fetched };

async function takeTheirs(deps: PullDeps, request: PullRequest, taking: Taking): Promise<PullOutcome> {
  const { facts, fetched } = taking;
  const { theirs, branch } = fetched;
  if (theirs === undefined) return withoutBranch(deps, request, taking);
  const plan = await planPull(deps, facts, { theirs, branch, remote: request.remote });
  if (!plan.ok) return notPulled(plan.error);
  const { kind, conflicts, checkout, changes, aside } = plan.value;
  const from = facts.head;
  if (kind === 'up-to-date')
    return { success: true, kind, message: 'Already up to date', branch: facts.branch, ...nothingNew(from) };
  if (conflicts.length > 0) return mergeConflict(facts.top, conflicts);
  if (checkout.obstacles.length > 0) return uncommittedChanges(facts.top, checkout.obstacles);
  const to = kind === 'merge' ? await commitMerge(deps, plan.value, { ...taking, theirs }) : ok(theirs);
  if (!to.ok) return notPulled(to.error);
  const taken = await takeStep(deps, plan.value, { ...taking, to: to.value, signal: request.signal });
  if (!taken.ok) return notPulled(taken.error);
  const commits = await countCommits(deps, from, theirs);
  const count = commits.ok ? commits.value : 0;
  return {
    success: true,
    kind,
    message: `Pulled ${count} ${count === 1 ? 'commit' : 'commits'} from ${request.remote}/${branch}`,
    branch: facts.branch,
    from,
    to: to.value,
    commits: count,
    files: changes,
    mixed: checkout.mixes.map(({ path }) => path),
    aside,
    pushed: false,
  };
}

const nothingNew = (head: string | undefined) => ({
  from: head,
  to: head,
  commits: 0,
  files: [],
  mixed: [],
  aside: [],
  pushed: false,
});

/** As git words it. */
async function commitMerge(
  { store, log }: PullDeps,
  plan: PullPlan,
  { facts, fetched, theirs }: Taking & { theirs: string },
): Promise<Result<string>> {
  const { branch, address } = fetched;
  const into = facts.branch === branch ? '' : ` into ${facts.branch}`;
  const from = address.replace(/\/+$/, '').replace(/\.git$/, '');
  for (const { path, side } of plan.aside)
    log.warn(
      `${path}: what ${side === 'ours' ? 'we' : 'they'} wrote could not be merged whole, and waits for a person.`,
    );
  const message = `Merge branch '${branch}' of ${from}${into}\n`;
  return store.storeCommit({ tree: plan.tree, parents: [facts.head ?? '', theirs], message });
}

type Step = Taking & { to: string; signal: StopSignal | undefined };

/** First what is mixed into files that somebody has changed: it is there still when the rest has to begin again. */
async function takeStep(deps: PullDeps, { checkout }: PullPlan, step: Step): Promise<Result<null>> {
  const { held, facts, to, signal } = step;
  const mixed = await writeMixes(deps, checkout, held);
  if (!mixed.ok) return mixed;
  const still = held.check();
  if (!still.ok) return still;
  const { index, files } = checkout;
  const way = { operation: 'pull', branch: facts.branch, from: facts.head, to, index, files };
  const taken = await deps.store.take(way, signal === undefined ? {} : { signal });
  if (!taken.ok || checkout.mixes.length === 0) return taken;
  return deps.notes.write([]);
}

async function writeMixes(
  { notes, tracked, codec }: PullDeps,
  { mixes }: PullPlan['checkout'],
  held: Held,
): Promise<Result<null>> {
  if (mixes.length === 0) return ok(null);
  const mixed = mixes.map(({ path, theirs, next }) => ({ path, theirs, content: codec.sha256(next) }));
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
  { remote, pushMissing = false, signal, progress }: PullRequest,
  { held, facts, fetched }: Taking,
): Promise<PullOutcome> {
  const { head } = facts;
  const message = branchMissing(remote, fetched.branch);
  const outcome: Pulled = {
    success: true,
    kind: 'no-remote-branch',
    message,
    branch: facts.branch,
    ...nothingNew(head),
  };
  if (!pushMissing || head === undefined) return outcome;
  const still = held.check();
  const options = {
    ...(signal === undefined ? {} : { signal }),
    ...(progress === undefined ? {} : { progress }),
  };
  const pushed = still.ok
    ? await remotes.push(remote, { commit: head, branch: fetched.branch }, options)
    : still;
  return pushed.ok ? { ...outcome, pushed: true } : notPulled(pushed.error);
}

/** Of `theirs` that `head` has not. */
async function countCommits(
  { store }: PullDeps,
  head: string | undefined,
  theirs: string,
): Promise<Result<number, Problem>> {
  if (head === undefined) {
    const all = await store.log(theirs, undefined, limits.previewCommits);
    return all.ok ? ok(all.value.length) : all;
  }
  const apart = await store.countApart(head, theirs);
  return apart.ok ? ok(apart.value.behind) : apart;
}
