/** Exchanging with peers because somebody asked for it now. */
import type { Input } from '../../../shared/contracts/app-api.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { SyncStats } from '../../engine/replicate/exchange.ts';
import type { Links, Tie } from './links.ts';
import { noPeer } from './peer-problems.ts';
import { findPeer, type PeerStore } from './peer-store.ts';
import type { SyncResultJson } from './peers-contract.ts';

/** With all peers, or one; in all workspaces, or one. Fails with not-found when there is no such peer. */
export async function syncPeers(
  { links, store }: { links: Links; store: PeerStore },
  { peer, workspace_id: workspace, direction = 'both' }: Input<'syncPeers'>,
): Promise<Result<SyncResultJson[]>> {
  if (peer !== undefined && findPeer(store.current(), peer) === undefined) return err(noPeer(peer));
  const ties = links
    .ties()
    .filter((tie) => (peer ?? tie.peer) === tie.peer && (workspace ?? tie.workspace) === tie.workspace);
  const results = ties.map(async (tie) =>
    toJson(store, tie, await tie.engine.replication.syncWith(tie.peer, direction)),
  );
  return ok(await Promise.all(results));
}

function toJson(store: PeerStore, { peer, workspace }: Tie, result: Result<SyncStats>): SyncResultJson {
  const stats = result.ok ? result.value : { pulled: 0, pushed: 0, conflicts: 0, durationMs: 0 };
  return {
    peer,
    name: findPeer(store.current(), peer)?.name ?? peer,
    workspace,
    pulled: stats.pulled,
    pushed: stats.pushed,
    conflicts: stats.conflicts,
    duration_ms: Math.round(stats.durationMs),
    problem: result.ok ? null : result.error,
  };
}
