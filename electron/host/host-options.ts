/** What whoever starts a Skein decides about it. */
import type { SystemMemory } from '../adapters/system-memory.ts';
import type { Clock, Log } from '../engine/ports.ts';
import type { KeychainChoice } from './git-tokens.ts';
import type { ListenForPeers } from './peers/peers-contract.ts';

export type HostOptions = {
  /** From `locateDataFolder`; the caller holds its instance (`takeInstance`). */
  dataFolder: string;
  version: string;
  env: NodeJS.ProcessEnv;
  log: Log;
  clock?: Clock;
  /** Open again what was open when Skein last stopped; true unless told. */
  reopen?: boolean;
  /** Serves peers; without it they cannot call this Skein. */
  listenForPeers?: ListenForPeers;
  /** The port of peers, which goes before the one in the settings; 0 takes a free one. */
  peerPort?: number | undefined;
  /** Listens for peers though there is none yet, as a hub does. */
  alwaysListen?: boolean | undefined;
  /** Of this process, which is kept small while it rests; absent where others share the process. */
  memory?: SystemMemory | undefined;
  /** Where tokens of remotes are kept; a file unless told. */
  keychain?: KeychainChoice;
  /** False: peers are asked only when somebody says so; true unless told. */
  exchange?: boolean;
  /** False: notes are indexed only when somebody searches; true unless told. */
  index?: boolean;
};
