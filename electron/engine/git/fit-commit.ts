/**
 * No tree and no index holds a file where it holds a folder: what is to come into a commit has to fit to what stays
 * there, be it that somebody else has staged it, and is left out otherwise.
 */
import { foldersAbove } from '../../../shared/domain/paths.ts';
import { ok, type Problem, type Result } from '../../../shared/result.ts';
import { inTheWay, isReplacedByLeft, stagedOtherwise } from './left-out.ts';
import type {
  GitObjects,
  IndexChange,
  NoFile,
  RepositoryFacts,
  StagedEntry,
  TreeEntry,
} from './repository.ts';
import { isSubmodule } from './submodule.ts';
import { isSameEntry } from './tree-entry.ts';

/** A path in the last commit, in the index, and in the work tree. */
export type Looked = {
  path: string;
  was: TreeEntry | undefined;
  index: StagedEntry | undefined;
  lies: { is: 'file'; entry: TreeEntry | undefined } | (NoFile & { problem: Problem });
};

/** `unstaged`: there is nothing to commit, and the index forgets what it holds of it; so it may of what is left out. */
export type Verdict =
  | { kind: 'changed' | 'unstaged'; change: IndexChange }
  | { kind: 'left'; problem: Problem; change?: IndexChange }
  | { kind: 'same' };

/** Why a path counts: `own` was staged by whoever commits, `replaced` is what lies in the way of what comes. */
export type Role = 'named' | 'own' | 'replaced';
export type Judged = Map<string, Looked & { role: Role; verdict: Verdict }>;

/** By each path that comes: what the last commit and the index hold above and below it. */
export async function findAround(
  store: Pick<GitObjects, 'entriesAt' | 'entriesBelow' | 'staged' | 'stagedBelow'>,
  head: RepositoryFacts['head'],
  judged: Judged,
): Promise<Result<Map<string, string[]>>> {
  const coming = [...judged.values()].filter((it) => comes(it));
  const paths = coming.map(({ path }) => path);
  const above = [...new Set(paths.flatMap(foldersAbove))];
  const added = coming.filter(({ was }) => was === undefined).map(({ path }) => path);
  const none = ok(new Map<string, TreeEntry>());
  const found = [
    head === undefined ? none : await store.entriesAt(head, above),
    await store.staged(above),
    head === undefined ? none : await store.entriesBelow(head, added),
    await store.stagedBelow(paths),
  ];
  const files = new Set(above.filter((path) => comes(judged.get(path))));
  for (const some of found) {
    if (!some.ok) return some;
    for (const path of some.value.keys()) files.add(path);
  }
  return ok(meet(paths, files));
}

/** The files that stand above or below each path. */
function meet(paths: readonly string[], files: ReadonlySet<string>): Map<string, string[]> {
  const known = new Set(paths);
  const around = new Map(paths.map((path) => [path, foldersAbove(path).filter((it) => files.has(it))]));
  for (const file of files)
    for (const path of foldersAbove(file)) if (known.has(path)) around.get(path)?.push(file);
  return around;
}

const comes = (it: { verdict: Verdict } | undefined): boolean =>
  it !== undefined && 'change' in it.verdict && it.verdict.change?.after !== undefined;

/** Leaves out what does not fit; what is left out may be in the way of others. */
export function leaveUnfitting(
  judged: Judged,
  around: ReadonlyMap<string, readonly string[]>,
  { apart, ownStaged }: { apart?: ReadonlySet<string>; ownStaged?: ReadonlySet<string> },
): void {
  for (let isFitting = false; !isFitting; ) {
    isFitting = true;
    for (const it of judged.values()) {
      const stays = comes(it) && around.get(it.path)?.find((path) => staysThere(judged.get(path)));
      if (!stays) continue;
      const blocking = judged.get(stays);
      const why = blocking && reasonOf(blocking, { apart, ownStaged });
      const problem = it.role === 'own' ? stagedOtherwise(it.path) : inTheWay(it.path, stays, why);
      it.verdict = { kind: 'left', problem, ...forgotten(it) };
      for (const path of around.get(it.path) ?? []) keepReplaced(judged.get(path), it.path);
      isFitting = false;
    }
  }
}

/** Half of it, that what was there is gone, would be a commit in which there is nothing. */
function keepReplaced(it: (Looked & { verdict: Verdict }) | undefined, by: string): void {
  if (it?.verdict.kind !== 'changed' || it.verdict.change.after !== undefined) return;
  const { path, was, index, verdict } = it;
  const isStaged = index === 'unmerged' || !isSameEntry(index, was);
  const change = isStaged ? { change: { ...verdict.change, after: was } } : {};
  it.verdict = { kind: 'left', problem: isReplacedByLeft(path, by), ...change };
}

/** What was staged to be new, and lies there so: later commits would leave it out as somebody else's. */
function forgotten({ verdict, was, index, lies }: Looked & { verdict: Verdict }): { change?: IndexChange } {
  if (verdict.kind !== 'changed' || was !== undefined || index === undefined) return {};
  const isThere = index === 'unmerged' || (lies.is === 'file' && isSameEntry(lies.entry, index));
  return isThere ? { change: { ...verdict.change, after: undefined } } : {};
}

function staysThere(it: (Looked & { verdict: Verdict }) | undefined): boolean {
  if (it === undefined) return false;
  const { verdict, was, index } = it;
  const inTree = verdict.kind === 'changed' ? verdict.change.after : was;
  const inIndex = 'change' in verdict && verdict.change ? verdict.change.after : index;
  return inTree !== undefined || inIndex !== undefined;
}

export type WhyInTheWay = 'submodule' | 'staged' | 'outside' | 'apart' | undefined;

function reasonOf(
  { path, was, index }: Looked,
  {
    apart,
    ownStaged,
  }: { apart: ReadonlySet<string> | undefined; ownStaged: ReadonlySet<string> | undefined },
): WhyInTheWay {
  if (index === 'unmerged' || !isSameEntry(index, was)) return ownStaged?.has(path) ? 'apart' : 'staged';
  if (isSubmodule(was)) return 'submodule';
  if (apart?.has(path)) return 'apart';
  return index?.outside ? 'outside' : undefined;
}
