/** What a pull would do, from what was fetched. Changes nothing but what git stores. */
import { err, ok, type Result } from '../../../shared/result.ts';
import { refuseHostile } from './hostile-tree.ts';
import { mergeHistories } from './merge-histories.ts';
import { type Checkout, type CheckoutDeps, planCheckout } from './plan-checkout.ts';
import type { Aside } from './pull-outcome.ts';
import { isCutOff, isUnrelated } from './pull-problems.ts';
import type { GitStore, MixedNotes, TreeChange } from './repository.ts';

export type PlanDeps = Omit<CheckoutDeps, 'store'> & { store: GitStore; notes: Pick<MixedNotes, 'read'> };

/** A repository that a pull or push may work on. */
export type OnBranch = { top: string; branch: string; head: string | undefined; isShallow: boolean };

export type PullPlan = {
  kind: 'up-to-date' | 'fast-forward' | 'merge';
  /** The tree that will be checked out. */
  tree: string;
  changes: readonly TreeChange[];
  checkout: Checkout;
  conflicts: readonly string[];
  aside: readonly Aside[];
};

/** Where it comes from, for what it says when it cannot be. */
export type Coming = { theirs: string; remote: string; branch: string };

const nothing: Checkout = { index: [], files: [], mixes: [], obstacles: [] };

export async function planPull(deps: PlanDeps, facts: OnBranch, coming: Coming): Promise<Result<PullPlan>> {
  const { store } = deps;
  const { theirs } = coming;
  if (facts.head === undefined) return planFirst(deps, theirs);
  const base = await store.mergeBase(facts.head, theirs);
  if (!base.ok) return base;
  if (base.value === theirs)
    return ok({ kind: 'up-to-date', tree: theirs, changes: [], checkout: nothing, conflicts: [], aside: [] });
  if (base.value === facts.head)
    return planTree(deps, { kind: 'fast-forward', from: facts.head, tree: theirs });
  if (base.value === undefined) return err(haveNoBase(facts, coming));
  const merged = await mergeHistories(deps, { base: base.value, ours: facts.head, theirs });
  if (!merged.ok) return merged;
  const { tree, conflicts, aside } = merged.value;
  if (conflicts.length > 0)
    return ok({ kind: 'merge', tree, changes: [], checkout: nothing, conflicts, aside });
  return planTree(deps, { kind: 'merge', from: facts.head, tree, aside });
}

/** The branch here has no commit yet: it begins with theirs. */
async function planFirst(deps: PlanDeps, theirs: string): Promise<Result<PullPlan>> {
  const empty = await deps.store.storeTree(undefined, new Map());
  return empty.ok ? planTree(deps, { kind: 'fast-forward', from: empty.value, tree: theirs }) : empty;
}

type Way = { kind: PullPlan['kind']; from: string; tree: string; aside?: readonly Aside[] };

async function planTree(deps: PlanDeps, { kind, from, tree, aside = [] }: Way): Promise<Result<PullPlan>> {
  const changes = await deps.store.compare(from, tree);
  if (!changes.ok) return changes;
  const harmless = refuseHostile(changes.value);
  if (!harmless.ok) return harmless;
  const mixed = await deps.notes.read();
  if (!mixed.ok) return mixed;
  const checkout = await planCheckout(deps, changes.value, mixed.value);
  if (!checkout.ok) return checkout;
  return ok({ kind, tree, changes: changes.value, checkout: checkout.value, conflicts: [], aside });
}

function haveNoBase(facts: OnBranch, { remote, branch }: Coming) {
  return facts.isShallow ? isCutOff(facts.top) : isUnrelated(facts.top, remote, branch);
}
