/**
 * A commit of exactly these paths, as they lie in the work tree: its tree is that of HEAD with them changed, so what
 * somebody has staged is neither in it nor touched by it (DESIGN section 8). The hooks of the repository have their say
 * as in `git commit --only`.
 */
import { limits } from '../../../shared/limits.ts';
import { ok, type Problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import type { StopSignal } from '../lock/repository-lock.ts';
import type { Log } from '../ports.ts';
import type { Hooks } from './hooks.ts';
import { type Begun, makePlain, makeWithHooks } from './make-commit.ts';
import { haveSay, tellAfter } from './pass-hooks.ts';
import { planCommit } from './plan-commit.ts';
import type { GitHistory, GitObjects, IndexChange, RepositoryFacts, Signature, Steps } from './repository.ts';
import { refuseState } from './repository-state.ts';

export type CommitRequest = {
  paths: readonly string[];
  message: string;
  author?: Signature;
  /**
   * Where whoever asks has staged what the index holds. Of `paths`, what lies in the work tree counts; others are not
   * staged any more, where nothing but the index would lose by it.
   */
  ownStaged?: ReadonlySet<string>;
  /** What is left as it is though one of `paths` takes its place; that is left out, then. */
  apart?: ReadonlySet<string>;
  /** Ends a hook that runs. */
  signal?: StopSignal | undefined;
};

export type Committed = {
  /** Undefined when nothing of it differed from the last commit. */
  commit: string | undefined;
  branch: string;
  paths: string[];
  /** What was left out, each with its reason. */
  left: Problem[];
};

export type CommitDeps = {
  store: GitObjects & Steps & Pick<GitHistory, 'compare'>;
  hooks: Hooks;
  log: Pick<Log, 'warn'>;
};

/** What of the lock a commit needs. */
export type CommitHold = Pick<Held, 'check' | 'renew' | 'id' | 'token'>;

/**
 * Fails with `repository-state`, as git does, with `hook-refused`, and with `lock-lost`; the repository is then as it
 * was.
 */
export async function commitPaths(
  deps: CommitDeps,
  request: CommitRequest,
  held: CommitHold,
): Promise<Result<Committed>> {
  for (let tries = 1; ; tries++) {
    const committed = await attempt(deps, request, held);
    const isRaced = !committed.ok && committed.error.code === 'changed-meanwhile';
    if (!isRaced || tries === limits.gitTries) return committed;
  }
}

async function attempt(
  deps: CommitDeps,
  request: CommitRequest,
  held: CommitHold,
): Promise<Result<Committed>> {
  const { store, hooks, log } = deps;
  const facts = await store.facts();
  if (!facts.ok) return facts;
  const state = refuseState(facts.value);
  if (!state.ok) return state;
  const { branch, head } = state.value;
  const plan = await planCommit(store, head, request);
  if (!plan.ok) return plan;
  const { changes, unstaged, left } = plan.value;
  const nothing: Committed = { branch, paths: [], left, commit: undefined };
  if (changes.length === 0) {
    const done = await unstage(store, { branch, head, index: unstaged }, held);
    return done.ok ? ok(nothing) : done;
  }
  const present = await hooks.present();
  const make = haveSay(present, 'message') ? makeWithHooks : makePlain;
  const begun: Begun = { head, changes, index: [...changes, ...unstaged], request, held };
  const step = { operation: 'commit', branch, from: head, index: begun.index, files: [] };
  const { signal } = request;
  const taken = await store.takeOnceMade(
    step,
    () => make(deps, begun),
    signal === undefined ? {} : { signal },
  );
  if (!taken.ok) return taken;
  if (taken.value === undefined) return ok(nothing);
  if (present.has('post-commit'))
    await tellAfter(hooks, 'post-commit', { run: { hold: held, signal }, warn: log.warn });
  return ok({ branch, left, commit: taken.value.to, paths: taken.value.paths });
}

/** A step that moves nothing but the index. A branch without a commit has nothing to go from. */
async function unstage(
  store: Steps,
  { branch, head, index }: { branch: string; head: RepositoryFacts['head']; index: IndexChange[] },
  held: CommitHold,
): Promise<Result<null>> {
  if (index.length === 0 || head === undefined) return ok(null);
  const mayWrite = held.check();
  if (!mayWrite.ok) return mayWrite;
  return store.take({ operation: 'commit', branch, from: head, to: head, index, files: [] });
}
