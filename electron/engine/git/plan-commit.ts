/**
 * What a commit of some paths changes in the tree and in the index, as `git add --all` of these paths would: where one
 * kind of thing takes the place of another, what was there goes with it. What somebody else has staged stays as it is.
 */
import { ok, type Problem, type Result } from '../../../shared/result.ts';
import type { CommitRequest } from './commit.ts';
import {
  findAround,
  type Judged,
  type Looked,
  leaveUnfitting,
  type Role,
  type Verdict,
} from './fit-commit.ts';
import { isBehindLink, isIgnored, isOwnRepository, othersStaged, stagedOtherwise } from './left-out.ts';
import type { GitObjects, IndexChange, RepositoryFacts, TreeEntry } from './repository.ts';
import { isSubmodule } from './submodule.ts';
import { isSameEntry } from './tree-entry.ts';

export type CommitPlan = {
  /** What is to be committed. */
  changes: IndexChange[];
  /** What becomes of the index besides: it goes back to the last commit. */
  unstaged: IndexChange[];
  left: Problem[];
};

type Judge = (looked: Looked) => Verdict;
type Head = RepositoryFacts['head'];

export async function planCommit(
  store: GitObjects,
  head: Head,
  request: CommitRequest,
): Promise<Result<CommitPlan>> {
  const named = new Set(request.paths);
  const own = request.ownStaged ?? new Set();
  const judged: Judged = new Map();
  /** Those that were judged already stay so. */
  const judgeAll = async (paths: Iterable<string>, role: Role, judge: Judge) => {
    const due = [...new Set(paths)].filter((path) => !judged.has(path));
    const looked = await look({ store, head, own }, due, role);
    if (!looked.ok) return looked;
    for (const it of looked.value) judged.set(it.path, { ...it, role, verdict: judge(it) });
    return ok(null);
  };
  const asNamed: Judge = (it) => judgeNamed(it, { named, own });
  const first = await judgeAll(named, 'named', asNamed);
  if (!first.ok) return first;
  const beside = await judgeAll(own, 'own', judgeOwn);
  if (!beside.ok) return beside;
  const around = await findAround(store, head, judged);
  if (!around.ok) return around;
  const replaced = await judgeAll([...around.value.values()].flat(), 'replaced', (it) =>
    request.apart?.has(it.path) ? { kind: 'same' } : asNamed(it),
  );
  if (!replaced.ok) return replaced;
  leaveUnfitting(judged, around.value, request);
  const ignored = await leaveIgnored(store, judged);
  return ignored.ok ? ok(planOf(judged, around.value)) : ignored;
}

type Looking = { store: GitObjects; head: Head; own: ReadonlySet<string> };

async function look(
  { store, head, own }: Looking,
  paths: readonly string[],
  role: Role,
): Promise<Result<Looked[]>> {
  const before = head === undefined ? ok(new Map<string, TreeEntry>()) : await store.entriesAt(head, paths);
  if (!before.ok) return before;
  const staged = await store.staged(paths);
  if (!staged.ok) return staged;
  const looked: Looked[] = [];
  for (const path of paths) {
    const known = { path, was: before.value.get(path), index: staged.value.get(path) };
    // What others staged is theirs, whatever lies there.
    const lies = isStaged(known) && !own.has(path) ? ok(nothingLies) : await lyingAt(store, path, role);
    if (!lies.ok) return lies;
    looked.push({ ...known, lies: lies.value });
  }
  return ok(looked);
}

const nothingLies: Looked['lies'] = { is: 'file', entry: undefined };

/** Stored, unless it will be in no commit: that is no failure either. */
async function lyingAt(store: GitObjects, path: string, role: Role): Promise<Result<Looked['lies']>> {
  const entry = role === 'own' ? await store.entryOnDisk(path) : await store.storeFile(path);
  if (entry.ok) return ok({ is: 'file', entry: entry.value });
  if (entry.error.code !== 'not-found')
    return role === 'own' ? ok({ is: 'other', problem: entry.error }) : entry;
  return ok({ ...(await store.noFileAt(path)), problem: entry.error });
}

const isStaged = ({ index, was }: Pick<Looked, 'index' | 'was'>): boolean =>
  index === 'unmerged' || !isSameEntry(index, was);

/** What the sparse checkout leaves out lies nowhere, and is not deleted by that. */
function judgeNamed(
  looked: Looked,
  { named, own }: { named: ReadonlySet<string>; own: ReadonlySet<string> },
): Verdict {
  const { path, was, index } = looked;
  if (isStaged(looked) && !own.has(path)) return { kind: 'left', problem: othersStaged(path) };
  const lies = fileAt(looked, named);
  if ('problem' in lies) return { kind: 'left', problem: lies.problem };
  const { entry: after } = lies;
  const isOutside = index !== undefined && index !== 'unmerged' && index.outside;
  if (!isSameEntry(after, was))
    return after === undefined && isOutside
      ? { kind: 'same' }
      : { kind: 'changed', change: changeTo(looked, after) };
  if (!isStaged(looked)) return { kind: 'same' };
  // It was staged, and is gone: there is nothing that the index alone would lose.
  if (was === undefined) return { kind: 'unstaged', change: changeTo(looked, undefined) };
  return { kind: 'left', problem: stagedOtherwise(path) };
}

/** What git would hold of it. The place of a file that a folder or a link has taken is empty. */
function fileAt(
  { path, was, index, lies }: Looked,
  named: ReadonlySet<string>,
): { entry: TreeEntry | undefined } | { problem: Problem } {
  if (lies.is === 'file') return { entry: lies.entry };
  const isKnown = was !== undefined || index !== undefined;
  // Of a submodule that nobody has checked out, git knows no more than its folder.
  if (lies.is === 'folder' && index !== 'unmerged' && isSubmodule(index)) return { entry: was };
  if (lies.is === 'folder' && isKnown) return { entry: undefined };
  if (lies.is === 'behind' && isKnown)
    return named.has(lies.link) ? { entry: undefined } : { problem: isBehindLink(path, lies.link) };
  return { problem: lies.is === 'repository' ? isOwnRepository(path) : lies.problem };
}

/** Of what was staged beside the paths: it goes back to the last commit, if nothing but the index would lose by it. */
function judgeOwn(looked: Looked): Verdict {
  const { path, was, index, lies } = looked;
  if (!isStaged(looked)) return { kind: 'same' };
  const isGone = lies.is === 'folder' || lies.is === 'behind';
  const entry = lies.is === 'file' ? lies.entry : undefined;
  const isKept = index === 'unmerged' || ((lies.is === 'file' || isGone) && isSameEntry(entry, index));
  return isKept
    ? { kind: 'unstaged', change: changeTo(looked, was) }
    : { kind: 'left', problem: stagedOtherwise(path) };
}

const changeTo = (looked: Looked, after: TreeEntry | undefined): IndexChange => ({
  path: looked.path,
  before: looked.was,
  after,
  ...overStaged(looked),
});

/** What an index change says where more than what was is replaced. */
function overStaged(looked: Looked): Pick<IndexChange, 'staged'> {
  const { index } = looked;
  if (!isStaged(looked)) return {};
  if (index === undefined || index === 'unmerged') return { staged: index ?? 'nothing' };
  return { staged: { mode: index.mode, id: index.id } };
}

async function leaveIgnored(store: GitObjects, judged: Judged): Promise<Result<null>> {
  const added = [...judged.values()].filter(
    ({ verdict, was }) => verdict.kind === 'changed' && was === undefined,
  );
  const ignored = await store.ignored(added.map(({ path }) => path));
  if (!ignored.ok) return ignored;
  for (const it of added)
    if (ignored.value.has(it.path)) it.verdict = { kind: 'left', problem: isIgnored(it.path) };
  return ok(null);
}

/** What nobody named goes only where something comes into its place. */
function planOf(judged: Judged, around: ReadonlyMap<string, readonly string[]>): CommitPlan {
  const coming = [...judged.values()].filter(
    ({ verdict }) => verdict.kind === 'changed' && verdict.change.after,
  );
  const replaced = new Set(coming.flatMap(({ path }) => around.get(path) ?? []));
  const plan: CommitPlan = { changes: [], unstaged: [], left: [] };
  for (const { path, role, verdict } of judged.values()) {
    if (role === 'replaced' && (verdict.kind === 'left' || !replaced.has(path))) continue;
    if (verdict.kind === 'changed') plan.changes.push(verdict.change);
    else if ('change' in verdict && verdict.change) plan.unstaged.push(verdict.change);
    if (verdict.kind === 'left') plan.left.push(verdict.problem);
  }
  return plan;
}
