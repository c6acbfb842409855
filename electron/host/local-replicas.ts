/**
 * Worktrees and clones of one repository that are open in this Skein: they exchange changes without a network, by the
 * same code as devices do (DESIGN section 5). skein.json says whether each change goes at once, or only what a
 * consolidation folded.
 */
import type { Settings } from '../../shared/domain/settings.ts';
import { parseVector } from '../../shared/domain/vector.ts';
import { ok } from '../../shared/result.ts';
import type { Engine } from '../engine/engine-contract.ts';
import type { LinkRights, PeerLink } from '../engine/replicate/link.ts';
import type { OpenWorkspace } from './host-contract.ts';

export type LocalReplicas = {
  /** Links what is open now, and nothing else; doing it twice changes nothing. */
  reconcile(): void;
  /** The settings of a replica are others now: what may go since then goes at once. */
  wake(id: string): void;
  /** Ids of the replicas that are linked with this one. */
  linkedWith(id: string): string[];
  stop(): void;
};

type Pair = { home: Engine; other: Engine };

export function createLocalReplicas(workspaces: () => readonly OpenWorkspace[]): LocalReplicas {
  const linked = new Map<string, Pair>();
  return {
    reconcile() {
      const wanted = pairsOf(workspaces());
      for (const [key, pair] of linked) {
        if (wanted.get(key)?.other === pair.other && wanted.get(key)?.home === pair.home) continue;
        linked.delete(key);
        // What is known of a replica that was closed serves when it is opened again.
        if (workspaces().some(({ engine }) => engine === pair.home))
          pair.home.replication.suspend(linkId(pair.other));
      }
      for (const [key, pair] of wanted) {
        if (linked.has(key)) continue;
        linked.set(key, pair);
        pair.home.replication.addPeer(localLink(pair));
      }
    },
    wake(id) {
      for (const { home, other } of linked.values()) {
        if (home.id === id || other.id === id) home.replication.wake();
      }
    },
    linkedWith: (id) =>
      [...linked.values()].filter(({ other }) => other.id === id).map(({ home }) => home.id),
    stop: () => linked.clear(),
  };
}

/** Every two replicas of one workspace, both ways. */
function pairsOf(open: readonly OpenWorkspace[]): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const { workspace, engine: home } of open) {
    if (workspace === null || home === undefined) continue;
    for (const { workspace: same, engine: other } of open) {
      if (same !== workspace || other === undefined || other === home) continue;
      pairs.set(`${home.id} ${other.id}`, { home, other });
    }
  }
  return pairs;
}

const local = 'local:';
/** Under which id the other replicas of this machine know an engine. */
export const linkId = ({ id }: Pick<Engine, 'id'>): string => `${local}${id}`;
/** Whether it is a replica of this machine that is known by this id, not a device. */
export const isLocalLink = (id: string): boolean => id.startsWith(local);

/** Two replicas exchange at once only if both say so. */
export const shareOf = (one: Engine, other: Engine): Settings['share'] =>
  [one, other].some((engine) => engine.settings().settings.share === 'staged') ? 'staged' : 'shared';

/** Whoever can open both folders may do anything in both. */
function localLink({ home, other }: Pair): PeerLink {
  const rights = (): LinkRights => ({
    read: true,
    write: true,
    trusted: true,
    staged: shareOf(home, other) === 'staged',
  });
  const us = { id: linkId(home), name: home.name };
  const { peerSide } = other.replication;
  return {
    id: linkId(other),
    name: `${other.name} (${other.folder})`,
    rights,
    watermark: async () => ok(peerSide.watermark()),
    async changes(since, limit) {
      const vector = parseVector(since);
      return vector.ok ? ok(peerSide.changes(vector.value, limit, rights())) : vector;
    },
    push: (push) => peerSide.push(push, us, rights()),
    hidden: async (places) => ok(peerSide.hidden(places, rights())),
    contents: async (hashes) => ok(peerSide.contents(hashes, rights())),
  };
}
