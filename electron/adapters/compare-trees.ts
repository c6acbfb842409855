/** What differs between two trees, from the trees themselves: git-diff-tree(1) without a process. */
import { ok, type Result } from '../../shared/result.ts';
import type { TreeChange, TreeEntry } from '../engine/git/repository.ts';
import { isFolder, type TreeEntries } from './git-tree.ts';

/** The entries of a commit or a tree; undefined of one that is not as git makes them. */
export type ReadTree = (treeish: string) => Promise<Result<TreeEntries | undefined>>;

type Sides = { before: TreeEntry | undefined; after: TreeEntry | undefined };

/** In the order of git's index. Undefined where a tree is not plain: what is in it is git's to tell. */
export async function compareTrees(
  read: ReadTree,
  from: string,
  to: string,
): Promise<Result<TreeChange[] | undefined>> {
  const changes: TreeChange[] = [];
  const inside = (entry: TreeEntry | undefined): ReturnType<ReadTree> | Result<TreeEntries> =>
    entry !== undefined && isFolder(entry) ? read(entry.id) : ok(new Map());

  /** False when it met a tree that is not plain. */
  async function walk(
    one: ReturnType<typeof inside>,
    other: ReturnType<typeof inside>,
    prefix: string,
  ): Promise<Result<boolean>> {
    const [before, after] = [await one, await other];
    if (!before.ok) return before;
    if (!after.ok) return after;
    if (before.value === undefined || after.value === undefined) return ok(false);
    for (const name of new Set([...before.value.keys(), ...after.value.keys()])) {
      const sides = { before: before.value.get(name), after: after.value.get(name) };
      if (isSame(sides)) continue;
      note(prefix + name, sides);
      const below = await walk(inside(sides.before), inside(sides.after), `${prefix}${name}/`);
      if (!below.ok || !below.value) return below;
    }
    return ok(true);
  }

  function note(path: string, sides: Sides): void {
    const [before, after] = [asFile(sides.before), asFile(sides.after)];
    if (before !== undefined || after !== undefined) changes.push({ path, before, after });
  }

  const walked = await walk(read(from), read(to), '');
  if (!walked.ok) return walked;
  return ok(walked.value ? changes.sort(byPathBytes) : undefined);
}

const isSame = ({ before, after }: Sides): boolean =>
  before?.id === after?.id && before?.mode === after?.mode;

/** Folders are told by what is in them. Old gits wrote more modes than there are now; they mean these two. */
function asFile(entry: TreeEntry | undefined): TreeEntry | undefined {
  if (entry === undefined || isFolder(entry)) return undefined;
  if (!entry.mode.startsWith('100')) return entry;
  const isExecutable = (Number.parseInt(entry.mode, 8) & 0o100) !== 0;
  return { ...entry, mode: isExecutable ? '100755' : '100644' };
}

const byPathBytes = (one: TreeChange, other: TreeChange): number =>
  Buffer.compare(Buffer.from(one.path), Buffer.from(other.path));
