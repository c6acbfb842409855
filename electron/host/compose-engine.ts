/** The composition root of an engine: here, and nowhere else, its ports get their real adapters. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../shared/result.ts';
import { openSql } from '../adapters/better-sqlite.ts';
import { createFolderWatcher } from '../adapters/folder-watcher.ts';
import { openGit } from '../adapters/git-command.ts';
import { openMarkFile } from '../adapters/mark-file.ts';
import { nodeCodec } from '../adapters/node-codec.ts';
import { openFiles } from '../adapters/node-files.ts';
import { nodePatientCodec } from '../adapters/node-patient-codec.ts';
import { createProcHolders } from '../adapters/proc-holders.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { createEngine } from '../engine/engine.ts';
import type { Engine } from '../engine/engine-contract.ts';
import type { Clock, EnginePorts, Log } from '../engine/ports.ts';
import { createReadingEngine } from '../engine/reading-engine.ts';
import { diskProblem } from './disk-problem.ts';
import { hidingTemporaries } from './hide-from-git.ts';
import type { WorkspaceFolder } from './workspace-folder.ts';
import { databaseFile, ensureReplica, markFile, type Replica, replicaFolder } from './workspace-id.ts';

/** An engine that is not started yet, and how to give back what it holds once it is stopped. */
export type ReadingEngine = { engine: Engine; release: () => void };

export type ComposedEngine = ReadingEngine & {
  /** What the folder shares with its clones; git may take seconds, so it is asked beside the start. */
  identified: Promise<Result<Replica>>;
};

export type EngineSurroundings = {
  dataFolder: string;
  clock: Clock;
  log: Log;
  /** AUTOSYNC_ENABLED=0: commands work, nothing happens by itself. */
  disabled: boolean;
};

/** Makes the replica's folder, opens its log and everything else. Fails with what the first of them says. */
export async function composeEngine(
  workspace: WorkspaceFolder,
  around: EngineSurroundings,
): Promise<Result<ComposedEngine>> {
  const git = openGit(workspace.realFolder);
  const made = await makeFolder(replicaFolder(around.dataFolder, workspace.id));
  if (!made.ok) return made;
  const files = await openFiles(workspace.realFolder);
  if (!files.ok) return files;
  const opened = openOnLog(workspace, around, {
    clock: around.clock,
    random: systemRandom,
    codec: nodeCodec,
    patientCodec: nodePatientCodec,
    files: hidingTemporaries(files.value, workspace.realFolder, around.log),
    openWatcher: createFolderWatcher(workspace.realFolder),
    marks: openMarkFile(markFile(around.dataFolder, workspace.id)),
    git,
    holders: createProcHolders(workspace.realFolder),
    log: around.log,
  });
  return opened.ok ? ok({ ...opened.value, identified: identify(workspace, around, git) }) : opened;
}

async function makeFolder(folder: string): Promise<Result<void>> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return ok(undefined);
  } catch (cause) {
    return err(diskProblem(cause, folder, 'make the folder'));
  }
}

function identify(
  workspace: WorkspaceFolder,
  { dataFolder, clock }: EngineSurroundings,
  git: EnginePorts['git'],
): Promise<Result<Replica>> {
  const folder = replicaFolder(dataFolder, workspace.id);
  return ensureReplica(folder, { ...workspace, git, nowMs: clock.nowMs() });
}

function openOnLog(
  { id, name, folder }: WorkspaceFolder,
  { dataFolder, disabled }: EngineSurroundings,
  ports: Omit<EnginePorts, 'sql'>,
): Result<ReadingEngine> {
  let release = () => {};
  try {
    const sql = openSql(databaseFile(dataFolder, id));
    release = sql.close;
    return ok({
      engine: createEngine({ ...ports, sql }, { id, name, folder, disabled }),
      release,
    });
  } catch (cause) {
    release();
    return err(readFailure(cause, folder));
  }
}

/**
 * The engine of a folder whose log exists and cannot be written; `unwritable` says why. Fails with that when there is
 * no log yet.
 */
export async function composeReadingEngine(
  { id, name, folder, realFolder }: WorkspaceFolder,
  dataFolder: string,
  unwritable: Problem,
): Promise<Result<ReadingEngine>> {
  const file = databaseFile(dataFolder, id);
  if (!existsSync(file)) return err(noLog(folder, unwritable));
  const files = await openFiles(realFolder);
  if (!files.ok) return files;
  let release = () => {};
  try {
    const sql = openSql(file, { readonly: true });
    release = sql.close;
    const ports = { sql, codec: nodeCodec, files: files.value };
    return ok({ engine: createReadingEngine(ports, { id, name, folder }, unwritable), release });
  } catch (cause) {
    release();
    return err(readFailure(cause, folder));
  }
}

const noLog = (folder: string, unwritable: Problem): Problem => ({
  ...unwritable,
  message: `No log of ${folder} is to be found, and none can be begun. ${unwritable.message}`,
});

/** What an engine threw, as a problem; anything that is none is a fault of ours and says so. */
export function readFailure(cause: unknown, folder: string): Problem {
  if (cause instanceof ProblemError) return cause.problem;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return problem(
    'internal',
    folder,
    `The workspace ${folder} could not be opened because of a fault in Skein: ${reason}.`,
    'Try again; if it stays, report it with the output of `skein doctor`.',
  );
}
