/** The peers of one host: who is trusted with what, how they reach us and we them, and how far each is. */
import type { Input } from '../../../shared/contracts/app-api.ts';
import type { LagJson, NetworkJson, PairingJson, PeerJson } from '../../../shared/contracts/peer-shapes.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { FindGivers } from '../knowledge/shared-embeddings.ts';
import { changePeer, sharePeer } from './change-peer.ts';
import { findGivers } from './embedding-givers.ts';
import { openIdentity } from './identity.ts';
import { createLagHistory, type LagHistory, lagsOf } from './lag.ts';
import { readMachineFact } from './machine-fact.ts';
import { assemble, nameOf, type Parts, type PeersOptions, settle } from './parts.ts';
import { noPeer } from './peer-problems.ts';
import { findPeer, openPeerStore, type PeerSettings } from './peer-store.ts';
import { toNetworkJson, toPeerJson } from './peer-views.ts';
import type { Peers } from './peers-contract.ts';
import { syncPeers } from './sync-peers.ts';

export type PeersOfHost = Peers & {
  /** Opens and closes links so that they fit what is open and trusted. */
  reconcile(): void;
  /** Notes how far each peer is, for `lag`: called when it may be another. */
  noteLag(): void;
  /** Peers that may have embeddings of this note of this replica. */
  embeddingGivers: FindGivers;
  stop(): Promise<void>;
};

/** Reads what is kept and listens if that is wanted. Fails as `openIdentity` does. */
export async function openPeers(options: PeersOptions): Promise<Result<PeersOfHost>> {
  const { dataFolder, clock, log } = options;
  const machine = await readMachineFact(process.platform);
  const opened = await openIdentity(dataFolder, { nowMs: clock.nowMs(), machine });
  if (!opened.ok) return opened;
  const { identity, renewed } = opened.value;
  if (renewed !== undefined) log.warn(`${renewed.message} ${renewed.advice}`);
  const store = await openPeerStore(dataFolder, { log, nowMs: clock.nowMs() });
  const parts = assemble(options, { identity, store });
  await settle(parts);
  return ok(toPeers(parts));
}

function toPeers(parts: Parts): PeersOfHost {
  const { store, links, pairing, discovery, listener } = parts;
  const history = createLagHistory(parts.options.clock.nowMs);
  return {
    noteLag: () => history.note(lagsOf(links)),
    lag: () => lagJson(parts, history),
    reconcile: links.reconcile,
    embeddingGivers: findGivers(parts),
    network: () => networkOf(parts),
    changeNetwork: (changes) => changeNetwork(parts, changes),
    list: () => store.current().peers.map((peer) => toPeerJson(viewsOf(parts), peer)),
    nearby: () => ({ discovery: store.current().discovery, devices: discovery.found() }),
    pairing: pairing.current,
    invite: () => invite(parts),
    answer: pairing.answer,
    confirm: pairing.confirm,
    cancelPairing: pairing.cancel,
    change: (input) => changeAndShow(parts, input, changePeer(store, input)),
    share: (input) => changeAndShow(parts, input, sharePeer(store, input)),
    revoke: (id) => revoke(parts, id),
    async sync(input) {
      links.reconcile();
      return syncPeers({ links, store }, input);
    },
    async stop() {
      pairing.stop();
      discovery.stop();
      links.stop();
      await listener.stop();
      await store.settle();
    },
  };
}

function lagJson({ store, options }: Parts, history: LagHistory): LagJson {
  const peers = store.current().peers.map(({ id }) => ({
    id,
    points: history.points(id).map(({ atMs, behind, ahead }) => ({ at_ms: atMs, behind, ahead })),
  }));
  return { from_ms: history.fromMs(), to_ms: options.clock.nowMs(), peers };
}

const viewsOf = ({ links, contacts, options }: Parts) => ({
  links,
  contacts,
  workspaces: options.workspaces,
  nowMs: options.clock.nowMs,
});

function networkOf({ identity, store, listener, discovery }: Parts): NetworkJson {
  const port = listener.port();
  return toNetworkJson({
    device: { id: identity.id, name: nameOf(store) },
    ...networkSettings(store.current()),
    listening: port === undefined ? null : { port, addresses: listener.addresses() },
    problem: listener.problem() ?? discovery.problem() ?? null,
  });
}

async function changeNetwork(
  parts: Parts,
  changes: Parameters<Peers['changeNetwork']>[0],
): Promise<Result<NetworkJson>> {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const kept = await parts.store.change((it) => ({ ...it, ...given }));
  if (!kept.ok) return kept;
  await settle(parts);
  return ok(networkOf(parts));
}

async function invite({ pairing, listener }: Parts): Promise<Result<PairingJson>> {
  pairing.invite();
  await listener.adjust();
  if (listener.port() !== undefined) {
    // Now that there is a port, its addresses belong to the invitation.
    return ok(pairing.invite());
  }
  pairing.cancel();
  return err(listener.problem() ?? deaf);
}

async function changeAndShow(
  parts: Parts,
  { id, shared, share_all: shareAll }: Partial<Input<'changePeer'> & Input<'shareWithPeer'>> & { id: string },
  change: Promise<Result<unknown>>,
): Promise<Result<PeerJson>> {
  const changed = await change;
  if (!changed.ok) return changed;
  // News of what it may no longer know end with its connections; it comes again for the rest.
  if (shared === false || shareAll === false) parts.listener.cut(id);
  await settle(parts);
  const peer = findPeer(parts.store.current(), id);
  return peer === undefined ? err(noPeer(id)) : ok(toPeerJson(viewsOf(parts), peer));
}

async function revoke(parts: Parts, id: string): Promise<Result<boolean>> {
  const { store, listener, links, contacts } = parts;
  if (findPeer(store.current(), id) === undefined) return ok(false);
  const kept = await store.change((it) => ({ ...it, peers: it.peers.filter((peer) => peer.id !== id) }));
  if (!kept.ok) return kept;
  listener.cut(id);
  links.forget(id);
  contacts.forget(id);
  await settle(parts);
  return ok(true);
}

const networkSettings = ({ listen, bind, port, discovery }: PeerSettings) => ({
  listen,
  bind,
  port,
  discovery,
});

const deaf: Problem = problem(
  'peer-refused',
  'the peer port',
  'This Skein does not listen for peers, so nobody could come with the code.',
  'Turn listening on in the settings, start `skein serve`, or begin the pairing on the other device.',
);
