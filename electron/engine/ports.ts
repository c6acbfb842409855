/**
 * Everything that the engine needs from the world. Each port has one real adapter in `electron/adapters/`
 * and one fake in `test/support/`; both pass the same acceptance suite in `test/adapters/`.
 * Paths are relative to the replica's root, with `/`, in Unicode NFC where the disk finds them so, else as the disk
 * has them; '' is the root itself.
 */
import type { Brought, CheckedOut, Unfinished } from '../../shared/domain/movement.ts';
import type { Problem, Result } from '../../shared/result.ts';

export type Cancel = () => void;

export type Clock = {
  /** Unix milliseconds; may jump in both directions. */
  nowMs(): number;
  /** Milliseconds of a clock that never goes back; only differences mean something. */
  monotonicMs(): number;
  /** Runs `task` once after `delayMs`, never before the caller returns. */
  after(delayMs: number, task: () => void): Cancel;
};

export type Random = { bytes(count: number): Uint8Array };

export type Codec = {
  /** Lower-case hex. */
  sha256(bytes: Uint8Array): string;
  /** Lower-case hex; only for the `checksum` that reference/004 documents. */
  md5(bytes: Uint8Array): string;
  /** The id that git gives to a blob of these bytes: SHA-1 over its header and content. */
  gitBlobId(bytes: Uint8Array): string;
  /** zstd. */
  compress(bytes: Uint8Array): Uint8Array;
  /** Throws when the result would be larger than `atMost` bytes, or the input is damaged. */
  decompress(bytes: Uint8Array, atMost: number): Uint8Array;
  /** zstd with `base` as the dictionary: of an edited text only the edit remains. */
  compressDelta(bytes: Uint8Array, base: Uint8Array): Uint8Array;
  /** Throws like `decompress`, and when `base` is another one. */
  decompressDelta(bytes: Uint8Array, base: Uint8Array, atMost: number): Uint8Array;
  toBase64(bytes: Uint8Array): string;
  /** Throws on anything that is no base64. */
  fromBase64(text: string): Uint8Array;
};

/** A content on its way from a peer: packed, maybe as base64, and how many bytes it may unpack to. */
export type PackedContent = { data: string | Uint8Array; size: number };

/** The bytes, their hashes, and as they came. */
export type UnpackedContent = { bytes: Uint8Array; packed: Uint8Array; sha256: string; md5: string };

/**
 * The same answers as `Codec`, worked out a little at a time or in another thread, so that contents however large
 * never hold the event loop. A promise rejects where `Codec` throws, and whenever it cannot be done this way.
 */
export type PatientCodec = {
  /** Contents of up to so many bytes are done by `Codec` before anybody notices. */
  readonly atOnceBytes: number;
  sha256(bytes: Uint8Array): Promise<string>;
  md5(bytes: Uint8Array): Promise<string>;
  gitBlobId(bytes: Uint8Array): Promise<string>;
  /** What `Codec` unpacks; not always the same bytes as it packs. */
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  decompress(bytes: Uint8Array, atMost: number): Promise<Uint8Array>;
  /** Many small contents at once, in their order; undefined for what `Codec` would throw at. */
  unpackAll(contents: readonly PackedContent[]): Promise<(UnpackedContent | undefined)[]>;
  /** Whether `unpackAll` has nothing to start first, which would take longer than unpacking a few hundred contents. */
  isUnpackingReady(): boolean;
};

export type FileStat = {
  kind: 'file' | 'folder' | 'link' | 'other';
  size: number;
  /** Nanoseconds as decimal text: a number would round them. */
  mtimeNs: string;
  ctimeNs: string;
  /** `device:inode`. */
  inode: string;
  /** Permission bits. */
  mode: number;
};

export type FolderEntry = {
  name: string;
  kind: FileStat['kind'];
  /** The name on the disk is no text: `name` is only for people, and opens nothing. */
  unnameable?: true;
};

/** A file opened for reading: it stays this very inode, whatever happens to its name. */
export type HeldFile = {
  stat(): Promise<FileStat>;
  read(): Promise<Uint8Array>;
  close(): Promise<void>;
};

export type Files = {
  /** True when the disk treats `A.md` and `a.md` as one file. */
  readonly caseInsensitive: boolean;
  /** Entries of a folder, unsorted; undefined when it is gone or not a folder. Fails with `no-permission` or `unreadable`. */
  list(folder: string): Promise<Result<FolderEntry[] | undefined>>;
  /** Never follows a link at the end of the path. Undefined when nothing is there. */
  stat(path: string): Promise<Result<FileStat | undefined>>;
  /**
   * Where a link leads, as a path inside the root; fails with `link-leaves` when that is outside,
   * dangling counts as undefined.
   */
  resolveLink(path: string): Promise<Result<string | undefined>>;
  /** Opens for reading without following a link; undefined when nothing is there or it is not a file. */
  hold(path: string): Promise<Result<HeldFile | undefined>>;
  /**
   * Writes a new file with fsync in `folder` (made when missing) and returns its path and facts; `mode` are permission
   * bits, and `label` is a part of its name.
   */
  writeTemporary(
    folder: string,
    bytes: Uint8Array,
    mode: number,
    label?: string,
  ): Promise<Result<{ path: string; stat: FileStat }>>;
  /** Atomically gives the file at `from` the name `to`, replacing what is there, and syncs the folder. */
  rename(from: string, to: string): Promise<Result<void>>;
  /**
   * Atomically swaps the names of two files of one folder, so that whatever lay at either is still there afterwards.
   * False where the system cannot, and then nothing happened. Fails with `changed-meanwhile` when one is gone.
   */
  exchange(one: string, other: string): Promise<Result<boolean>>;
  /** Gives the file at `from` the name `to` if nothing has that name; false when something has: then nothing happened. */
  place(from: string, to: string): Promise<Result<boolean>>;
  /** Removes a file; gone already is no failure. */
  remove(path: string): Promise<Result<void>>;
};

/** A place that may have changed. A folder path means: list it again. Only a hint (DESIGN rule 2). */
export type Hint = { path: string };

export type WatchOutcome = {
  mode: 'native' | 'polling';
  watchedFolders: number;
  /** Why some folders are not watched; undefined when all are. */
  problem?: Problem;
};

export type Watcher = {
  /**
   * Watches exactly these folders and no others; folders that vanish are forgotten silently. What happens in a folder
   * from now on is hinted, so watch first, then list. Where the system begins a little later, a folder that is new in
   * the set is hinted once, and so is one whose name another folder has taken.
   */
  setFolders(folders: ReadonlySet<string>): WatchOutcome;
  close(): void;
};
/** `onHint` may be called with the path of a file in a watched folder or of the folder itself, late, twice or never. */
export type OpenWatcher = (onHint: (hint: Hint) => void) => Watcher;

export type SqlValue = string | number | bigint | null | Uint8Array;
export type Statement<Row> = {
  run(...values: SqlValue[]): { changes: number; lastPosition: number };
  get(...values: SqlValue[]): Row | undefined;
  all(...values: SqlValue[]): Row[];
};
/** Synchronous SQL. Throws `ProblemError` with disk-full, read-only, database-corrupt or database-busy. */
export type Sql = {
  /** Compiled once per text and kept. */
  prepare<Row = Record<string, SqlValue>>(text: string): Statement<Row>;
  exec(text: string): void;
  /** All or nothing; nested calls join the outer one. */
  transaction<Value>(work: () => Value): Value;
  close(): void;
};

/** How far a log went: the node id that it wrote under, and its last position. */
export type LogMark = { node: string; position: number };
/** Keeps one mark apart from the log, so that a log that was put back from a copy does not take it along. */
export type LogMarks = {
  /** Undefined when there is none. Throws `ProblemError` when it cannot be read. */
  read(): LogMark | undefined;
  /** The mark has outlived a power failure when this returns. Throws `ProblemError` when it cannot be kept. */
  write(mark: LogMark): void;
};

export type CommitInfo = {
  id: string;
  atMs: number;
  authorName: string;
  authorEmail: string;
  message: string;
  /** Trailer lines of the message, key lower-cased. */
  trailers: { key: string; value: string }[];
};
/** What `GitRepository.follow` began. */
export type GitMoves = {
  /** Looks for the repository anew: it may have come, gone, or moved. */
  look(): void;
  /** Closing twice is harmless. */
  close(): void;
};
/** A commit that touched a path, and the blob that it left there; undefined where it deleted it. */
export type TouchingCommit = { commit: CommitInfo; blob: string | undefined };

/** Read-only questions to git for attribution; undefined where git or the repository cannot answer. */
export type GitRepository = {
  /**
   * Calls `onMove` when it has begun to watch, and then whenever HEAD or its branch may have moved: by a commit, in a
   * linked worktree too, or from a workspace deep inside the repository. Late, twice, never before it returns, and
   * not at all where there is no repository.
   */
  follow(onMove: () => void): GitMoves;
  /** The commit checked out now. */
  head(): Promise<string | undefined>;
  /** Workspace identity: the oldest root commit. */
  rootCommit(): Promise<string | undefined>;
  /**
   * For each path the newest commits that touched it, newest first, with the blob each left (undefined: deleted there).
   * A path that no commit touched is not in the answer.
   */
  commitsOf(paths: readonly string[], atMost: number): Promise<ReadonlyMap<string, TouchingCommit[]>>;
  /** The commit id behind each line of the path as of `commit`. */
  blame(path: string, commit: string): Promise<string[] | undefined>;
  /** Whether git is in the middle of writing the work tree, or was until a moment before `nowMs`. */
  isAtWork(nowMs: number): Promise<boolean>;
  /** Whether a merge, a rebase or the like stands still, until somebody goes on with it or gives it up. */
  isInTheMiddle(): Promise<boolean>;
  /** How a merge or a rebase that stands still left the path. Undefined while git does not say. */
  unfinishedAt(path: string): Promise<Unfinished | undefined>;
  /** The blobs that git could not merge at the path, of their common past, too; none where it merged, or does not say. */
  unmergedAt(path: string): Promise<readonly string[]>;
  /**
   * The movement since `sinceMs` that brought what lies at the path: bytes that git calls one of `blobs`, or nothing when
   * there are none; they are asked for only when git did touch the path. Undefined when what touched it last brought
   * something else, or only committed what lay there.
   */
  movementBehind(
    path: string,
    blobs: () => Promise<readonly string[]>,
    sinceMs: number,
  ): Promise<Brought | undefined>;
  /** What is checked out now; undefined without a commit, and in the middle of a merge, a rebase or the like. */
  checkedOut(): Promise<CheckedOut | undefined>;
  /**
   * Whether a file that was committed at `home`, as `lay` says, is there again: the branch of `home`, which grew since if
   * at all, has at the path what is checked out and lies here, as `lying` says. Both say it in the blobs of git, none for
   * no file. Of a branch that is gone that is said of what is checked out; never without a branch, nor in the middle of a
   * merge or the like.
   */
  isAtHome(
    path: string,
    home: CheckedOut,
    blobs: { lying(): Promise<readonly string[]>; lay(): Promise<readonly string[]> },
  ): Promise<boolean>;
  /** Whether the branch of `place` is checked out, and holds its commit still; or the one in which its work has ended. */
  isThere(place: CheckedOut): Promise<boolean>;
  /** Whether the commit has one of these blobs at the path; with none, whether it has no file there. */
  hasCommitted(commit: string, path: string, blobs: readonly string[]): Promise<boolean>;
  /** Whether a stash took something from the path that it can bring back. */
  isStashed(path: string): Promise<boolean>;
};

/** Processes that look like an agent, or run under one, and have the path open for writing. Never fails. */
export type FileHolders = {
  holdersOf(path: string): Promise<{ pid: number; command: string; agent: string }[]>;
};

export type Log = {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
};

export type EnginePorts = {
  clock: Clock;
  random: Random;
  codec: Codec;
  patientCodec: PatientCodec;
  files: Files;
  openWatcher: OpenWatcher;
  sql: Sql;
  marks: LogMarks;
  git: GitRepository;
  holders: FileHolders;
  log: Log;
};
