/**
 * The engine of a replica whose log cannot be written: it answers from what was recorded before, records nothing, and
 * refuses every command with the reason.
 */
import { err, type Problem, ProblemError } from '../../shared/result.ts';
import { withBytes } from './apply/restore.ts';
import { readPendingFacts } from './consolidate/record.ts';
import type { EngineOptions } from './engine.ts';
import type { Engine } from './engine-contract.ts';
import { createContentStore } from './log/content-store.ts';
import { createKnownFiles } from './log/known-files.ts';
import { checkReadable } from './log/open-log.ts';
import { createLogReader } from './log/reader.ts';
import type { EnginePorts } from './ports.ts';
import { createInbox } from './replicate/inbox.ts';
import { noReplication } from './replicate/no-replication.ts';
import { createWorkspaceSettings } from './settings/workspace-settings.ts';

/** `unwritable` says why. Throws `ProblemError` when the log cannot be read as it stands. */
export function createReadingEngine(
  ports: Pick<EnginePorts, 'sql' | 'codec' | 'files'>,
  { id, name, folder }: Omit<EngineOptions, 'disabled'>,
  unwritable: Problem,
): Engine {
  const { sql, codec } = ports;
  checkReadable(sql);
  const known = createKnownFiles(sql);
  const settings = createWorkspaceSettings(ports);
  const contents = createContentStore(sql, codec);
  const inbox = createInbox(sql);
  const refuse = async () => err(unwritable);
  /** For commands that have no other answer than that they were done. */
  const refuseAloud = async () => {
    throw new ProblemError(unwritable);
  };
  return {
    id,
    name,
    folder,
    log: createLogReader(sql, contents),
    settings: settings.view,
    status() {
      const { pending, lastConsolidationMs } = readPendingFacts(sql, '');
      const trackedFiles = known.presentCount();
      return {
        state: 'disabled',
        pending,
        trackedFiles,
        watchedFiles: trackedFiles,
        watchedFolders: 0,
        problems: [unwritable, settings.problem()].filter((it) => it !== undefined),
        lastConsolidationMs,
        lastScanMs: null,
        nextTrigger: null,
      };
    },
    replication: noReplication('', unwritable),
    conflicts: (state) => inbox.list(state),
    heldChanges: () => [],
    resolveConflict: refuse,
    decideHeld: refuse,
    keepAside: refuse,
    start: async () => void (await settings.reload()),
    rest: contents.forgetRecent,
    stop: async () => undefined,
    on: () => () => undefined,
    restore: async (path, version) => err(withBytes(unwritable, path, version)),
    changeSettings: refuse,
    scan: refuse,
    consolidate: refuse,
    undoConsolidation: refuse,
    pause: refuseAloud,
    resume: refuseAloud,
  };
}
