/** How an engine is doing: what its parts report, and the status that the user sees. */
import { nextTrigger } from '../../shared/domain/pending.ts';
import { stampMillis } from '../../shared/domain/stamp.ts';
import { limits } from '../../shared/limits.ts';
import { type Problem, problem } from '../../shared/result.ts';
import { readPendingFacts } from './consolidate/record.ts';
import { outstandingProblem } from './consolidate/report-file.ts';
import type { Core } from './core.ts';
import type { EngineState, EngineStatus } from './engine-contract.ts';
import { readMeta, renewedMs } from './log/open-log.ts';
import type { WatchOutcome } from './ports.ts';

export type Condition = {
  running: boolean;
  /** AUTOSYNC_ENABLED=0: nothing happens by itself. */
  disabled: boolean;
  starting: boolean;
  watch: WatchOutcome | undefined;
  lastScanMs: number | null;
  /** Why the last scan could not compare: the folder is gone or unreadable. */
  scanFailure: Problem | undefined;
  /** Why the last event failed: a full disk, a read-only or damaged database, a fault of ours. */
  failure: Problem | undefined;
  /** Folders that could not be searched. */
  walkProblems: readonly Problem[];
  /** Why what others wrote cannot be brought into its files. */
  heldUp: Problem | undefined;
};

export function newCondition(disabled: boolean): Condition {
  return {
    running: false,
    disabled,
    starting: true,
    watch: undefined,
    lastScanMs: null,
    scanFailure: undefined,
    failure: undefined,
    walkProblems: [],
    heldUp: undefined,
  };
}

export const isPaused = (core: Core): boolean => readMeta(core.sql, 'paused') === '1';

export function readStatus(core: Core, condition: Condition): EngineStatus {
  const facts = readPendingFacts(core.sql, core.append.node);
  const trackedFiles = core.known.presentCount();
  const state = stateOf(core, condition);
  const nowMs = core.clock.nowMs();
  const automatic = state !== 'paused' && state !== 'disabled';
  return {
    state,
    pending: facts.pending,
    trackedFiles,
    watchedFiles: trackedFiles + core.looker.problems().size,
    watchedFolders: condition.watch?.watchedFolders ?? 0,
    problems: problemsOf(core, condition),
    lastConsolidationMs: facts.lastConsolidationMs,
    lastScanMs: condition.lastScanMs,
    nextTrigger: automatic ? nextTrigger({ ...facts, nowMs }, core.settings.current()) : null,
  };
}

function stateOf(core: Core, condition: Condition): EngineState {
  if (condition.failure !== undefined || condition.scanFailure !== undefined) return 'error';
  if (condition.disabled) return 'disabled';
  if (isPaused(core)) return 'paused';
  if (condition.starting) return 'starting';
  return condition.watch?.mode === 'polling' ? 'polling' : 'watching';
}

/** Worst first, each once: a folder that is gone fails the scan, and makes a report wait as well. */
function problemsOf(core: Core, condition: Condition): Problem[] {
  const all = [
    condition.failure,
    condition.scanFailure,
    core.settings.problem(),
    clockProblem(core),
    renewedProblem(core),
    ...returnedProblems(core),
    outstandingProblem(core.sql),
    condition.heldUp,
    ...core.looker.problems().values(),
    condition.watch?.problem,
    ...condition.walkProblems,
  ].filter((it) => it !== undefined);
  return [...new Map(all.map((it) => [`${it.code} ${it.subject} ${it.message}`, it])).values()];
}

/** A clock that stands before what the log recorded: stamps still grow, but times are wrong (DESIGN rule 5). */
function clockProblem(core: Core): Problem | undefined {
  const last = core.sql.prepare<{ stamp: string | null }>('SELECT max(stamp) AS stamp FROM log').get()?.stamp;
  if (last == null) return undefined;
  const aheadMs = stampMillis(last) - core.clock.nowMs();
  if (aheadMs <= limits.clockAheadMs) return undefined;
  return problem(
    'clock-wrong',
    'this device',
    `The clock of this device stands ${Math.round(aheadMs / 60_000)} minutes before the newest recorded change.`,
    'Check the date and time of this device. Nothing is lost: the order of changes stays right.',
  );
}

/** Nothing needs to be done, but whoever put a backup back should know what became of it. */
function renewedProblem({ sql, clock }: Core): Problem | undefined {
  const sinceMs = clock.nowMs() - (renewedMs(sql) ?? Number.NEGATIVE_INFINITY);
  if (Math.abs(sinceMs) > limits.renewedNoticeMs) return undefined;
  return problem(
    'log-restored',
    'the log',
    'The log of this workspace is older than what other devices saw of it: it began anew, a backup was put back, a copy of it wrote elsewhere, or the power failed.',
    'Nothing needs to be done. It goes on under a new node id and takes its former changes back from your other devices; your files stay as they are.',
  );
}

/** On both sides: which of the two was away, nobody can tell. */
function returnedProblems({ sql, clock }: Core): Problem[] {
  const since = clock.nowMs() - limits.renewedNoticeMs;
  return sql
    .prepare<{ name: string; away_ms: number }>('SELECT name, away_ms FROM links WHERE back_ms >= ?')
    .all(since)
    .map(({ name, away_ms: awayMs }) =>
      problem(
        'peer-returned',
        name,
        `${name} and this device had not exchanged changes for ${Math.round(awayMs / 86_400_000)} days, longer than old versions are kept for each other.`,
        'Nothing needs to be done: they compared what they hold. What was deleted meanwhile stays deleted; what both changed is merged, or waits in the inbox.',
      ),
    );
}
