/** The replication of an engine that takes part in none: it knows no peer, offers nothing and takes nothing. */
import { err, type Problem } from '../../../shared/result.ts';
import type { Replication } from '../replication.ts';

/** `why` answers whoever asks for an exchange. */
export function noReplication(node: string, why: Problem): Replication {
  const refuse = async () => err(why);
  const nothing = { node_id: node, vector: '0', now_ms: 0 };
  const noPage = () => ({ ...nothing, changes: [], watermark: '', has_more: false });
  return {
    node,
    addPeer: () => undefined,
    removePeer: () => undefined,
    suspend: () => undefined,
    forgetOthers: () => undefined,
    links: () => [],
    link: () => undefined,
    takeLeftOut: refuse,
    peers: () => [],
    peer: () => undefined,
    wake: () => undefined,
    relay: () => undefined,
    wakePeer: () => undefined,
    reaches: () => false,
    carries: () => false,
    hear: () => undefined,
    noteHidden: () => [],
    answered: () => undefined,
    syncAll: async () => [],
    syncWith: refuse,
    start: () => undefined,
    stop: () => undefined,
    peerSide: {
      watermark: () => ({ ...nothing, hlc: '' }),
      changes: noPage,
      hidden: noPage,
      changesAfterStamp: noPage,
      push: refuse,
      contents: () => ({ contents: [] }),
    },
  };
}
