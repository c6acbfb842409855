/** Other worktrees and clones of a workspace on this machine. */
import { ok } from '../../../shared/result.ts';
import { chooseEngine } from '../choose-workspace.ts';
import type { Handler } from '../deps.ts';

/** Those that are open, then those that could be. */
export const listReplicas: Handler<'listReplicas'> = async ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  return engine.ok ? ok(await host.replicas.list(engine.value.id)) : engine;
};

/** Hidden unless the input says otherwise; what is hidden can still be opened. */
export const hideReplica: Handler<'hideReplica'> = async ({ host }, { id, hidden = true }) => {
  const kept = await host.replicas.hide(id, hidden);
  return kept.ok ? ok({ hidden }) : kept;
};

/** Says it in skein.json of every replica that is open. Fails as `changeSettings` does. */
export const shareReplicas: Handler<'shareReplicas'> = async ({ host }, { workspace, share }) => {
  const engine = chooseEngine(host, workspace);
  return engine.ok ? host.replicas.share(engine.value.id, share) : engine;
};
