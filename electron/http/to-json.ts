/** Engine values as the JSON of the app API. Checksums are the MD5 that reference/004 documents. */
import type { z } from 'zod';
import type {
  ChangeJson,
  ConsolidationJson,
  MovementJson,
  StatusJson,
  TrackedFileJson,
  triggerShape,
  WorkspaceJson,
} from '../../shared/contracts/shapes.ts';
import type { Change } from '../../shared/domain/change.ts';
import type { Movement } from '../../shared/domain/movement.ts';
import { timestampText } from '../../shared/domain/report.ts';
import type {
  Consolidation,
  Engine,
  EngineState,
  EngineStatus,
  LogReader,
  TrackedFile,
  Trigger,
} from '../engine/engine-contract.ts';
import type { OpenWorkspace } from '../host/host-contract.ts';

/**
 * Makes the function that turns changes of one log into JSON. It remembers what it looked up, so that a page
 * of a thousand changes asks the database once for each content and consolidation: make one for each answer.
 */
export function changeWriter(log: LogReader): (change: Change) => ChangeJson {
  const factsOf = remember((hash: string) => log.contentFacts(hash));
  const stampOf = remember((position: number) => log.consolidationAt(position)?.stamp ?? null);
  const movedBy = remember((id: string) => log.movedBy(id));
  return (change) => {
    const facts = change.content === null ? undefined : factsOf(change.content);
    const previous = change.previous === null ? undefined : factsOf(change.previous);
    return {
      file_path: change.path,
      event_type: change.kind,
      timestamp: timestampText(change.atMs),
      old_checksum: previous?.md5 ?? null,
      new_checksum: facts?.md5 ?? null,
      agent_owner: change.agent,
      position: change.position,
      stamp: change.stamp,
      node: change.node,
      sequence: change.sequence,
      file_class: change.fileClass,
      at_ms: change.atMs,
      size: facts?.size ?? null,
      evidence: change.evidence.map(({ at, ...rest }) => ({ ...rest, at_ms: at })),
      consolidation: change.consolidation === null ? null : stampOf(change.consolidation),
      baseline: change.baseline,
      pending: change.consolidation === null && !change.baseline,
      parents: [...change.parents],
      movement: change.movement && movementToJson(change.movement, movedBy(change.movement.id)),
      local: change.local,
      restorable: facts !== undefined,
    };
  };
}

const movementToJson = ({ atMs, left: _, ...rest }: Movement, changes: number): MovementJson => ({
  ...rest,
  at_ms: atMs,
  changes,
});

function remember<Key, Value>(look: (key: Key) => Value): (key: Key) => Value {
  const valueByKey = new Map<Key, { value: Value }>();
  return (key) => {
    const known = valueByKey.get(key) ?? { value: look(key) };
    valueByKey.set(key, known);
    return known.value;
  };
}

/** What started a consolidation, in the shape of reference/004. */
export function triggerToJson(trigger: Trigger): z.infer<typeof triggerShape> {
  return {
    trigger_type: trigger.type,
    conditions_met: trigger.conditions,
    timestamp: timestampText(trigger.atMs),
  };
}

/** One entry of the history of consolidations; `at_ms` is in Unix milliseconds. */
export function consolidationToJson(it: Consolidation): ConsolidationJson {
  return {
    stamp: it.stamp,
    position: it.position,
    ...triggerToJson(it.trigger),
    at_ms: it.trigger.atMs,
    changes: it.changes,
    files: it.files,
    agents: [...it.agents],
    state: it.state,
    problem: it.problem,
  };
}

const runningStates: ReadonlySet<EngineState> = new Set(['starting', 'watching', 'polling']);

/** `report_file` is '' when reports stay in Skein only. */
export function statusToJson(engine: Engine): StatusJson {
  const status = engine.status();
  const { settings } = engine.settings();
  const lastMs = status.lastConsolidationMs;
  return {
    running: runningStates.has(status.state),
    pending_changes: status.pending,
    last_consolidation: lastMs === null ? null : timestampText(lastMs),
    watched_files: status.watchedFiles,
    checksums_tracked: status.trackedFiles,
    consolidation_threshold: settings.consolidation_threshold,
    check_interval_seconds: settings.check_interval_seconds,
    consolidation_interval_minutes: settings.consolidation_interval_minutes,
    state: status.state,
    watched_folders: status.watchedFolders,
    problems: [...status.problems],
    last_consolidation_ms: lastMs,
    last_scan_ms: status.lastScanMs,
    next_trigger: nextTriggerToJson(status),
    workspace: { id: engine.id, name: engine.name, folder: engine.folder },
    report_file: settings.report_file ?? '',
  };
}

function nextTriggerToJson({ nextTrigger }: EngineStatus): StatusJson['next_trigger'] {
  if (nextTrigger === null) return null;
  return {
    trigger_type: nextTrigger.type,
    changes_missing: nextTrigger.changesMissing,
    due_ms: nextTrigger.dueMs,
    reason: nextTrigger.reason,
  };
}

/** The one rule of a file's state, for the API and for the `sync_status` metric. */
export function fileState(file: TrackedFile): TrackedFileJson['state'] {
  if (file.problem !== null) return 'error';
  return file.pending > 0 ? 'out_of_sync' : 'synced';
}

/** One tracked file as it is now; checksum and size are null when it is deleted or its content is no longer kept. */
export function trackedFileToJson(log: LogReader, file: TrackedFile): TrackedFileJson {
  const facts = file.content === null ? undefined : log.contentFacts(file.content);
  return {
    file_path: file.path,
    file_class: file.fileClass,
    state: fileState(file),
    problem: file.problem,
    checksum: facts?.md5 ?? null,
    size: facts?.size ?? null,
    last_modified: timestampText(file.modifiedMs),
    last_modified_ms: file.modifiedMs,
    agent_owner: file.agent,
    versions: file.versions,
    pending: file.pending,
    position: file.position,
    deleted: file.deleted,
    displaced: file.displaced,
  };
}

/** One open workspace; the problem is why it did not open, or else the worst of its engine. */
export function workspaceToJson(open: OpenWorkspace): WorkspaceJson {
  const { id, name, folder, engine, problem } = open;
  const status = engine?.status();
  return {
    id,
    workspace_id: open.workspace,
    name,
    folder,
    // Without an engine and without a problem it is just being opened.
    state: status?.state ?? (problem === null ? 'starting' : 'error'),
    pending_changes: status?.pending ?? 0,
    problem: problem ?? status?.problems[0] ?? null,
  };
}
