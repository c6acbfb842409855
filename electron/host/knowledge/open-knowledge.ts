/** The indexes of all workspaces that are open, and the embedder that they share. */
import type { Engine } from '../../engine/engine-contract.ts';
import type { Clock } from '../../engine/ports.ts';
import { headless } from '../git-tokens.ts';
import type { HostOptions } from '../host-options.ts';
import type { SettingsStore } from '../host-settings.ts';
import type { PeersOfHost } from '../peers/peers.ts';
import type { Peers } from '../peers/peers-contract.ts';
import { openEmbedderKeys } from './embedder-keys.ts';
import { type EmbedderOfHost, openEmbedderSettings } from './embedder-settings.ts';
import { createKnowledges, type KnowledgesOfHost } from './knowledges.ts';
import type { FindGivers } from './shared-embeddings.ts';

type Deps = HostOptions & {
  clock: Clock;
  settings: SettingsStore;
  /** Undefined while they are being opened. */
  peers(): PeersOfHost | undefined;
  workspaces(): readonly { id: string; name: string; engine: Pick<Engine, 'settings'> | undefined }[];
  /** Something of an index; null: of the embedder. */
  changed(id: string | null): void;
  rested(): void;
  isActive: boolean;
};

export type OpenedKnowledge = { embedder: EmbedderOfHost; knowledges: KnowledgesOfHost };

export async function openKnowledge(deps: Deps): Promise<OpenedKnowledge> {
  const embedder = await openEmbedderSettings({
    ...deps,
    keys: openEmbedderKeys({ ...deps, choice: deps.keychain ?? headless }),
    changed() {
      knowledges.replan();
      deps.changed(null);
    },
  });
  const plan = (id: string) => embedder.plan(() => patternsOfPeers(deps.peers(), id));
  const givers: FindGivers = (id, note) => deps.peers()?.embeddingGivers(id, note) ?? [];
  const only = (id: string) => [embedder.only(), ...patternsOfPeers(deps.peers(), id)];
  const knowledges = createKnowledges({ ...deps, plan, only, givers });
  return { embedder, knowledges };
}

/** What is kept from a peer is kept from the servers of the index, too: of each peer that gets some files only, which ones. */
const patternsOfPeers = (peers: Peers | undefined, id: string): string[][] =>
  (peers?.list() ?? []).flatMap(({ workspaces }) =>
    workspaces.filter(({ replica }) => replica === id).map(({ patterns }) => patterns),
  );
