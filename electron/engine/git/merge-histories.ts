/** Two histories that parted, made one tree: git's merge, and ours for what Skein tracks. */
import { mergeVersions } from '../../../shared/domain/merge/merge.ts';
import { decodeUtf8 } from '../../../shared/domain/utf8.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { Aside } from './pull-outcome.ts';
import type { GitStore, MergeConflict, TrackedFiles, TreeChange, TreeEntry } from './repository.ts';
import { isSameEntry } from './tree-entry.ts';

type Deps = { store: StoreOfMerge; tracked: Pick<TrackedFiles, 'isTracked'> };
type StoreOfMerge = Pick<
  GitStore,
  'mergeTrees' | 'compare' | 'entriesAt' | 'readBlob' | 'storeBlob' | 'storeTree'
>;

export type Parted = { base: string; ours: string; theirs: string };

export type MergedHistories = {
  tree: string;
  /** What nobody could merge; then the tree is of no use. */
  conflicts: string[];
  aside: Aside[];
};

/** `aside` only holds versions that are not whole in the tree. Changes nothing but what git stores. */
export async function mergeHistories(deps: Deps, parted: Parted): Promise<Result<MergedHistories>> {
  const { store, tracked } = deps;
  const merged = await store.mergeTrees(parted.ours, parted.theirs);
  if (!merged.ok) return merged;
  const both = await changedByBoth(deps, parted);
  if (!both.ok) return both;
  const { tree, conflicts: found } = merged.value;
  const conflicts = found.filter(({ path }) => !tracked.isTracked(path)).map(({ path }) => path);
  if (conflicts.length > 0) return ok({ tree, conflicts, aside: [] });
  const doubtful = new Map(both.value.map((it) => [it.path, it]));
  for (const it of found) doubtful.set(it.path, { ...it, base: doubtful.get(it.path)?.base ?? it.base });
  const before = await store.entriesAt(tree, [...doubtful.keys()]);
  if (!before.ok) return before;
  return mergeFiles(deps, parted, {
    tree,
    files: [...doubtful.values()],
    unsettled: new Set(found.map(({ path }) => path)),
    entries: before.value,
  });
}

/** Tracked paths that each side made something else of. */
async function changedByBoth(
  { store, tracked }: Deps,
  { base, ours, theirs }: Parted,
): Promise<Result<MergeConflict[]>> {
  const mine = await store.compare(base, ours);
  if (!mine.ok) return mine;
  const other = await store.compare(base, theirs);
  if (!other.ok) return other;
  const theirsByPath = new Map(other.value.map((change) => [change.path, change]));
  return ok(
    mine.value.flatMap(({ path, before, after }: TreeChange) => {
      const there = theirsByPath.get(path);
      if (there === undefined || isSameEntry(there.after, after) || !tracked.isTracked(path)) return [];
      return [{ path, base: before, ours: after, theirs: there.after }];
    }),
  );
}

type GitMerge = {
  tree: string;
  files: readonly MergeConflict[];
  /** Those that git could not merge. */
  unsettled: ReadonlySet<string>;
  /** What its tree holds at these paths. */
  entries: ReadonlyMap<string, TreeEntry>;
};

async function mergeFiles(deps: Deps, parted: Parted, git: GitMerge): Promise<Result<MergedHistories>> {
  const changes = new Map<string, TreeEntry | undefined>();
  const conflicts: string[] = [];
  const aside: Aside[] = [];
  for (const file of git.files) {
    const one = await mergeFile(deps, file, git);
    if (!one.ok) return one;
    if (one.value === 'conflict') conflicts.push(file.path);
    else if (one.value !== 'as-git') {
      changes.set(file.path, one.value.entry);
      aside.push(...one.value.aside.map((version) => ({ ...version, commit: parted[version.side] })));
    }
  }
  if (conflicts.length > 0 || changes.size === 0) return ok({ tree: git.tree, conflicts, aside });
  const tree = await deps.store.storeTree(git.tree, changes);
  return tree.ok ? ok({ tree: tree.value, conflicts, aside }) : tree;
}

type MergedFile = { entry: TreeEntry | undefined; aside: Omit<Aside, 'commit'>[] };

async function mergeFile(
  { store }: Deps,
  { path, base, ours, theirs }: MergeConflict,
  git: GitMerge,
): Promise<Result<'conflict' | 'as-git' | MergedFile>> {
  const otherwise = git.unsettled.has(path) ? 'conflict' : 'as-git';
  if (ours === undefined || theirs === undefined) {
    // A deletion gives way to an edit; what git did about a rename stays.
    return ok(otherwise === 'conflict' ? { entry: ours ?? theirs, aside: [] } : otherwise);
  }
  if (!isFile(ours) || !isFile(theirs)) return ok(otherwise);
  const bytes = await readAll(store, [base !== undefined && isFile(base) ? base : undefined, ours, theirs]);
  if (!bytes.ok) return bytes;
  const [from, mine, other] = bytes.value as [Uint8Array | undefined, Uint8Array, Uint8Array];
  if (isPointer(mine) || isPointer(other)) return ok(otherwise);
  const outcome = mergeVersions(from ?? null, [mine, other], { path, keep: 0 });
  const stored = await store.storeBlob(outcome.content);
  if (!stored.ok) return stored;
  const mode = git.entries.get(path)?.mode ?? ours.mode;
  const entry = { mode: isFile({ mode }) ? mode : ours.mode, id: stored.value };
  const sides = [
    { path, side: 'ours', bytes: mine, base: from },
    { path, side: 'theirs', bytes: other, base: from },
  ] as const;
  return ok({ entry, aside: sides.filter((_, index) => outcome.losers.includes(index)) });
}

export const isFile = ({ mode }: Pick<TreeEntry, 'mode'>): boolean => mode === '100644' || mode === '100755';

/** What LFS stores in the place of a file: two of them have no lines in common that mean anything. */
const isPointer = (bytes: Uint8Array): boolean =>
  decodeUtf8(bytes.subarray(0, 40)).text.startsWith('version https://git-lfs.github.com/');

async function readAll(
  store: StoreOfMerge,
  entries: readonly (TreeEntry | undefined)[],
): Promise<Result<(Uint8Array | undefined)[]>> {
  const all: (Uint8Array | undefined)[] = [];
  for (const entry of entries) {
    const bytes = entry === undefined ? ok(undefined) : await store.readBlob(entry.id);
    if (!bytes.ok) return err(bytes.error);
    all.push(bytes.value);
  }
  return ok(all);
}
