/**
 * A host over a data folder in which nothing can be written: a read-only disk, a sandbox, a full disk. What was
 * recorded can be read, and every command is refused with the reason.
 */
import { homedir } from 'node:os';
import { err, ok, type Problem, type Result } from '../../shared/result.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { composeReadingEngine, type ReadingEngine } from './compose-engine.ts';
import { headless, openGitTokens } from './git-tokens.ts';
import type { Host, OpenWorkspace } from './host-contract.ts';
import { defaultHostSettings, readHostSettings } from './host-settings.ts';
import { openEmbedderKeys } from './knowledge/embedder-keys.ts';
import { openEmbedderSettings } from './knowledge/embedder-settings.ts';
import { createReadingKnowledge } from './knowledge/reading-knowledge.ts';
import { createStoreSettings } from './knowledge/store/store-settings.ts';
import { createLocks } from './locks.ts';
import { noPeers } from './peers/no-peers.ts';
import { examineFolder } from './workspace-folder.ts';

export type ReadingHostOptions = {
  dataFolder: string;
  version: string;
  env: NodeJS.ProcessEnv;
  /** Why the data folder cannot be written. */
  unwritable: Problem;
};

/** Opens nothing yet, remembers nothing, and needs no instance of its own: it disturbs nobody who writes. */
export async function createReadingHost(options: ReadingHostOptions): Promise<Host> {
  const { dataFolder, version, unwritable } = options;
  const settings = (await readHostSettings(dataFolder)) ?? defaultHostSettings();
  const openedById = new Map<string, ReadingEngine>();
  const workspaces = () => [...openedById.values()].map(toWorkspace);
  const locks = createLocks({ clock: systemClock, log: silent, workspaces, changed: () => undefined });
  const tokens = openGitTokens({ dataFolder, log: silent, choice: headless, changed: () => undefined });
  const kept = {
    current: () => settings,
    change: async () => err(unwritable),
    settle: async () => undefined,
  };
  const embedder = await openEmbedderSettings({
    settings: kept,
    keys: openEmbedderKeys({ dataFolder, env: options.env, log: silent, choice: headless }),
    clock: systemClock,
    changed: () => undefined,
  });
  const refuse = async () => err(unwritable);
  const close = async (id: string): Promise<boolean> => {
    openedById.get(id)?.release();
    return openedById.delete(id);
  };
  return {
    version,
    dataFolder,
    workspaces,
    recent: () => settings.recent.map(({ folder, name }) => ({ folder, name })),
    open: (folder) => open(options, openedById, folder),
    close,
    peers: noPeers(unwritable),
    replicas: {
      list: async () => ({ share: 'shared', replicas: [] }),
      hide: refuse,
      share: refuse,
    },
    locks,
    embedder: { ...embedder, choose: refuse, keepKey: refuse, forgetKey: refuse },
    knowledges: {
      of(id) {
        const opened = openedById.get(id);
        if (opened === undefined) return err(unwritable);
        const plan = embedder.plan(() => []);
        return ok(createReadingKnowledge({ dataFolder, engine: opened.engine, plan, unwritable }));
      },
      lastKnown: () => undefined,
      given: () => 0,
      stores: { ...createStoreSettings(kept, options.env), choose: refuse },
    },
    indexExchange: undefined,
    repositories: { of: refuse, state: refuse },
    gitTokens: { ...tokens, keep: refuse, forget: refuse },
    appSettings: () => settings.app,
    onChanged: () => () => undefined,
    async stop() {
      locks.stop();
      await Promise.all([...openedById.keys()].map(close));
    },
    openSample: refuse,
    changeAppSettings: refuse,
  };
}

async function open(
  { dataFolder, env, unwritable }: ReadingHostOptions,
  openedById: Map<string, ReadingEngine>,
  wanted: string,
): Promise<Result<OpenWorkspace>> {
  const homeFolder = env['HOME'] || env['USERPROFILE'] || homedir();
  const found = await examineFolder(wanted, { dataFolder, homeFolder });
  if (!found.ok) return found;
  const known = openedById.get(found.value.id);
  if (known !== undefined) return ok(toWorkspace(known));
  const composed = await composeReadingEngine(found.value, dataFolder, unwritable);
  if (!composed.ok) return composed;
  openedById.set(found.value.id, composed.value);
  await composed.value.engine.start();
  return ok(toWorkspace(composed.value));
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const toWorkspace = ({ engine }: ReadingEngine): OpenWorkspace => ({
  id: engine.id,
  name: engine.name,
  folder: engine.folder,
  workspace: null,
  engine,
  problem: null,
});
