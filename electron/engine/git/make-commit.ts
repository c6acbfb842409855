/** Makes the commit of a step while `index.lock` is held: its tree, what hooks say to it, and the object. */
import { ok, type Result } from '../../../shared/result.ts';
import type { CommitDeps, CommitHold, CommitRequest } from './commit.ts';
import { passHooks } from './pass-hooks.ts';
import type { GitObjects, MadeStep, TreeChange } from './repository.ts';
import { isSameEntry } from './tree-entry.ts';

export type Begun = {
  head: string | undefined;
  changes: readonly TreeChange[];
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
  return ok({ to: commit.value, index: begun.changes, paths: pathsOf(begun.changes) });
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
  const index = isSame ? changes : await withoutStaged(store, changes.value);
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

/** What a hook took into the commit beside its paths, and somebody has staged otherwise, stays staged. */
async function withoutStaged(
  store: GitObjects,
  changes: readonly TreeChange[],
): Promise<Result<readonly TreeChange[]>> {
  const staged = await store.staged(pathsOf(changes));
  if (!staged.ok) return staged;
  return ok(
    changes.filter(({ path, before, after }) => {
      const now = staged.value.get(path);
      return now !== 'unmerged' && (isSameEntry(now, before) || isSameEntry(now, after));
    }),
  );
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
