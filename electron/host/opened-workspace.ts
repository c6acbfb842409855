/** One workspace from its opening to its close. */
import type { Topic } from '../../shared/contracts/events.ts';
import type { Problem, Result } from '../../shared/result.ts';
import type { Engine, EngineEvents } from '../engine/engine-contract.ts';
import { topicsOf } from './changed-events.ts';
import {
  type ComposedEngine,
  composeEngine,
  type EngineSurroundings,
  readFailure,
} from './compose-engine.ts';
import type { OpenWorkspace } from './host-contract.ts';
import type { WorkspaceFolder } from './workspace-folder.ts';
import type { Replica } from './workspace-id.ts';

export type Tell = (workspace: string | null, topics: readonly Topic[]) => void;

export type OpenedWorkspace = {
  current(): OpenWorkspace;
  /** Resolves when queries work, or a problem is there. Never rejects. */
  listed: Promise<void>;
  /** Resolves when the first scan is through, or a problem is there. Never rejects. */
  started: Promise<void>;
  /** Resolves when nothing of it runs any more. */
  close(): Promise<void>;
};

/** Opens a folder as soon as `turn` resolves: a log belongs to one engine at a time. */
export function openWorkspace(
  found: WorkspaceFolder,
  around: EngineSurroundings & { tell: Tell },
  turn: Promise<unknown>,
): OpenedWorkspace {
  const { id, name, folder } = found;
  let workspace: OpenWorkspace = { id, name, folder, workspace: null, engine: undefined, problem: null };
  let composed: ComposedEngine | undefined;
  let identified: Promise<void> | undefined;
  let closed = false;

  const show = (engine: Engine | undefined, problem: Problem | null) => {
    workspace = { ...workspace, engine, problem };
    around.tell(null, ['workspaces']);
  };
  const identify = (outcome: Result<Replica>) => {
    if (!outcome.ok) return around.log.warn(`${outcome.error.message} ${outcome.error.advice}`);
    workspace = { ...workspace, workspace: outcome.value.workspace };
    around.tell(null, ['workspaces']);
  };
  const release = () => {
    composed?.release();
    composed = undefined;
  };
  const compose = async () => {
    await turn;
    const outcome = await composeEngine(found, around);
    if (!outcome.ok) return show(undefined, outcome.error);
    composed = outcome.value;
    identified = composed.identified.then(identify);
    forwardEvents(composed.engine, around.tell);
    show(composed.engine, null);
  };
  const start = async () => {
    try {
      await composed?.engine.start();
    } catch (cause) {
      if (closed) return;
      around.log.error(`The workspace ${name} could not be started.`, { cause });
      await composed?.engine.stop();
      release();
      show(undefined, readFailure(cause, folder));
    }
  };

  const listed = compose().catch((cause) => show(undefined, readFailure(cause, folder)));
  const started = listed.then(start);
  return {
    current: () => workspace,
    listed,
    started,
    async close() {
      closed = true;
      await listed;
      await composed?.engine.stop();
      await started;
      // A start that was under way may have armed timers after the first stop.
      await composed?.engine.stop();
      await identified;
      release();
    },
  };
}

/** A workspace whose folder cannot be used now; it stays in the list, so that the user can try again. */
export function keepUnopened(workspace: Omit<OpenWorkspace, 'engine' | 'workspace'>): OpenedWorkspace {
  const done = Promise.resolve();
  const current = { ...workspace, workspace: null, engine: undefined };
  return { current: () => current, listed: done, started: done, close: () => done };
}

function forwardEvents(engine: Engine, tell: Tell): void {
  for (const name of Object.keys(topicsOf) as (keyof EngineEvents)[]) {
    engine.on(name, () => tell(engine.id, topicsOf[name]));
  }
}
