/** One running Skein: its open workspaces and the settings of the installation. */

import type { ChangedEvent } from '../../shared/contracts/events.ts';
import type { AppSettingsJson } from '../../shared/contracts/shapes.ts';
import type { Problem, Result } from '../../shared/result.ts';
import type { Engine } from '../engine/engine-contract.ts';
import type { Cancel } from '../engine/ports.ts';
import type { GitTokens } from './git-tokens.ts';
import type { EmbedderSettings } from './knowledge/embedder-settings.ts';
import type { IndexExchange } from './knowledge/exchange/exchange-contract.ts';
import type { Knowledges } from './knowledge/knowledges.ts';
import type { Locks } from './locks.ts';
import type { Peers } from './peers/peers-contract.ts';
import type { Replicas } from './replicas.ts';
import type { Repositories } from './repositories.ts';

/** `engine` is absent when the workspace could not be opened; `problem` says why and the user can try again. */
export type OpenWorkspace = {
  id: string;
  name: string;
  folder: string;
  /** What clones share; null until the folder could be looked at. */
  workspace: string | null;
  engine: Engine | undefined;
  problem: Problem | null;
};

export type Host = {
  readonly version: string;
  readonly dataFolder: string;
  workspaces(): readonly OpenWorkspace[];
  recent(): readonly { folder: string; name: string }[];
  /** Opens the folder, or returns the workspace that has it open. Fails with not-a-folder, no-permission. */
  open(folder: string): Promise<Result<OpenWorkspace>>;
  openSample(): Promise<Result<OpenWorkspace>>;
  close(id: string): Promise<boolean>;
  /** Paired devices. */
  readonly peers: Peers;
  /** Worktrees and clones of an open workspace on this machine. */
  readonly replicas: Replicas;
  /** Of the repositories of open workspaces. */
  readonly locks: Locks;
  /** Of git, where a workspace lies in one. */
  readonly repositories: Repositories;
  /** Search, and the index behind it. */
  readonly knowledges: Knowledges;
  /** The embedder of this device. */
  readonly embedder: EmbedderSettings;
  /** Of index files with other clusters; undefined when it is off. */
  readonly indexExchange: IndexExchange | undefined;
  /** By which remotes know us, where git finds no login itself. */
  readonly gitTokens: GitTokens;
  appSettings(): AppSettingsJson;
  changeAppSettings(changes: Partial<AppSettingsJson>): Promise<Result<AppSettingsJson>>;
  /** What the event stream sends; coalesced to at most one per workspace and 50 ms. */
  onChanged(listener: (event: ChangedEvent) => void): Cancel;
  stop(): Promise<void>;
};
