/** Watching one workspace: its state, and the commands that stop, start and hurry it. */
import { ok } from '../../../shared/result.ts';
import { chooseEngine } from '../choose-workspace.ts';
import type { Handler } from '../deps.ts';
import { statusToJson } from '../to-json.ts';

/** The state of the workspace, with every field of reference/004. */
export const getStatus: Handler<'getStatus'> = ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  return engine.ok ? ok(statusToJson(engine.value)) : engine;
};

/** Stops watching; answers with the state after that. */
export const pause: Handler<'pause'> = async ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  await engine.value.pause();
  return ok(statusToJson(engine.value));
};

/** Watches again; answers with the state after that. */
export const resume: Handler<'resume'> = async ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  await engine.value.resume();
  return ok(statusToJson(engine.value));
};

/** Compares the disk with the log and waits for the end. Fails with `paused`. */
export const scan: Handler<'scan'> = async ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const outcome = await engine.value.scan();
  if (!outcome.ok) return outcome;
  const { files, changes, durationMs } = outcome.value;
  return ok({ files, changes, duration_ms: durationMs });
};
