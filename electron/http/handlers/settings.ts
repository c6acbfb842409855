/** skein.json of one workspace. */
import { ok } from '../../../shared/result.ts';
import { chooseEngine } from '../choose-workspace.ts';
import type { Handler } from '../deps.ts';

/** The settings in force and what the file says; a broken file shows in `problem`. */
export const getSettings: Handler<'getSettings'> = ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const { settings, fromFile, fileExists, problem } = engine.value.settings();
  return ok({ settings, from_file: fromFile, file_exists: fileExists, problem });
};

/** Changes keys of the file; null removes one. Fails with `bad-input` or `settings-broken`. */
export const changeSettings: Handler<'changeSettings'> = async ({ host }, { workspace, changes }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const changed = await engine.value.changeSettings(changes);
  return changed.ok ? ok({ settings: changed.value }) : changed;
};
