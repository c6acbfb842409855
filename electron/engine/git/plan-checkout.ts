/**
 * What has to happen to the index and the work tree for a commit to be checked out, and what stands in the way. What
 * is changed without a commit, but would not be touched or holds what comes already, is no obstacle (DESIGN section 8).
 */
import { mergeVersions } from '../../../shared/domain/merge/merge.ts';
import { foldersAbove } from '../../../shared/domain/paths.ts';
import { together } from '../../../shared/domain/together.ts';
import { limits } from '../../../shared/limits.ts';
import { ok, type Result } from '../../../shared/result.ts';
import type { Codec } from '../ports.ts';
import { isFile } from './merge-histories.ts';
import type { Obstacle } from './pull-outcome.ts';
import type {
  GitStore,
  IndexChange,
  Mixed,
  StagedEntry,
  TrackedFiles,
  TreeChange,
  TreeEntry,
} from './repository.ts';
import { begins, ends, isSubmodule, ofFile } from './submodule.ts';
import { isSameEntry } from './tree-entry.ts';

/** A tracked file that somebody changed without a commit, and what it will hold besides. */
export type Mix = { path: string; theirs: string; expected: Uint8Array; next: Uint8Array };

export type Checkout = {
  index: IndexChange[];
  files: TreeChange[];
  mixes: Mix[];
  obstacles: Obstacle[];
};

export type CheckoutDeps = {
  store: Pick<GitStore, 'staged' | 'outside' | 'entryOnDisk' | 'noFileAt' | 'isEmptyFolder' | 'bytesFor'>;
  tracked: TrackedFiles;
  codec: Pick<Codec, 'sha256'>;
};

/** `mixed` is what an interrupted pull has mixed already. Changes nothing. */
export async function planCheckout(
  deps: CheckoutDeps,
  changes: readonly TreeChange[],
  mixed: readonly Mixed[],
): Promise<Result<Checkout>> {
  const staged = await deps.store.staged(changes.map(({ path }) => path));
  if (!staged.ok) return staged;
  const inTheWay = await findFilesForFolders(deps, changes);
  if (!inTheWay.ok) return inTheWay;
  const created = changes.filter(({ path, after }) => after !== undefined && !staged.value.has(path));
  const outside = await deps.store.outside(created.map(({ path }) => path));
  if (!outside.ok) return outside;
  const plan: Checkout = { index: [], files: [], mixes: [], obstacles: inTheWay.value };
  const around = {
    staged: staged.value,
    outside: outside.value,
    onDisk: await lookAt(deps, changes),
    mixed,
    emptied: foldersEmptied(changes),
  };
  for (const change of changes) {
    const planned = await planPath(deps, change, around, plan);
    if (!planned.ok) return planned;
  }
  return ok(plan);
}

type OnDisk = Result<TreeEntry | undefined>;

async function lookAt({ store }: CheckoutDeps, changes: readonly TreeChange[]): Promise<Map<string, OnDisk>> {
  const paths = changes.map(({ path }) => path);
  const entries = await together(paths, limits.gitFilesAtOnce, store.entryOnDisk);
  return new Map(entries.map((entry, index) => [paths[index] ?? '', entry]));
}

type Around = {
  staged: ReadonlyMap<string, StagedEntry>;
  /** What is new, and lies nowhere all the same. */
  outside: ReadonlySet<string>;
  /** What lay at each path when the plan was begun. */
  onDisk: ReadonlyMap<string, OnDisk>;
  mixed: readonly Mixed[];
  /** Folders of which files go. */
  emptied: ReadonlySet<string>;
};

async function planPath(
  deps: CheckoutDeps,
  change: TreeChange,
  around: Around,
  plan: Checkout,
): Promise<Result<null>> {
  const { path, before, after } = change;
  const inIndex = around.staged.get(path);
  if (inIndex === 'unmerged' || !(isSameEntry(inIndex, before) || isSameEntry(inIndex, after))) {
    plan.obstacles.push({ path, why: inIndex === 'unmerged' ? 'unmerged' : 'staged' });
    return ok(null);
  }
  const isNewOutside = around.outside.has(path);
  plan.index.push({
    path,
    before: inIndex && entryOf(inIndex),
    after,
    ...(isNewOutside && { outside: true }),
  });
  // Of one that moves, git leaves the folder alone.
  if (isSubmodule(before) && isSubmodule(after)) return ok(null);
  const isOutside = isNewOutside || inIndex?.outside === true;
  return planFile(deps, { ...change, isOutside }, around, plan);
}

/** Without what only the index knows of it. */
const entryOf = ({ mode, id }: TreeEntry): TreeEntry => ({ mode, id });

async function planFile(
  deps: CheckoutDeps,
  { isOutside, ...change }: TreeChange & { isOutside: boolean },
  around: Around,
  plan: Checkout,
): Promise<Result<null>> {
  const { path, before, after } = ofFile(change);
  const onDisk = around.onDisk.get(path) ?? ok(undefined);
  if (!onDisk.ok) {
    if (onDisk.error.code !== 'not-found') return onDisk;
    await planFolder(deps, change, around, plan);
    return ok(null);
  }
  const now = onDisk.value;
  if (now === undefined && isOutside) return ok(null);
  if (ends(change) && after === undefined) {
    if (now !== undefined) plan.files.push(change);
  } else if (begins(change) && now === undefined) plan.files.push(change);
  else if (isSameEntry(now, after)) return ok(null);
  else if (isSameEntry(now, before)) plan.files.push(change);
  else return planOther(deps, { path, before, after }, { now, mixed: around.mixed }, plan);
  return ok(null);
}

/** What lies there is neither what was nor what comes. */
async function planOther(
  deps: CheckoutDeps,
  change: TreeChange,
  { now, mixed }: { now: TreeEntry | undefined; mixed: readonly Mixed[] },
  plan: Checkout,
): Promise<Result<null>> {
  const { path, before } = change;
  const mix = now && isFile(now) ? await planMix(deps, change, mixed) : ok(undefined);
  if (!mix.ok) return mix;
  if (mix.value !== undefined) plan.mixes.push(mix.value);
  else plan.obstacles.push({ path, why: before === undefined ? 'untracked' : 'changed' });
  return ok(null);
}

/**
 * A folder lies there: fine when only what goes is in it, which shows when it is taken away. Git would delete what is in
 * that of a submodule to put a file there; here it is in the way.
 */
async function planFolder(
  { store }: CheckoutDeps,
  change: TreeChange,
  { emptied }: Around,
  plan: Checkout,
): Promise<void> {
  const { path, before, after } = ofFile(change);
  const { is } = await store.noFileAt(path);
  // A step makes only what is not there, or goes by it, for whoever undoes it takes away what it made.
  if (begins(change) && (is === 'folder' || is === 'repository') && !emptied.has(path)) return;
  if (begins(change) || (ends(change) && after === undefined)) plan.files.push(change);
  else if (after === undefined) return;
  else if (ends(change) && (await store.isEmptyFolder(path))) plan.files.push(change);
  else if (before === undefined && emptied.has(path)) plan.files.push(change);
  else plan.obstacles.push({ path, why: before === undefined ? 'untracked' : 'changed' });
}

const foldersEmptied = (changes: readonly TreeChange[]): Set<string> =>
  new Set(changes.flatMap(({ path, after }) => (after === undefined ? foldersAbove(path) : [])));

/** What lies, or is staged, where a folder of what comes will be, unless it goes. */
async function findFilesForFolders(
  { store }: CheckoutDeps,
  changes: readonly TreeChange[],
): Promise<Result<Obstacle[]>> {
  const going = new Set(changes.flatMap(({ path, after }) => (after === undefined ? [path] : [])));
  const coming = changes.flatMap(({ path, after }) => (after === undefined ? [] : foldersAbove(path)));
  const folders = [...new Set(coming)].filter((folder) => !going.has(folder));
  const staged = await store.staged(folders);
  if (!staged.ok) return staged;
  const found: Obstacle[] = [];
  for (const path of folders) {
    const onDisk = await store.entryOnDisk(path);
    if (!onDisk.ok && onDisk.error.code !== 'not-found') return onDisk;
    if (staged.value.has(path)) found.push({ path, why: 'staged' });
    else if (onDisk.ok && onDisk.value !== undefined) found.push({ path, why: 'untracked' });
  }
  return ok(found);
}

/** What somebody wrote into a tracked file and what comes, merged; undefined when that leaves something open. */
async function planMix(
  { store, tracked, codec }: CheckoutDeps,
  { path, before, after }: TreeChange,
  mixed: readonly Mixed[],
): Promise<Result<Mix | undefined>> {
  if (!tracked.isTracked(path) || after === undefined || !isFile(after)) return ok(undefined);
  if (before !== undefined && !isFile(before)) return ok(undefined);
  const expected = await tracked.read(path);
  if (!expected.ok) return expected;
  if (expected.value === undefined) return ok(undefined);
  const content = codec.sha256(expected.value);
  // What was mixed in already is what both have in common.
  const done = mixed.find((it) => it.path === path && it.content === content);
  const baseId = done?.theirs ?? before?.id;
  const base = baseId === undefined ? ok(null) : await store.bytesFor(path, baseId);
  if (!base.ok) return base;
  const theirs = await store.bytesFor(path, after.id);
  if (!theirs.ok) return theirs;
  const merged = mergeVersions(base.value, [expected.value, theirs.value], { path, keep: 0 });
  if (!merged.settled) return ok(undefined);
  return ok({ path, theirs: after.id, expected: expected.value, next: merged.content });
}
