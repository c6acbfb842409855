/** settings.json of the data folder: the settings of this installation, and which workspaces were open. */
import { join } from 'node:path';
import { z } from 'zod';
import { appSettingsShape } from '../../shared/contracts/shapes.ts';
import { builtinChoice, embedderChoiceShape } from '../../shared/domain/knowledge/embedder-choice.ts';
import { limits } from '../../shared/limits.ts';
import { type Problem, problem } from '../../shared/result.ts';
import type { Log } from '../engine/ports.ts';
import { type JsonStore, openJsonStore, readJsonFile } from './json-store.ts';
import { storedStoreShape } from './knowledge/store/store-settings.ts';

const entry = z.object({ id: z.string(), folder: z.string(), name: z.string() });
/** Loose, so that an older Skein keeps what a newer one wrote. */
const storedShape = z.looseObject({
  app: appSettingsShape.default({ notifications: 'summary', theme: 'system', start_at_login: false }),
  /** Where the vectors of all workspaces are searched. */
  store: storedStoreShape,
  /** By which the notes of all workspaces are embedded; the built-in one where it cannot be understood. */
  embedder: embedderChoiceShape.catch(builtinChoice).default(builtinChoice),
  open: z.array(entry).default([]),
  recent: z.array(entry).default([]),
  /** Ids of worktrees and clones that the user does not want to be offered, the last one first. */
  hiddenReplicas: z.array(z.string()).default([]),
});
export type HostSettings = z.infer<typeof storedShape>;

export type SettingsStore = JsonStore<HostSettings>;

const settingsFile = (dataFolder: string) => ({
  path: join(dataFolder, 'settings.json'),
  shape: storedShape,
  atMost: limits.settingsBytes,
});

/** Reads settings.json once and keeps it. A broken one is set aside and said, and the defaults hold. */
export const openHostSettings = (
  dataFolder: string,
  options: { log: Log; nowMs: number },
): Promise<SettingsStore> =>
  openJsonStore(settingsFile(dataFolder), { ...options, meanwhile: 'the defaults hold' });

/** The settings, the defaults when there is no file, or undefined when the file is broken. Changes nothing. */
export const readHostSettings = (dataFolder: string): Promise<HostSettings | undefined> =>
  readJsonFile(settingsFile(dataFolder));

export const defaultHostSettings = (): HostSettings => storedShape.parse({});

/** The list of recent workspaces with one at its head, each replica once, bounded. */
export function withRecent(
  recent: HostSettings['recent'],
  newest: HostSettings['recent'][number],
): HostSettings['recent'] {
  const others = recent.filter(({ id }) => id !== newest.id);
  return [newest, ...others].slice(0, limits.recentWorkspaces);
}

export const badSettings = (reason: string): Problem =>
  problem(
    'bad-input',
    'the settings',
    `These settings cannot be used: ${reason}.`,
    'Choose one of the values offered.',
  );
