/**
 * What the engine of one replica offers to its hosts (HTTP, command line, desktop shell). Queries are
 * synchronous reads of the database; commands go through the engine's one loop and resolve when done.
 */
import type { Change, ChangeKind, FileClass } from '../../shared/domain/change.ts';
import type { Settings } from '../../shared/domain/settings.ts';
import type { Problem, Result } from '../../shared/result.ts';
import type { Cancel } from './ports.ts';
import type { Conflict, ConflictState } from './replicate/inbox.ts';
import type { Decided, ResolveRequest, Verdict } from './replicate/inbox-commands.ts';
import type { KeptAside, PulledAside } from './replicate/keep-aside.ts';
import type { Replication } from './replication.ts';

export type EngineState = 'starting' | 'watching' | 'polling' | 'paused' | 'disabled' | 'error';
export type TriggerType = 'threshold' | 'time_based' | 'manual';

export type Trigger = { type: TriggerType; conditions: Record<string, number>; atMs: number };

export type NextTrigger = {
  type: 'threshold' | 'time_based';
  changesMissing: number;
  dueMs: number | null;
  reason: string;
};

export type EngineStatus = {
  state: EngineState;
  pending: number;
  trackedFiles: number;
  /** Files that the patterns select and the default list names, whether they exist or not (reference: watched_files). */
  watchedFiles: number;
  watchedFolders: number;
  problems: readonly Problem[];
  lastConsolidationMs: number | null;
  lastScanMs: number | null;
  nextTrigger: NextTrigger | null;
};

export type ConsolidationState = 'waiting' | 'written' | 'skipped' | 'undone';
export type Consolidation = {
  position: number;
  stamp: string;
  trigger: Trigger;
  changes: number;
  files: number;
  agents: readonly string[];
  state: ConsolidationState;
  problem: Problem | null;
};

export type ConsolidationOutcome = { trigger: Trigger; changes: number; consolidation: Consolidation | null };
export type ScanOutcome = { files: number; changes: number; durationMs: number };
export type RestoreOutcome = { change: Change | null };

export type SettingsView = {
  settings: Settings;
  fromFile: Record<string, unknown>;
  fileExists: boolean;
  problem: string | null;
};

export type ChangeFilter = {
  before?: number | undefined;
  after?: number | undefined;
  limit: number;
  path?: string | undefined;
  agent?: string | undefined;
  kind?: ChangeKind | undefined;
  fileClass?: string | undefined;
  fromMs?: number | undefined;
  toMs?: number | undefined;
  pending?: boolean | undefined;
  /** Stamp of a consolidation. */
  consolidation?: string | undefined;
};

export type TrackedFile = {
  path: string;
  fileClass: FileClass;
  content: string | null;
  /** Unix milliseconds of the disk's mtime, or of the deletion. */
  modifiedMs: number;
  problem: Problem | null;
  deleted: boolean;
  /** Git put something in the place of what is shared. */
  displaced: boolean;
  versions: number;
  pending: number;
  agent: string;
  position: number;
};

/** Synchronous, read-only, safe at any moment between start and stop. */
export type LogReader = {
  /** Newest first, or oldest first when `after` is given. */
  changes(filter: ChangeFilter): Change[];
  change(position: number): Change | undefined;
  changeByStamp(stamp: string): Change | undefined;
  /** Changes around one in local order, nearest first on each side. */
  neighbours(position: number, each: number): { earlier: Change[]; later: Change[] };
  /** The change of the same file just before and just after. */
  fileNeighbours(change: Change): { earlier: Change | undefined; later: Change | undefined };
  pendingCount(): number;
  /** How many changes a movement of git brought. */
  movedBy(movementId: string): number;
  files(): TrackedFile[];
  /**
   * The path under which the log holds a file: the given one, or the only one that differs from it by nothing but
   * its Unicode form, which nobody sees. Undefined when the log has no such file.
   */
  findPath(given: string): string | undefined;
  /** The bytes of a content, undefined once collected. */
  content(hash: string): Uint8Array | undefined;
  contentFacts(hash: string): { size: number; md5: string } | undefined;
  /** Finds a version: stamp or its beginning (6+), content hash or checksum beginning (6+), `latest`, `latest~N`. */
  resolveVersion(path: string, version: string): Result<Change>;
  consolidations(before: number | undefined, limit: number): Consolidation[];
  consolidationCount(): number;
  /** By stamp or its beginning. */
  consolidation(stamp: string): Consolidation | undefined;
  consolidationAt(position: number): Consolidation | undefined;
  report(position: number): string;
  /** Changes per 15-minute bucket start and agent, baselines left out. */
  activity(fromMs: number, toMs: number): { bucketMs: number; agent: string; changes: number }[];
};

export type EngineEvents = {
  /** One or more changes were recorded. */
  changes: { changes: readonly Change[] };
  /** A consolidation was recorded, written or undone. */
  consolidation: { consolidation: Consolidation; trigger: Trigger };
  /** State, problems or counts moved. */
  status: { status: EngineStatus };
  files: Record<string, never>;
  settings: Record<string, never>;
  /** A peer came, went, or was asked. */
  peers: Record<string, never>;
  /** A conflict or a change that waits for approval came or was decided. */
  inbox: Record<string, never>;
  /** For metrics: how long one check of the disk, or one consolidation, took. */
  measured: { what: 'check' | 'consolidation'; seconds: number; trigger?: TriggerType };
};

export type Engine = {
  readonly id: string;
  readonly name: string;
  /** Absolute path as the user knows it. */
  readonly folder: string;
  readonly log: LogReader;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Forgets what is in memory only to be quick. */
  rest(): void;
  status(): EngineStatus;
  settings(): SettingsView;
  /** Null removes a key. Comments and order of skein.json stay. */
  changeSettings(changes: Record<string, unknown>): Promise<Result<Settings>>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  scan(): Promise<Result<ScanOutcome>>;
  consolidate(): Promise<Result<ConsolidationOutcome>>;
  undoConsolidation(
    stamp: string,
  ): Promise<Result<{ consolidation: Consolidation; changesPendingAgain: number }>>;
  restore(path: string, version: string, agent: string): Promise<Result<RestoreOutcome>>;
  readonly replication: Replication;
  conflicts(state: ConflictState | 'all'): Conflict[];
  resolveConflict(request: ResolveRequest): Promise<Result<Change | null>>;
  /** Changes of instruction files that wait for approval, oldest first. */
  heldChanges(): Change[];
  /** With what they stand on, or what stands on them. Fails with `not-found`. */
  decideHeld(stamps: readonly string[], verdict: Verdict): Promise<Result<Decided>>;
  /** Versions that a pull could not merge go to the inbox. Returns where each waits, unless it stays with git alone. */
  keepAside(versions: readonly PulledAside[]): Promise<Result<KeptAside[]>>;
  /** Listeners run after the transaction; one that throws is logged and harms nobody. */
  on<Name extends keyof EngineEvents>(name: Name, listener: (event: EngineEvents[Name]) => void): Cancel;
};
