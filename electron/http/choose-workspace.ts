/** Which open workspace a request means. */
import { err, ok, problem, type Result } from '../../shared/result.ts';
import type { Engine } from '../engine/engine-contract.ts';
import type { Host, OpenWorkspace } from '../host/host-contract.ts';

/** The workspace with this id, or the first open one. Fails with no-workspace or not-found. */
export function chooseWorkspace(host: Host, id: string | undefined): Result<OpenWorkspace> {
  const open = host.workspaces();
  const chosen = id === undefined ? open[0] : open.find((workspace) => workspace.id === id);
  if (chosen !== undefined) return ok(chosen);
  return err(id === undefined ? noWorkspace : unknownWorkspace(id));
}

/** Its engine. A workspace that could not be opened fails with the reason. */
export function chooseEngine(host: Host, id: string | undefined): Result<Engine> {
  const chosen = chooseWorkspace(host, id);
  if (!chosen.ok) return chosen;
  const { engine, problem: reason, name } = chosen.value;
  if (engine !== undefined) return ok(engine);
  return err(reason ?? opening(name));
}

const opening = (name: string) =>
  problem(
    'no-workspace',
    name,
    `The workspace ${name} is still being opened.`,
    'Ask again in a moment; GET /api/workspaces says when it is there.',
  );

const noWorkspace = problem(
  'no-workspace',
  'workspace',
  'No workspace is open.',
  'Open a folder: in the window, with `skein serve FOLDER`, or by POST /api/workspaces.',
);

const unknownWorkspace = (id: string) =>
  problem(
    'not-found',
    id,
    `No open workspace has the id ${JSON.stringify(id)}.`,
    'GET /api/workspaces lists the open ones with their ids.',
  );
