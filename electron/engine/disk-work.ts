/** What the loop does about the disk: hints, looks that are due again, scans, and the set of watched folders. */
import type { Change } from '../../shared/domain/change.ts';
import { isWithin, nameOf } from '../../shared/domain/paths.ts';
import { isTemporary } from '../../shared/domain/temporary-label.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, type Result } from '../../shared/result.ts';
import type { Condition } from './condition.ts';
import type { Core } from './core.ts';
import type { ScanOutcome } from './engine-contract.ts';
import { readMeta, writeMeta } from './log/open-log.ts';
import type { Hint, Watcher } from './ports.ts';
import { createRecordDisk, type RecordDisk } from './record-disk.ts';
import { createDisplacedLooks } from './scan/displaced-looks.ts';
import { createLargeVersions, type LargeVersion } from './scan/large-versions.ts';
import type { Look } from './scan/look.ts';
import { anotherDisk, isAnotherDisk } from './scan/root.ts';
import { hotFolders, planScan, type ScanPlan } from './scan/scan.ts';
import type { Seen } from './scan/seen.ts';
import { mayEnter, type WalkGuide, walkFolders } from './scan/walk.ts';
import { settingsFile } from './settings/workspace-settings.ts';

export type DiskWork = {
  /** Notes a hint; true when the loop should be told. */
  hint(hint: Hint): boolean;
  lookAtHints(): Promise<Change[]>;
  lookAt(path: string): Promise<Change[]>;
  /** Looks at the files that git displaced, if something else is checked out than when this was asked last. */
  lookAtDisplaced(): Promise<Change[]>;
  scan(everywhere: boolean): Promise<Result<ScanOutcome & { recorded: Change[] }>>;
  /** Records a large version, unless that is done. */
  recordPrepared(version: LargeVersion): Promise<Change[]>;
  /** Waits for all large versions that are being prepared, and records them. */
  recordAllPrepared(): Promise<Change[]>;
  recordDisk: RecordDisk;
  /** What the next scan finds for the first time was there before: nobody changed it just now. */
  baselineNextScan(): void;
  /** Whether something that was there before us is still being written, or is not in the log yet. */
  isSettling(): boolean;
  startWatching(onHint: (hint: Hint) => void): void;
  stopWatching(): void;
};

export type DiskDeps = {
  core: Core;
  condition: Condition;
  lookLater(path: string, delayMs: number): void;
  /** A large version is ready to be recorded; called beside the loop. */
  prepared(version: LargeVersion): void;
  scanSoon(): void;
  settingsChanged(): void;
  /** Some of many changes are in the log, and the others are still being looked for. */
  recordedSome(): void;
};

export function createDiskWork(deps: DiskDeps): DiskWork {
  const { core, condition } = deps;
  const large = createLargeVersions(core, deps.prepared);
  const hints = new Set<string>();
  let folders = new Set<string>();
  let watcher: Watcher | undefined;
  let baselineNext = false;
  /** Seen by a baseline scan, but written a moment ago: still the baseline once they have settled. */
  const unsettledBaseline = new Set<string>();
  /** Those of them for which git does not answer: the start does not wait for it. */
  const unansweredBaseline = new Set<string>();
  /** Found by the first scan: the start waits for them. */
  const largeAtStart = new WeakSet<LargeVersion>();
  let walked = false;

  function hint({ path }: Hint): boolean {
    // The watcher tells of each file that we write under two names, and only the one in place is worth a look.
    if (hints.size >= limits.waitingHints || isTemporary(nameOf(path))) return false;
    hints.add(path);
    return hints.size === 1;
  }

  async function lookAtHints(): Promise<Change[]> {
    const paths = hints.size < limits.waitingHints ? [...hints] : [];
    // So many hints name no place any more: looking everywhere is cheaper.
    if (hints.size >= limits.waitingHints) deps.scanSoon();
    hints.clear();
    const changes: Change[] = [];
    let told = 0;
    for (const path of paths) {
      changes.push(...(await lookAtHint(path)));
      // Others can take the first of a burst while we look for the rest.
      if (changes.length - told < limits.recordedAtOnce) continue;
      told = changes.length;
      deps.recordedSome();
    }
    return changes;
  }

  async function lookAtHint(path: string): Promise<Change[]> {
    if (path === settingsFile) return reloadSettings();
    if (core.settings.tracked().classify(path) === undefined && !mayHoldTracked(path)) return [];
    return lookAt(path);
  }

  const isUnknown = (folder: string): boolean => !folders.has(folder);
  const mayHoldTracked = (path: string): boolean => path === '' || mayEnter(core.settings.tracked(), path);

  async function lookAt(path: string, baseline = false): Promise<Change[]> {
    const version = large.of(path);
    if (version !== undefined) return lookAfter(version);
    const first = baseline || unsettledBaseline.has(path);
    const look = await core.looker.look(path, { baseline: first, now: false });
    if (look.kind === 'wait') deps.lookLater(path, look.delayMs);
    if (first && look.kind === 'wait' && look.forGit) unansweredBaseline.add(path);
    else unansweredBaseline.delete(path);
    if ((look.kind === 'wait' || look.kind === 'large') && first) unsettledBaseline.add(path);
    else if (unsettledBaseline.delete(path)) noteBaseline();
    if (look.kind === 'problem') return lookAgain(path, look);
    if (look.kind === 'large') return prepare(look.seen);
    if (look.kind === 'untracked') forgetFolder(path);
    if (look.kind === 'lost') deps.scanSoon();
    if (look.kind === 'folder') return lookInto(path);
    if (look.kind !== 'recorded') return [];
    // Where a file was deleted a folder may stand now.
    return look.change.kind === 'deleted' ? [look.change, ...(await lookAt(path))] : [look.change];
  }

  function lookAgain(path: string, { againMs, kept }: Extract<Look, { kind: 'problem' }>): Change[] {
    if (againMs !== undefined) deps.lookLater(path, againMs);
    return kept === undefined ? [] : [kept];
  }

  /** Nothing else of the path is recorded while one of its versions is on its way. */
  async function lookAfter(version: LargeVersion): Promise<Change[]> {
    version.lookAgain = true;
    return version.isPrepared ? recordEach([version]) : [];
  }

  /** Where too many wait, their bytes would fill the memory: then the loop waits with them. */
  async function prepare(seen: Seen): Promise<Change[]> {
    const version = large.begin(seen);
    if (!walked) largeAtStart.add(version);
    return recordEach(large.all().slice(0, -limits.largeVersions));
  }

  async function recordLarge(version: LargeVersion): Promise<Change | undefined> {
    const { path } = version.seen;
    const change = await large.record(version);
    if (unsettledBaseline.delete(path)) noteBaseline();
    if (version.lookAgain) deps.lookLater(path, 0);
    return change;
  }

  async function recordEach(versions: readonly LargeVersion[]): Promise<Change[]> {
    const changes: Change[] = [];
    for (const version of versions) {
      const change = await recordLarge(version);
      if (change !== undefined) changes.push(change);
    }
    return changes;
  }

  /** What comes back under the name of a folder that went is unknown again, and so is all below. */
  function forgetFolder(path: string): void {
    if (!folders.has(path)) return;
    folders = new Set([...folders].filter((folder) => !isWithin(folder, path)));
  }

  /** A folder appeared or changed: what it holds is looked at, and it is watched from now on. */
  async function lookInto(folder: string): Promise<Change[]> {
    if (folder !== '' && !mayEnter(core.settings.tracked(), folder)) return [];
    const isNew = isUnknown(folder);
    const guide: WalkGuide = { enters: isUnknown, approach: watchAlso };
    const walk = await walkFolders(core.files, core.settings.tracked(), [folder], guide);
    const known = isNew ? [] : core.known.present().filter((path) => isWithin(path, folder));
    const changes: Change[] = [];
    for (const path of new Set([...walk.paths, ...known])) changes.push(...(await lookAt(path)));
    return changes;
  }

  async function reloadSettings(): Promise<Change[]> {
    const before = core.settings.problem()?.message;
    const changed = await core.settings.reload();
    if (changed) {
      // What the new patterns select was there before; nobody changed it just now.
      baselineNext = true;
      deps.scanSoon();
    }
    if (changed || core.settings.problem()?.message !== before) deps.settingsChanged();
    return [];
  }

  async function scan(everywhere: boolean): Promise<Result<ScanOutcome & { recorded: Change[] }>> {
    const startedMs = core.clock.monotonicMs();
    await reloadSettings();
    const guide = everywhere ? guideEverywhere() : guideWhereLikely;
    const plan = await planScan(core.files, core.settings.tracked(), core.known, everywhere, guide);
    if ('code' in plan) return failScan(plan);
    if (await isAnotherDisk(core, plan.found)) return failScan(anotherDisk());
    if (everywhere) watchAfterWalk(plan.folders);
    const recorded = [...(await recordWaiting()), ...(await lookAtAll(plan.paths))];
    if (!everywhere) recorded.push(...(await lookIntoUnknown(plan.folders)));
    noteScan(everywhere, plan);
    const durationMs = core.clock.monotonicMs() - startedMs;
    core.emitter.emit('measured', { what: 'check', seconds: durationMs / 1000 });
    return ok({ files: plan.paths.length, changes: recorded.length, durationMs, recorded });
  }

  const guideEverywhere = (): WalkGuide => ({
    enters: () => true,
    approach: condition.watch?.mode === 'polling' ? () => undefined : watchAlso,
  });
  /** Folders that the patterns name are often not there, so nothing is watched before it was seen. */
  const guideWhereLikely: WalkGuide = { enters: isUnknown, approach: () => undefined };

  /** Listed before they were watched, so they are listed once more. */
  async function lookIntoUnknown(found: ReadonlySet<string>): Promise<Change[]> {
    const changes: Change[] = [];
    for (const folder of found) if (isUnknown(folder)) changes.push(...(await lookInto(folder)));
    return changes;
  }

  /** What was prepared when the log could not be written: where its file is gone since, nothing else leads to it. */
  async function recordWaiting(): Promise<Change[]> {
    const waiting = large.all().filter(({ isPrepared }) => isPrepared);
    for (const version of waiting) version.lookAgain = true;
    return recordEach(waiting);
  }

  async function lookAtAll(paths: readonly string[]): Promise<Change[]> {
    const baseline = baselineNext || readMeta(core.sql, 'baselined') !== '1';
    const recorded: Change[] = [];
    for (const path of paths) recorded.push(...(await lookAt(path, baseline)));
    return recorded;
  }

  function noteScan(everywhere: boolean, { paths, problems }: ScanPlan): void {
    if (everywhere) {
      baselineNext = false;
      walked = true;
      noteBaseline();
      condition.walkProblems = problems;
      // What lies nowhere and is not known has none any more.
      const looked = new Set(paths);
      core.looker.forget((path) => looked.has(path) && core.settings.tracked().classify(path) !== undefined);
    }
    condition.scanFailure = undefined;
    condition.lastScanMs = core.clock.nowMs();
  }

  /** Only when everything that was there has settled: a stop before that must not turn the rest into changes. */
  function noteBaseline(): void {
    const complete = walked && unsettledBaseline.size === 0;
    if (complete && readMeta(core.sql, 'baselined') !== '1') writeMeta(core.sql, 'baselined', '1');
  }

  function failScan(failure: Problem): Result<never> {
    condition.scanFailure = failure;
    return err(failure);
  }

  function watchAfterWalk(found: Set<string>): void {
    watch(found);
    if (condition.watch?.mode !== 'polling') return;
    watch(new Set(hotFolders(core.known, core.settings.tracked())));
  }

  function watchAlso(found: readonly string[]): void {
    if (found.some(isUnknown)) watch(new Set([...folders, ...found]));
  }

  function watch(wanted: Set<string>): void {
    folders = wanted;
    if (watcher !== undefined) condition.watch = watcher.setFolders(new Set([...wanted, '']));
  }

  return {
    hint,
    lookAtHints,
    lookAt: (path) => lookAt(path),
    lookAtDisplaced: createDisplacedLooks(core, lookAt),
    scan,
    recordPrepared: (version) => recordEach(large.all().filter((it) => it === version)),
    recordAllPrepared: () => recordEach(large.all()),
    recordDisk: createRecordDisk({ core, large, recordLarge }),
    isSettling: () =>
      unsettledBaseline.size > unansweredBaseline.size || large.all().some((it) => largeAtStart.has(it)),
    baselineNextScan() {
      baselineNext = true;
    },
    startWatching(onHint) {
      watcher = core.openWatcher(onHint);
      watch(folders);
    },
    stopWatching() {
      watcher?.close();
      watcher = undefined;
      condition.watch = undefined;
    },
  };
}
