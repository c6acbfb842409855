/** What the loop does about consolidation: triggers, the manual command, its undo, and the report file. */

import { assert } from '../../shared/assert.ts';
import type { Change } from '../../shared/domain/change.ts';
import { decideTrigger } from '../../shared/domain/pending.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import {
  overlappedConsolidations,
  readPendingFacts,
  recordConsolidation,
  recordWithdrawal,
} from './consolidate/record.ts';
import { writeReports } from './consolidate/report-file.ts';
import { type Core, ownWriteDeps } from './core.ts';
import type { Consolidation, ConsolidationOutcome, Trigger, TriggerType } from './engine-contract.ts';
import type { Answers } from './events.ts';
import type { RecordDisk } from './record-disk.ts';

export type ConsolidationWork = {
  /** Consolidates when a trigger rule says so, and finishes what is outstanding in report files. */
  runTriggers(): Promise<void>;
  /** Consolidates what is pending, whatever the rules say. */
  consolidate(): Promise<ConsolidationOutcome>;
  undo(stamp: string): Promise<Result<Answers['undo']>>;
  /** After records of others came: gives way where somebody folded the same changes first, and mends report files. */
  giveWay(): Promise<void>;
};

export type ConsolidationDeps = {
  core: Core;
  recordDisk: RecordDisk;
  /** A report could not be written; try again later. */
  retryLater(failure: Problem): void;
  recorded(changes: readonly Change[]): void;
};

export function createConsolidationWork(deps: ConsolidationDeps): ConsolidationWork {
  const { core } = deps;
  /** Why the reports are not complete. */
  let failure: string | undefined;

  /** Nobody waits for a report that comes by itself, but every file waits for it. */
  async function finishReports(patienceMs: number = limits.reportPatienceMs): Promise<void> {
    const isTracked = (path: string) => core.settings.tracked().classify(path) !== undefined;
    const written = await writeReports(
      ownWriteDeps(core, deps.recordDisk),
      core.settings.current(),
      patienceMs,
      isTracked,
    );
    deps.recorded(written.changes);
    if (written.failure !== undefined) deps.retryLater(written.failure);
    if (written.failure?.message !== failure) tell(written.failure);
  }

  /** Once, however often it is tried again. */
  function tell(it: Problem | undefined): void {
    failure = it?.message;
    if (it !== undefined) core.log.warn('A report could not be written yet', { problem: it.message });
  }

  async function fold(
    type: TriggerType,
    conditions: Record<string, number>,
    patienceMs?: number,
  ): Promise<ConsolidationOutcome> {
    const startedMs = core.clock.monotonicMs();
    const position = recordConsolidation(core, { type, conditions }, core.settings.current());
    if (position === undefined)
      return { trigger: { type, conditions, atMs: core.clock.nowMs() }, changes: 0, consolidation: null };
    await finishReports(patienceMs);
    const consolidation = readConsolidation(core, position);
    announce(core, consolidation, (core.clock.monotonicMs() - startedMs) / 1000);
    return { trigger: consolidation.trigger, changes: consolidation.changes, consolidation };
  }

  return {
    async runTriggers() {
      const facts = { ...readPendingFacts(core.sql, core.append.node), nowMs: core.clock.nowMs() };
      const trigger = facts.pending === 0 ? undefined : decideTrigger(facts, core.settings.current());
      if (trigger === undefined) await finishReports();
      else await fold(trigger.type, trigger.conditions);
    },
    consolidate: () =>
      fold('manual', { pending_changes: core.reader.pendingCount() }, limits.commandPatienceMs),
    async giveWay() {
      const overlapped = overlappedConsolidations(core.sql, core.append.node);
      for (const position of overlapped) recordWithdrawal(core, position, { overlap: true });
      await finishReports();
    },
    async undo(stamp) {
      const consolidation = core.reader.consolidation(stamp);
      if (consolidation === undefined) return err(noConsolidation(stamp));
      const changesPendingAgain = recordWithdrawal(core, consolidation.position);
      if (changesPendingAgain === undefined) return err(undoneBefore(stamp));
      await finishReports(limits.commandPatienceMs);
      const undone = readConsolidation(core, consolidation.position);
      core.emitter.emit('consolidation', { consolidation: undone, trigger: undone.trigger });
      return ok({ consolidation: undone, changesPendingAgain });
    },
  };
}

function readConsolidation(core: Core, position: number): Consolidation {
  const consolidation = core.reader.consolidationAt(position);
  assert(consolidation !== undefined, `consolidation ${position} was recorded`);
  return consolidation;
}

function announce(core: Core, consolidation: Consolidation, seconds: number): void {
  const trigger: Trigger = consolidation.trigger;
  core.emitter.emit('consolidation', { consolidation, trigger });
  core.emitter.emit('measured', { what: 'consolidation', seconds, trigger: trigger.type });
}

const noConsolidation = (stamp: string): Problem =>
  problem('not-found', stamp, `There is no consolidation ${stamp}.`, 'List them with: skein report');

const undoneBefore = (stamp: string): Problem =>
  problem(
    'already-undone',
    stamp,
    `The consolidation ${stamp} was undone before.`,
    'Its changes are pending already.',
  );
