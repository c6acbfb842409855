/**
 * A commit of exactly these paths, as they lie in the work tree: its tree is that of HEAD with them changed, so what
 * somebody has staged is neither in it nor touched by it (DESIGN section 8). The hooks of the repository have their say
 * as in `git commit --only`.
 */
import { foldersAbove } from '../../../shared/domain/paths.ts';
import { limits } from '../../../shared/limits.ts';
import { ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import type { StopSignal } from '../lock/repository-lock.ts';
import type { Log } from '../ports.ts';
import type { Hooks } from './hooks.ts';
import { type Begun, makePlain, makeWithHooks } from './make-commit.ts';
import { haveSay, tellAfter } from './pass-hooks.ts';
import type {
  GitHistory,
  GitObjects,
  RepositoryFacts,
  Signature,
  Steps,
  TreeChange,
  TreeEntry,
} from './repository.ts';
import { refuseState } from './repository-state.ts';
import { isSameEntry } from './tree-entry.ts';

export type CommitRequest = {
  paths: readonly string[];
  message: string;
  author?: Signature;
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
  const found = await findChanges(store, head, [...new Set(request.paths)]);
  if (!found.ok) return found;
  const { changes, left } = found.value;
  if (changes.length === 0) return ok({ branch, paths: [], left, commit: undefined });
  const present = await hooks.present();
  const make = haveSay(present, 'message') ? makeWithHooks : makePlain;
  const step = { operation: 'commit', branch, from: head, index: changes, files: [] };
  const begun: Begun = { head, changes, request, held };
  const { signal } = request;
  const taken = await store.takeOnceMade(
    step,
    () => make(deps, begun),
    signal === undefined ? {} : { signal },
  );
  if (!taken.ok) return taken;
  if (taken.value === undefined) return ok({ branch, paths: [], left, commit: undefined });
  if (present.has('post-commit'))
    await tellAfter(hooks, 'post-commit', { run: { hold: held, signal }, warn: log.warn });
  return ok({ branch, left, commit: taken.value.to, paths: taken.value.paths });
}

type Found = { changes: TreeChange[]; left: Problem[] };

/** What of the paths differs from HEAD and may be committed. */
async function findChanges(
  store: GitObjects,
  head: RepositoryFacts['head'],
  paths: readonly string[],
): Promise<Result<Found>> {
  const above = [...new Set(paths.flatMap(foldersAbove))];
  const before = head === undefined ? ok(new Map()) : await store.entriesAt(head, [...paths, ...above]);
  if (!before.ok) return before;
  const staged = await store.staged(paths);
  if (!staged.ok) return staged;
  const found: Found = { changes: [], left: [] };
  for (const path of paths) {
    const [was, index] = [before.value.get(path), staged.value.get(path)];
    const blocking = foldersAbove(path).find((folder) => before.value.has(folder));
    if (blocking !== undefined) found.left.push(below(path, blocking));
    else if (index === 'unmerged' || !isSameEntry(index, was)) found.left.push(isStaged(path));
    else {
      const added = await addTo(found, store, { path, was, isOutside: index?.outside === true });
      if (!added.ok) return added;
    }
  }
  return withoutIgnored(store, found);
}

type Candidate = { path: string; was: TreeEntry | undefined; isOutside: boolean };

/** What the sparse checkout leaves out lies nowhere, and is not deleted by that. */
async function addTo(
  { changes, left }: Found,
  store: GitObjects,
  { path, was, isOutside }: Candidate,
): Promise<Result<null>> {
  const after = await store.storeFile(path);
  if (!after.ok && after.error.code !== 'not-found') return after;
  if (!after.ok) left.push(after.error);
  else if (!isSameEntry(after.value, was) && !(after.value === undefined && isOutside))
    changes.push({ path, before: was, after: after.value });
  return ok(null);
}

async function withoutIgnored(store: GitObjects, { changes, left }: Found): Promise<Result<Found>> {
  const added = changes.filter(({ before }) => before === undefined).map(({ path }) => path);
  const ignored = await store.ignored(added);
  if (!ignored.ok) return ignored;
  return ok({
    changes: changes.filter(({ path }) => !ignored.value.has(path)),
    left: [...left, ...[...ignored.value].map(isIgnored)],
  });
}

const isStaged = (path: string): Problem =>
  problem(
    'uncommitted-changes',
    path,
    `${path} was left out: somebody has staged it, and Skein commits nothing that others staged.`,
    'Commit it yourself, or take it out of the index.',
  );

const isIgnored = (path: string): Problem =>
  problem(
    'not-found',
    path,
    `${path} was left out: the repository ignores it.`,
    'Take it out of .gitignore if it should be committed.',
  );

const below = (path: string, folder: string): Problem =>
  problem(
    'not-found',
    path,
    `${path} was left out: in the last commit ${folder} is no folder of this repository, but a file, a link or a submodule.`,
    'Commit it where it belongs.',
  );
