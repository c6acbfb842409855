/** A host over plain arrays, for tests of the HTTP layer. */

import { headless, openGitTokens } from '../../electron/host/git-tokens.ts';
import type { Host, OpenWorkspace } from '../../electron/host/host-contract.ts';
import type { ChangedEvent } from '../../shared/contracts/events.ts';
import type { AppSettingsJson } from '../../shared/contracts/shapes.ts';
import { embeddedChoice } from '../../shared/domain/knowledge/store-choice.ts';
import { err, ok, type Problem, problem } from '../../shared/result.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { createTinyEmbedder } from './tiny-embedder.ts';
import { createTinyEngine, type TinyEngine } from './tiny-engine.ts';
import { createTinyLocks } from './tiny-locks.ts';
import { createTinyPeers } from './tiny-peers.ts';
import { createTinyReplicas } from './tiny-replicas.ts';

export type TinyHost = Host & {
  peers: ReturnType<typeof createTinyPeers>;
  replicas: ReturnType<typeof createTinyReplicas>;
  locks: ReturnType<typeof createTinyLocks>;
  /** Opens a workspace with an engine over arrays, and says so to the listeners; `history` happened before. */
  add(id: string, history?: (engine: TinyEngine) => void): TinyEngine;
  /** Opens a workspace whose engine could not start. */
  addBroken(id: string, reason: Problem): void;
  tell(event: ChangedEvent): void;
  listeners(): number;
};

/** Where the time of tiny engines begins: 2026-11-21T09:00:00Z. */
export const tinyStartMs = Date.UTC(2026, 10, 21, 9);

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const nowhere = problem('not-found', 'git', 'There is no repository.', 'Make one.');

/** An id of the right form that names its workspace. */
const workspaceOf = (id: string): string => Buffer.from(id).toString('hex').slice(0, 32).padEnd(32, '0');

export function createTinyHost(): TinyHost {
  const open: OpenWorkspace[] = [];
  const listeners = new Set<(event: ChangedEvent) => void>();
  let settings: AppSettingsJson = { notifications: 'summary', theme: 'system', start_at_login: false };
  const tell = (event: ChangedEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  const add = (id: string, history?: (engine: TinyEngine) => void) => {
    const engine = createTinyEngine(id, tinyStartMs);
    history?.(engine);
    open.push({ id, name: id, folder: engine.folder, workspace: workspaceOf(id), engine, problem: null });
    tell({ workspace: id, topics: ['workspaces'] });
    return engine;
  };
  return {
    version: '9.9.9',
    dataFolder: '/data',
    workspaces: () => open,
    recent: () => [{ folder: '/folders/old', name: 'old' }],
    add,
    addBroken: (id, reason) =>
      void open.push({
        id,
        name: id,
        folder: `/folders/${id}`,
        workspace: null,
        engine: undefined,
        problem: reason,
      }),
    async open(folder) {
      if (!folder.startsWith('/folders/')) {
        return err(problem('not-a-folder', folder, `${folder} is not a folder.`, 'Choose another.'));
      }
      const id = folder.slice('/folders/'.length);
      if (!open.some((workspace) => workspace.id === id)) add(id);
      return ok(open.find((workspace) => workspace.id === id)!);
    },
    async openSample() {
      add('sample');
      return ok(open.at(-1)!);
    },
    async close(id) {
      const index = open.findIndex((workspace) => workspace.id === id);
      if (index === -1) return false;
      open.splice(index, 1);
      tell({ workspace: id, topics: ['workspaces'] });
      return true;
    },
    peers: createTinyPeers(),
    replicas: createTinyReplicas(),
    locks: createTinyLocks(),
    gitTokens: openGitTokens({
      dataFolder: temporaryFolder(),
      log: silent,
      choice: headless,
      changed: () => tell({ workspace: null, topics: ['app-settings'] }),
    }),
    embedder: createTinyEmbedder(),
    knowledges: {
      of: () => err(nowhere),
      lastKnown: () => undefined,
      given: () => 0,
      stores: {
        choice: () => embeddedChoice,
        device: () => '',
        address: () => null,
        check: async () => err(nowhere),
        choose: async () => err(nowhere),
      },
    },
    indexExchange: undefined,
    repositories: { of: async () => err(nowhere), state: async () => err(nowhere) },
    appSettings: () => settings,
    async changeAppSettings(changes) {
      settings = { ...settings, ...changes };
      return ok(settings);
    },
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell,
    listeners: () => listeners.size,
    stop: async () => {},
  };
}
