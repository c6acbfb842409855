/**
 * A repository that Skein writes to, as the work on commits and pulls needs it. Ids are git's, in hex. Paths are
 * relative to the top of the work tree, with `/`, as git knows them.
 */
import type { Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import type { StopSignal } from '../lock/repository-lock.ts';

/** What git was in the middle of when it stopped, or somebody is now. */
export type Unfinished = 'merge' | 'rebase' | 'cherry-pick' | 'revert' | 'bisect' | 'am';

export type RepositoryFacts = {
  /** The folder of the work tree; undefined for a bare repository. */
  top: string | undefined;
  /** Where the workspace lies in it: '' or a folder that ends with `/`. */
  prefix: string;
  /** The short name of the branch; undefined when HEAD is detached. */
  branch: string | undefined;
  /** The commit of HEAD; undefined on a branch without commits. */
  head: string | undefined;
  isShallow: boolean;
  unfinished: Unfinished | undefined;
};

/** `mode` as in a tree: 100644, 100755, 120000 (a link), 160000 (a submodule). */
export type TreeEntry = { mode: string; id: string };
/**
 * What the index holds at a path; `unmerged` in a conflict, or when it was only announced (`git add -N`). `outside`: the
 * sparse checkout leaves it out of the work tree.
 */
export type StagedEntry = (TreeEntry & { outside: boolean }) | 'unmerged';
/** What is no file: `repository` is a folder that is one of its own, `behind` what lies behind a link. */
export type NoFile = { is: 'folder' | 'repository' | 'other' } | { is: 'behind'; link: string };
/** What becomes of a path; undefined: nothing is there. */
export type TreeChange = { path: string; before: TreeEntry | undefined; after: TreeEntry | undefined };

/**
 * `outside`: what comes is new, and the sparse checkout leaves it out of the work tree. `staged`: what the index holds in
 * place of `before`, and is replaced, too.
 */
export type IndexChange = TreeChange & { outside?: true; staged?: TreeEntry | 'unmerged' | 'nothing' };

/** One path whose two versions git could not merge; undefined where a side has none. */
export type MergeConflict = {
  path: string;
  base: TreeEntry | undefined;
  ours: TreeEntry | undefined;
  theirs: TreeEntry | undefined;
};

/** Who is named in a commit. */
export type Signature = { name: string; email: string };

/** A commit in one line of a list. */
export type CommitSummary = { id: string; author: Signature; atMs: number; subject: string };

export type NewCommit = {
  tree: string;
  parents: readonly string[];
  message: string;
  /** Whoever git is set up for unless told. */
  author?: Signature;
};

/**
 * One step from a commit to the next: of the work tree, the index and the branch. It happens whole or not at all; what
 * a crash interrupts is finished, or given up, by `settle`.
 */
export type RepositoryStep = {
  /** In words, for whoever finds the step unfinished: `commit`, `pull`. */
  operation: string;
  branch: string;
  from: string | undefined;
  to: string;
  /** What becomes of the index; paths that are not named stay as they are. */
  index: readonly IndexChange[];
  /** Files of the work tree that become others: only those that still are what `before` says. And submodules that begin or end. */
  files: readonly TreeChange[];
};

export type StoreOptions = { signal?: StopSignal };

/** The commit of a step, and what becomes of the index after all. */
export type MadeStep = Pick<RepositoryStep, 'to' | 'index'>;

/** Every call fails with `git-unavailable` where git cannot be run, and with `git-failed` and git's own words. */
export type GitObjects = {
  facts(): Promise<Result<RepositoryFacts>>;
  /** What a commit or tree holds at these paths; a path with nothing is not in the answer. */
  entriesAt(treeish: string, paths: readonly string[]): Promise<Result<Map<string, TreeEntry>>>;
  staged(paths: readonly string[]): Promise<Result<Map<string, StagedEntry>>>;
  /** What a commit or tree holds below these folders, by path. */
  entriesBelow(treeish: string, folders: readonly string[]): Promise<Result<Map<string, TreeEntry>>>;
  /** The same of the index. */
  stagedBelow(folders: readonly string[]): Promise<Result<Map<string, StagedEntry>>>;
  /** Those of the paths that git was told to overlook. */
  ignored(paths: readonly string[]): Promise<Result<Set<string>>>;
  /** Those of the paths, which may be new, that the sparse checkout leaves out of the work tree. */
  outside(paths: readonly string[]): Promise<Result<Set<string>>>;
  readBlob(id: string): Promise<Result<Uint8Array>>;
  /** The bytes that a file at this path gets: with its line endings, and through its filters. */
  bytesFor(path: string, id: string): Promise<Result<Uint8Array>>;
  /**
   * Stores what lies at the path as `git add` would, without the index; undefined when nothing lies there. Fails with
   * `not-found` for what git cannot hold, a folder for example.
   */
  storeFile(path: string): Promise<Result<TreeEntry | undefined>>;
  /** Ends the gits that answer questions. */
  close(): void;
  storeBlob(bytes: Uint8Array): Promise<Result<string>>;
  /** The id that what lies at the path would have; undefined when nothing lies there. */
  entryOnDisk(path: string): Promise<Result<TreeEntry | undefined>>;
  /** What lies at a path of which `storeFile` or `entryOnDisk` said that git cannot hold it. */
  noFileAt(path: string): Promise<NoFile>;
  /** Whether a folder lies there with nothing in it. */
  isEmptyFolder(path: string): Promise<boolean>;
  /** The tree of `base` (a commit or tree; undefined: empty) with these paths changed. */
  storeTree(
    base: string | undefined,
    changes: ReadonlyMap<string, TreeEntry | undefined>,
  ): Promise<Result<string>>;
  /** Signed when git is set up so. */
  storeCommit(commit: NewCommit): Promise<Result<string>>;
};

/** What git knows of how commits differ and belong together. */
export type GitHistory = {
  /** What differs between two commits or trees, submodules and links among it; no renames. */
  compare(from: string, to: string): Promise<Result<TreeChange[]>>;
  hasBranch(name: string): Promise<Result<boolean>>;
  /** Undefined when they have nothing in common. */
  mergeBase(one: string, other: string): Promise<Result<string | undefined>>;
  /** The merge as git does it; where it cannot, the tree holds either side and the path is named. */
  mergeTrees(ours: string, theirs: string): Promise<Result<{ tree: string; conflicts: MergeConflict[] }>>;
  /** Commits of `of` that `than` has not, and the other way round. */
  countApart(of: string, than: string): Promise<Result<{ ahead: number; behind: number }>>;
  /** Commits of `of` that `than` has not, the newest first; all of them when `than` is undefined. */
  log(of: string, than: string | undefined, atMost: number): Promise<Result<CommitSummary[]>>;
};

/** Steps are taken, and settled after a crash, one at a time: under the lock of the repository. */
export type Steps = {
  /**
   * Holds git's own `index.lock` meanwhile. Fails with `git-busy` when somebody else holds that for too long, and with
   * `changed-meanwhile`, everything as before, when the branch, the index or a file is not what the step says.
   */
  take(step: RepositoryStep, options?: StoreOptions): Promise<Result<null>>;
  /**
   * The same for a step whose commit is only made while `index.lock` is held, as git makes it around its hooks. What
   * `make` fails with leaves everything as before, and so does its undefined: there is nothing to do. Answers with what
   * was made.
   */
  takeOnceMade<Made extends MadeStep>(
    begun: Omit<RepositoryStep, 'to'>,
    make: () => Promise<Result<Made | undefined>>,
    options?: StoreOptions,
  ): Promise<Result<Made | undefined>>;
  /** Finishes or gives up a step that a crash interrupted; says which. */
  settle(): Promise<Result<'nothing' | 'finished' | 'given-up'>>;
};

export type GitStore = GitObjects & GitHistory & Steps;

/** `index.lock`, held by us, with the next index in it. */
export type HeldIndex = {
  /** Fails with `git-busy` when somebody took it from us. */
  check(): Promise<Result<null>>;
  install(): Promise<Result<null>>;
  /** The next index is to hold these changes instead. Fails as `lockIndex` does. */
  rewrite(changes: readonly TreeChange[]): Promise<Result<null>>;
  /** Everything as before. */
  drop(): Promise<void>;
};

/** What a step is made of. */
export type StepParts = {
  /**
   * Fails with `git-busy`, and with `changed-meanwhile` when the index holds neither what was at a path nor what comes:
   * somebody has staged it.
   */
  lockIndex(changes: readonly IndexChange[], signal?: StopSignal): Promise<Result<HeldIndex>>;
  /** Fails with `changed-meanwhile` when it is not at `from` any more. */
  moveBranch(branch: string, move: Pick<RepositoryStep, 'from' | 'to' | 'operation'>): Promise<Result<null>>;
  /** The commit of a branch. */
  tipOf(branch: string): Promise<Result<string | undefined>>;
  /** Removes what a crash of ours left of `index.lock`. */
  clearOwnLocks(): Promise<void>;
  /** Puts a link in the place of what lies at the path. */
  placeLink(path: string, target: Uint8Array): Promise<Result<null>>;
  /** Permissions of a file that was not there, without those to run it. */
  readonly newFileMode: number;
  /** Removes the folders above these paths that are empty now. */
  pruneFolders(paths: readonly string[]): Promise<void>;
  /** A folder, with those above it, unless there is one. */
  makeFolder(path: string): Promise<Result<null>>;
  /** Removes it if it is a folder with nothing in it; anything else stays. */
  removeEmptyFolder(path: string): Promise<void>;
  /** The step that is being taken, on the disk. */
  readNote(): Promise<Result<RepositoryStep | undefined>>;
  writeNote(step: RepositoryStep): Promise<Result<null>>;
  clearNote(): Promise<Result<null>>;
};

export type Progress = (words: string) => void;
export type RemoteOptions = {
  signal?: StopSignal;
  progress?: Progress;
  /** What a hook of a push finds of the lock under which it runs. */
  hold?: Pick<Held, 'id' | 'token'>;
};

/** The other ends of a repository. Fails with `remote-unreachable`, `remote-refused` (who we are, or what we want). */
export type GitRemotes = {
  /** Undefined when the repository knows no remote of this name. Without what is secret in it. */
  addressOf(remote: string): Promise<Result<string | undefined>>;
  /** Whether the repository knows a remote of any name. */
  hasAny(): Promise<boolean>;
  /** The branch of this remote that the user has set a branch to follow; undefined when none. */
  upstreamOf(remote: string, branch: string): Promise<Result<string | undefined>>;
  /** The commit that the branch has there, now here too; undefined when there is no such branch. */
  fetch(remote: string, branch: string, options?: RemoteOptions): Promise<Result<string | undefined>>;
  /** `rejected`: the branch there has commits that ours has not. */
  push(
    remote: string,
    push: { commit: string; branch: string },
    options?: RemoteOptions,
  ): Promise<Result<'pushed' | 'rejected'>>;
};

/** Files of the workspace that Skein merges, by paths from the top of the work tree. */
export type TrackedFiles = {
  isTracked(path: string): boolean;
  /** Undefined when there is no file. */
  read(path: string): Promise<Result<Uint8Array | undefined>>;
  /** Fails with `changed-meanwhile` when the file holds other bytes than `expected`. */
  write(path: string, write: { expected: Uint8Array; next: Uint8Array }): Promise<Result<null>>;
  /** Removes the temporary files of writes that died, when they hold nothing but what is noted here. Never fails. */
  clearUp(mixed: readonly Mixed[]): Promise<void>;
};

/** A file that was changed without a commit, and into which a pull wrote what comes: it holds both. */
export type Mixed = {
  path: string;
  /** The blob that it took in. */
  theirs: string;
  /** SHA-256 of what it holds, and of what it held before. */
  content: string;
  before: string;
};

/** Remembers across a crash what a pull has mixed already, so that the next one does not count it twice. */
export type MixedNotes = {
  read(): Promise<Result<Mixed[]>>;
  write(mixed: readonly Mixed[]): Promise<Result<null>>;
};
