/** What each event does. Runs inside the loop: one at a time. */
import { assertNever } from '../../shared/assert.ts';
import type { Change } from '../../shared/domain/change.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, type Result } from '../../shared/result.ts';
import type { GitFinding } from './agents/git-evidence.ts';
import { restoreVersion } from './apply/restore.ts';
import { hasIntents, settleIntents } from './apply/write-intents.ts';
import { type Condition, isPaused } from './condition.ts';
import type { ConsolidationWork } from './consolidation-work.ts';
import { type Core, ownWriteDeps } from './core.ts';
import type { DiskWork } from './disk-work.ts';
import type { EngineStatus } from './engine-contract.ts';
import type { Answers, Command, EngineEvent } from './events.ts';
import type { GitWork } from './git-work.ts';
import { collectVersions } from './log/collect.ts';
import { writeMeta } from './log/open-log.ts';
import { retentionTime } from './log/retention-clock.ts';
import { toProblem } from './loop.ts';
import type { ReplicationWork } from './replicate/replication-work.ts';
import { decide, keepPulled, resolve, takePage } from './replication-commands.ts';
import type { Timers } from './timers.ts';

/** The parts that work on events, and what they share. */
export type Works = {
  core: Core;
  condition: Condition;
  disk: DiskWork;
  consolidation: ConsolidationWork;
  git: GitWork;
  replication: ReplicationWork;
  /** Tells the replicas that we have news. */
  wakePeers(): void;
  /** Passes on what others wrote to whoever still lacks it. */
  relay(): void;
  timers: Timers;
  /** Starts or stops everything that happens by itself. */
  switchTo(on: boolean): void;
  status(): EngineStatus;
};

/**
 * Milliseconds after a change until git is asked who wrote it: an agent commits soon after it writes. While it writes
 * many files that waits, for each question starts a process, which holds up everything else.
 */
const gitWait = { quietMs: 400, latestMs: 2_000 };
/** Milliseconds without a change of others until git is asked about them. */
const gitAfterArrivalMs = 2_000;
/** Milliseconds until a report that could not be written is tried again. */
const retryMs = 5_000;
/** Milliseconds between walks of all folders; in between only the folders that hold tracked files are looked at. */
const everywhereMs = 10 * 60_000;

/** They come with every change, and tell of what they found by themselves. */
const quietKinds = new Set<EngineEvent['kind']>(['disk-hinted', 'look-due', 'version-prepared']);

export async function handleEvent(works: Works, event: EngineEvent): Promise<void> {
  const problemsBefore = works.core.looker.problems().size;
  await workOn(works, event);
  const quiet = quietKinds.has(event.kind);
  const otherProblems = works.core.looker.problems().size !== problemsBefore;
  if (otherProblems) works.core.emitter.emit('files', {});
  if (!quiet || otherProblems) tellStatus(works);
}

/** The status is worked out only when a listener reads it. */
export function tellStatus(works: Works): void {
  works.core.emitter.emit('status', {
    get status() {
      return works.status();
    },
  });
}

/** Records and tidies what writes of ours left that did not come to their end. */
export async function settleWrites(works: Works): Promise<void> {
  const { core, disk } = works;
  const { enterLosers } = works.replication;
  const own = ownWriteDeps(core, disk.recordDisk);
  recorded(works, await settleIntents(own, core.settings.tracked(), enterLosers));
}

/** A write that failed in its middle is settled before anything looks at its file. */
async function settleFailedWrite(works: Works): Promise<void> {
  if (hasIntents(works.core.sql)) await settleWrites(works);
}

async function workOn(works: Works, event: EngineEvent): Promise<void> {
  if (event.kind !== 'command-given') await settleFailedWrite(works);
  switch (event.kind) {
    case 'disk-hinted':
      return recorded(works, await works.disk.lookAtHints());
    case 'look-due':
      return recorded(works, await works.disk.lookAt(event.path));
    case 'version-prepared':
      return recorded(works, await works.disk.recordPrepared(event.version));
    case 'scan-due':
      return scan(works, event.everywhere);
    case 'consolidation-due':
      return works.consolidation.runTriggers();
    case 'settle-due':
      return recorded(works, await works.replication.settleAll());
    case 'relay-due':
      return works.relay();
    case 'git-due':
      works.git.ask();
      return recorded(works, await works.disk.lookAtDisplaced());
    case 'git-answered':
      return believe(works, event.findings);
    case 'collection-due':
      works.timers.daily();
      return void collectVersions(works.core.sql, retentionTime(works.core.sql, works.core.clock.nowMs()));
    case 'command-given':
      return event.reply(await answer(works, event.command));
    default:
      return assertNever(event);
  }
}

/** Changes of our own are in the log: peers get them at once. */
export function recorded(works: Works, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  announce(works, { paths: changes.map(({ path }) => path), changes });
  // Where a file is again what is shared, news may have come since git moved it away.
  if (changes.some(({ path }) => works.replication.mayMove(path)))
    works.timers.once('settle', 0, { kind: 'settle-due' });
  works.timers.whenQuiet('git', gitWait, { kind: 'git-due' });
  works.wakePeers();
}

/** Changes that are in the log now, and their files. Listeners that do not look at the changes need not wait for them. */
export type News = { paths: readonly string[]; readonly changes: readonly Change[] };

/** Changes of others are in the log. Git is asked about them once no more come: each question takes a process. */
export function arrived(works: Works, news: News): void {
  announce(works, news);
  works.timers.once('git of others', gitAfterArrivalMs, { kind: 'git-due' });
}

/** Tells listeners, and lets triggers and git look at what came. */
function announce(works: Works, news: News): void {
  if (news.paths.length === 0) return;
  works.core.emitter.emit('changes', news);
  works.core.emitter.emit('files', {});
  tellStatus(works);
  works.git.wonder(news.paths);
  // What could be recorded shows that the failure is over; a scan makes up for what it kept from the log.
  if (works.condition.failure !== undefined)
    works.timers.once('scan soon', 0, { kind: 'scan-due', everywhere: true });
  if (automatic(works)) works.timers.atLatest('consolidation', 0, { kind: 'consolidation-due' });
}

/** What kept changing may lie still in a moment; anything else needs somebody's help. */
export function retryReports(works: Works, failure: Problem): void {
  const delayMs = failure.code === 'changed-meanwhile' ? limits.reportAgainMs : retryMs;
  works.timers.once('reports', delayMs, { kind: 'consolidation-due' });
}

const automatic = (works: Works): boolean => !works.condition.disabled && !isPaused(works.core);

async function scan(works: Works, everywhere: boolean): Promise<void> {
  scheduleNextScan(works, everywhere);
  const scanned = await works.disk.scan(everywhere);
  if (!scanned.ok)
    return works.core.log.warn('The scan could not compare', { problem: scanned.error.message });
  works.condition.failure = undefined;
  recorded(works, scanned.value.recorded);
  // What other replicas wrote may be tracked only now, or had no place on this disk before.
  if (everywhere) recorded(works, await works.replication.settleAll());
  works.timers.whenQuiet('git', gitWait, { kind: 'git-due' });
  await works.consolidation.runTriggers();
}

/** Without reliable events every check looks everywhere. */
function scheduleNextScan(works: Works, everywhere: boolean): void {
  const { core, condition, timers } = works;
  const checkMs = core.settings.current().check_interval_seconds * 1000;
  const blind =
    condition.watch === undefined ||
    condition.watch.mode === 'polling' ||
    condition.watch.problem !== undefined;
  timers.once('check', checkMs, { kind: 'scan-due', everywhere: blind });
  if (everywhere) timers.once('everywhere', everywhereMs, { kind: 'scan-due', everywhere: true });
}

function believe(works: Works, findings: readonly GitFinding[]): void {
  const explained = works.git.believe(findings);
  if (explained.length > 0) works.core.emitter.emit('changes', { changes: explained });
}

async function answer(works: Works, command: Command): Promise<Result<Answers[Command['name']]>> {
  try {
    await settleFailedWrite(works);
    return await run(works, command);
  } catch (failure) {
    return err(toProblem(failure));
  }
}

async function run(works: Works, command: Command): Promise<Result<Answers[Command['name']]>> {
  switch (command.name) {
    case 'consolidate':
      await recordAllPrepared(works);
      return ok(await works.consolidation.consolidate());
    case 'undo':
      return works.consolidation.undo(command.stamp);
    case 'restore':
      return restore(works, command);
    case 'scan':
      return scanNow(works);
    case 'change-settings':
      return changeSettings(works, command.changes);
    case 'pause':
      return pause(works);
    case 'resume':
      return switchWatching(works, true);
    case 'take-page':
      return takePage(works, arrived, command);
    case 'take-contents':
      recorded(works, await works.replication.takeContents(command.contents));
      return ok(null);
    case 'take-left-out':
      recorded(works, await works.replication.takeLeftOut(command.senders));
      return ok(null);
    case 'resolve-conflict':
      return resolve(works, recorded, command.request);
    case 'decide-held':
      return decide(works, recorded, command);
    case 'keep-aside':
      return keepPulled(works, recorded, command);
    default:
      return assertNever(command);
  }
}

/** Whoever gives a command means everything that was there, however large. */
async function recordAllPrepared(works: Works): Promise<Change[]> {
  const changes = await works.disk.recordAllPrepared();
  recorded(works, changes);
  return changes;
}

/** What had settled before the pause is recorded; a full disk keeps nobody from pausing. */
async function pause(works: Works): Promise<Result<null>> {
  try {
    await recordAllPrepared(works);
  } finally {
    switchWatching(works, false);
  }
  return ok(null);
}

async function restore(
  works: Works,
  command: Extract<Command, { name: 'restore' }>,
): Promise<Result<Answers['restore']>> {
  const restored = await restoreVersion(works.core, works.disk.recordDisk, command);
  if (restored.ok && restored.value.change !== null) recorded(works, [restored.value.change]);
  return restored;
}

async function scanNow(works: Works): Promise<Result<Answers['scan']>> {
  const scanned = await works.disk.scan(true);
  if (!scanned.ok) return scanned;
  works.condition.failure = undefined;
  recorded(works, scanned.value.recorded);
  const prepared = await recordAllPrepared(works);
  const { files, changes, durationMs } = scanned.value;
  return ok({ files, changes: changes + prepared.length, durationMs });
}

async function changeSettings(
  works: Works,
  changes: Record<string, unknown>,
): Promise<Result<Answers['change-settings']>> {
  const changed = await works.core.settings.change(changes);
  if (!changed.ok) return changed;
  works.core.emitter.emit('settings', {});
  works.disk.baselineNextScan();
  if (automatic(works)) works.timers.once('scan soon', 0, { kind: 'scan-due', everywhere: true });
  return changed;
}

function switchWatching(works: Works, on: boolean): Result<null> {
  writeMeta(works.core.sql, 'paused', on ? '0' : '1');
  works.switchTo(on && !works.condition.disabled);
  return ok(null);
}

/** An event failed: the user sees why, the next check tries again. */
export function noteFailure(works: Works, event: EngineEvent, failure: Problem): void {
  works.condition.failure = failure;
  works.core.log.error(`Handling "${event.kind}" failed`, { problem: failure.message });
  // What the event knew of is forgotten with it, a new folder for example, so the next check looks everywhere.
  const checkMs = works.core.settings.current().check_interval_seconds * 1000;
  const isPausing = works.condition.watch === undefined;
  if (!isPausing) works.timers.once('check', checkMs, { kind: 'scan-due', everywhere: true });
  tellStatus(works);
}
