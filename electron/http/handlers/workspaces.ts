/** Open workspaces. */
import { ok } from '../../../shared/result.ts';
import type { Handler } from '../deps.ts';
import { workspaceToJson } from '../to-json.ts';

/** What is open, the first being the default, and what was open before. */
export const listWorkspaces: Handler<'listWorkspaces'> = ({ host }) =>
  ok({ workspaces: host.workspaces().map(workspaceToJson), recent: [...host.recent()] });

/** Opens a folder, or answers with the workspace that has it open. Fails with `not-a-folder` or `no-permission`. */
export const openWorkspace: Handler<'openWorkspace'> = async ({ host }, { folder }) => {
  const opened = await host.open(folder);
  return opened.ok ? ok(workspaceToJson(opened.value)) : opened;
};

/** Makes a sample workspace and opens it. */
export const openSample: Handler<'openSample'> = async ({ host }) => {
  const opened = await host.openSample();
  return opened.ok ? ok(workspaceToJson(opened.value)) : opened;
};

/** Stops watching a workspace; `closed` is false when it was not open. */
export const closeWorkspace: Handler<'closeWorkspace'> = async ({ host }, { id }) =>
  ok({ closed: await host.close(id) });
