/** Makes the commit of a step while `index.lock` is held: its tree, what hooks say to it, and the object. */
import { ok, type Result } from '../../../shared/result.ts';
import type { CommitDeps, CommitHold, CommitRequest } from './commit.ts';
import { passHooks } from './pass-hooks.ts';
import type { GitObjects, IndexChange, MadeStep, TreeChange } from './repository.ts';
import { isSameEntry } from './tree-entry.ts';

export type Begun = {
  head: string | undefined;
  changes: readonly TreeChange[];
  /** The changes, and what else becomes of the index. */
  index: readonly IndexChange[];
  request: CommitRequest;
  held: CommitHold;
};
type Made = MadeStep & { paths: string[] };

const pathsOf = (changes: readonly TreeChange[]): string[] => changes.map(({ path }) => path);

export async function makePlain({ store }: CommitDeps, begun: Begun): Promise<Result<Made>> {
  const tree = await storeTree(store, begun);
  const commit = tree.ok ? await storeCommit(store, { ...begun, tree: tree.value }, begun.request) : tree;
  if (!commit.ok) return commit;
  const mayWrite = begun.held.check();
  if (!mayWrite.ok) return mayWrite;
  return ok({ to: commit.value, index: begun.index, paths: pathsOf(begun.changes) });
}

/** As the hooks leave it; undefined when nothing of it differs from the last commit. */
export async function makeWithHooks(
  { store, hooks }: CommitDeps,
  begun: Begun,
): Promise<Result<Made | undefined>> {
  const { head, held, request } = begun;
  const { message, author, signal } = request;
  const tree = await storeTree(store, begun);
  if (!tree.ok) return tree;
  const draft = { tree: tree.value, message, author, source: 'message' as const };
  const passed = await passHooks(hooks, draft, { held, signal });
  if (!passed.ok) return passed;
  const isSame = passed.value.tree === tree.value;
  const changes: Result<readonly TreeChange[]> = isSame
    ? ok(begun.changes)
    : await changesSince(store, head, passed.value.tree);
  if (!changes.ok) return changes;
  if (changes.value.length === 0) return ok(undefined);
  const index = isSame ? ok(begun.index) : await withoutStaged(store, changes.value, begun.index);
  if (!index.ok) return index;
  const told = { ...request, message: passed.value.message };
  const commit = await storeCommit(store, { head, tree: passed.value.tree }, told);
  if (!commit.ok) return commit;
  const mayWrite = held.check();
  if (!mayWrite.ok) return mayWrite;
  return ok({ to: commit.value, index: index.value, paths: pathsOf(changes.value) });
}

async function changesSince(
  store: CommitDeps['store'],
  head: string | undefined,
  tree: string,
): Promise<Result<readonly TreeChange[]>> {
  const from = head === undefined ? await store.storeTree(undefined, new Map()) : ok(head);
  return from.ok ? store.compare(from.value, tree) : from;
}

/**
 * What a hook took into the commit beside its paths, and somebody has staged otherwise, stays staged. What was to be
 * replaced in the index is so by what the hook made of it.
 */
async function withoutStaged(
  store: GitObjects,
  changes: readonly TreeChange[],
  planned: readonly IndexChange[],
): Promise<Result<readonly IndexChange[]>> {
  const staged = await store.staged(pathsOf(changes));
  if (!staged.ok) return staged;
  const plannedByPath = new Map(planned.map((change) => [change.path, change]));
  const replacing = changes.map((change) => ({ ...plannedByPath.get(change.path), ...change }));
  const index = replacing.filter(({ path, before, after, staged: known }) => {
    const now = staged.value.get(path);
    if (known !== undefined) return true;
    return now !== 'unmerged' && (isSameEntry(now, before) || isSameEntry(now, after));
  });
  const paths = new Set(pathsOf(changes));
  const unstaged = planned.filter(
    ({ path, before, after }) => !paths.has(path) && isSameEntry(before, after),
  );
  return ok([...index, ...unstaged]);
}

const storeTree = (store: GitObjects, { head, changes }: Begun): Promise<Result<string>> =>
  store.storeTree(head, new Map(changes.map(({ path, after }) => [path, after])));

const storeCommit = (
  store: GitObjects,
  { head, tree }: { head: string | undefined; tree: string },
  { message, author }: Pick<CommitRequest, 'message' | 'author'>,
): Promise<Result<string>> =>
  store.storeCommit({
    tree,
    parents: head === undefined ? [] : [head],
    message,
    ...(author === undefined ? {} : { author }),
  });
