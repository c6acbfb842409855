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
  IndexChange,
  RepositoryFacts,
  Signature,
  StagedEntry,
  Steps,
  TreeEntry,
} from './repository.ts';
import { refuseState } from './repository-state.ts';
import { isSameEntry } from './tree-entry.ts';

export type CommitRequest = {
  paths: readonly string[];
  message: string;
  author?: Signature;
  /**
   * Where whoever asks has staged what the index holds. Of `paths`, what lies in the work tree counts; others are not
   * staged any more, where nothing but the index would lose by it.
   */
  ownStaged?: ReadonlySet<string>;
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
  const found = await findChanges(store, head, request);
  if (!found.ok) return found;
  const beside = await findUnstaged(store, head, request);
  if (!beside.ok) return beside;
  const { changes } = found.value;
  const { changes: unstaged } = beside.value;
  const left = [...found.value.left, ...beside.value.left];
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

type Found = { changes: IndexChange[]; left: Problem[] };

/** What of the paths differs from HEAD and may be committed. */
async function findChanges(
  store: GitObjects,
  head: RepositoryFacts['head'],
  request: CommitRequest,
): Promise<Result<Found>> {
  const paths = [...new Set(request.paths)];
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
    else if (isStaged(index, was) && !request.ownStaged?.has(path)) found.left.push(othersStaged(path));
    else {
      const added = await addTo(found, store, { path, was, index });
      if (!added.ok) return added;
    }
  }
  return withoutIgnored(store, found);
}

const isStaged = (index: StagedEntry | undefined, was: TreeEntry | undefined): boolean =>
  index === 'unmerged' || !isSameEntry(index, was);

type Candidate = { path: string; was: TreeEntry | undefined; index: StagedEntry | undefined };

/** What the sparse checkout leaves out lies nowhere, and is not deleted by that. */
async function addTo(
  { changes, left }: Found,
  store: GitObjects,
  { path, was, index }: Candidate,
): Promise<Result<null>> {
  const isOutside = index !== undefined && index !== 'unmerged' && index.outside;
  const after = await store.storeFile(path);
  if (!after.ok && after.error.code !== 'not-found') return after;
  if (!after.ok) left.push(after.error);
  else if (!isSameEntry(after.value, was) && !(after.value === undefined && isOutside))
    changes.push({ path, before: was, after: after.value, ...overStaged(index, was) });
  else if (isStaged(index, was)) left.push(stagedOtherwise(path));
  return ok(null);
}

/** What an index change says where more than what was is replaced. */
function overStaged(index: StagedEntry | undefined, was: TreeEntry | undefined): Pick<IndexChange, 'staged'> {
  if (!isStaged(index, was)) return {};
  if (index === undefined || index === 'unmerged') return { staged: index ?? 'nothing' };
  return { staged: { mode: index.mode, id: index.id } };
}

/** What of the index goes back to the last commit: it is staged as it lies there, and is not to be committed. */
async function findUnstaged(
  store: GitObjects,
  head: RepositoryFacts['head'],
  { paths, ownStaged = new Set() }: CommitRequest,
): Promise<Result<Found>> {
  const named = new Set(paths);
  const others = [...ownStaged].filter((path) => !named.has(path));
  // An index holds no file where it holds a folder.
  const folders = new Set([...ownStaged].flatMap(foldersAbove));
  const before = head === undefined ? ok(new Map<string, TreeEntry>()) : await store.entriesAt(head, others);
  if (!before.ok) return before;
  const staged = await store.staged(others);
  if (!staged.ok) return staged;
  const found: Found = { changes: [], left: [] };
  for (const path of others) {
    const [was, index] = [before.value.get(path), staged.value.get(path)];
    if (!isStaged(index, was)) continue;
    const lies = await store.entryOnDisk(path);
    const isKept = index === 'unmerged' || (lies.ok && isSameEntry(lies.value, index));
    if (isKept && !folders.has(path))
      found.changes.push({ path, before: was, after: was, ...overStaged(index, was) });
    else found.left.push(stagedOtherwise(path));
  }
  return ok(found);
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

async function withoutIgnored(store: GitObjects, { changes, left }: Found): Promise<Result<Found>> {
  const added = changes.filter(({ before }) => before === undefined).map(({ path }) => path);
  const ignored = await store.ignored(added);
  if (!ignored.ok) return ignored;
  return ok({
    changes: changes.filter(({ path }) => !ignored.value.has(path)),
    left: [...left, ...[...ignored.value].map(isIgnored)],
  });
}

const othersStaged = (path: string): Problem =>
  problem(
    'uncommitted-changes',
    path,
    `${path} was left out: somebody has staged it, and Skein commits nothing that others staged.`,
    'Commit it yourself, or take it out of the index.',
  );

const stagedOtherwise = (path: string): Problem =>
  problem(
    'uncommitted-changes',
    path,
    `${path} was left out and is still staged: what the task staged of it is not what lies there.`,
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
