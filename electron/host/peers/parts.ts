/** The parts of everything that has to do with peers, and how they find each other. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { systemRandom } from '../../adapters/system-random.ts';
import type { Clock, Log } from '../../engine/ports.ts';
import type { OpenWorkspace } from '../host-contract.ts';
import { type Contacts, createContacts } from './contacts.ts';
import { createDiscovery, type Discovery } from './discovery.ts';
import { createGate } from './gate.ts';
import type { Identity } from './identity.ts';
import { createLinks, enginesByWorkspace, type Links } from './links.ts';
import { createListener, type Listener } from './listener.ts';
import { createPairing, type Pairing } from './pairing.ts';
import type { PairingSession, Verdict } from './pairing-session.ts';
import { findPeer, type Peer, type PeerStore, seenAt, usualShare, withPeer } from './peer-store.ts';
import type { GiveEmbeddings, ListenForPeers, PeerGate } from './peers-contract.ts';

export type PeersOptions = {
  dataFolder: string;
  version: string;
  clock: Clock;
  log: Log;
  workspaces(): readonly OpenWorkspace[];
  /** Something that `listPeers`, `getNetwork` or `getPairing` shows is another now. */
  changed(): void;
  giveEmbeddings: GiveEmbeddings;
  /** A peer fetches changes or contents. */
  exchanging(): void;
  /** Absent where this process serves nobody. */
  listen: ListenForPeers | undefined;
  chosenPort: number | undefined;
  alwaysListen: boolean;
  /** False where nothing happens by itself: peers are asked only when the user says so. */
  isActive: boolean;
};

type Kept = {
  identity: Identity;
  store: PeerStore;
};

/** Everything of one host that has to do with peers; parts find each other here. */
export type Parts = Kept & {
  options: PeersOptions;
  /** Another one in each process. */
  instance: string;
  contacts: Contacts;
  links: Links;
  listener: Listener;
  discovery: Discovery;
  pairing: Pairing;
};

export function assemble(options: PeersOptions, kept: Kept): Parts {
  const { clock, log, workspaces, changed, isActive } = options;
  const { identity, store } = kept;
  const instance = randomBytes(16).toString('hex');
  const name = () => nameOf(store);
  const port = () => parts.listener.port();
  const seen = (id: string, address: string) => noteSeen(parts, id, address);
  const common = { clock, identity, instance, store, workspaces, port };
  const parts: Parts = {
    ...kept,
    options,
    instance,
    contacts: createContacts(clock.nowMs),
    links: createLinks({
      ...common,
      random: systemRandom,
      reached: seen,
      exchanging: options.exchanging,
      isActive: () => isActive,
    }),
    listener: createListener({
      identity,
      gate: makeGate(() => parts, seen),
      listen: isActive ? options.listen : undefined,
      settings: store.current,
      chosenPort: options.chosenPort,
      isExpecting: () => isExpecting(parts),
      log,
      changed() {
        parts.discovery.adjust();
        changed();
      },
    }),
    discovery: createDiscovery({
      self: () => ({ id: identity.id, name: name(), instance, port: port() }),
      isWanted: () => isActive && store.current().discovery,
      store,
      seen,
      changed,
    }),
    pairing: createPairing({
      ...common,
      name,
      workspaces: () => namedWorkspaces(options),
      listen: () => parts.listener.adjust(),
      addresses: () => parts.listener.addresses(),
      nearby: () => parts.discovery.addresses(),
      changed() {
        // The port is open for as long as somebody may come.
        void parts.listener.adjust();
        changed();
      },
      agreed: (session, verdict) => agree(parts, session, verdict),
    }),
  };
  return parts;
}

export const nameOf = (store: PeerStore): string =>
  store.current().name ?? (hostname().slice(0, limits.deviceNameCharacters) || 'Skein');

/** The gate is made before the parts that it leads to. */
function makeGate(parts: () => Parts, seen: (id: string, address: string) => void): PeerGate {
  return createGate({
    deviceId: () => parts().identity.id,
    version: () => parts().options.version,
    name: () => nameOf(parts().store),
    store: () => parts().store,
    contacts: () => parts().contacts,
    pairing: () => parts().pairing,
    links: () => parts().links,
    workspaces: () => parts().options.workspaces(),
    seen,
    giveEmbeddings: (replica, question, mayRead) =>
      parts().options.giveEmbeddings(replica, question, mayRead),
    exchanging: () => parts().options.exchanging(),
  });
}

const isExpecting = ({ options, store, pairing }: Parts): boolean =>
  options.alwaysListen || store.current().peers.length > 0 || pairing.isUnderWay();

const namedWorkspaces = ({ workspaces }: PeersOptions) =>
  [...enginesByWorkspace(workspaces())].map(([workspace, { name }]) => ({ workspace, name }));

/** Where a peer was seen is tried from now on, and at once if it could not be reached. */
function noteSeen({ store, links }: Parts, id: string, address: string): void {
  const peer = findPeer(store.current(), id);
  if (peer === undefined || seenAt(peer, address) === peer) return;
  void store.change((it) => withPeer(it, id, (now) => seenAt(now, address))).then(() => links.tryAgain(id));
}

/** Makes everything as the settings of this moment want it. */
export async function settle({ listener, discovery, links, options }: Parts): Promise<void> {
  await listener.adjust();
  discovery.adjust();
  links.reconcile();
  options.changed();
}

async function agree(parts: Parts, session: PairingSession, verdict: Verdict): Promise<Result<unknown>> {
  const { store, links, contacts, options } = parts;
  const peer = toPeer(session, verdict, options.clock.nowMs());
  if (peer === undefined) return ok(undefined);
  const others = store.current().peers.filter(({ id }) => id !== peer.id);
  if (others.length >= limits.peers) return err(tooManyPeers);
  links.forget(peer.id);
  contacts.forget(peer.id);
  const kept = await store.change((it) => ({
    ...it,
    peers: [...it.peers.filter(({ id }) => id !== peer.id), peer],
  }));
  if (kept.ok) await settle(parts);
  return kept;
}

/** What both people agreed on, as it is kept. */
function toPeer(session: PairingSession, verdict: Verdict, sinceMs: number): Peer | undefined {
  const { peer, common } = session;
  if (peer === undefined) return undefined;
  const { ownDevice, write } = verdict;
  const trusted = verdict.trusted ?? ownDevice;
  const workspaces = verdict.workspaces ?? common.map(({ workspace }) => workspace);
  return {
    id: peer.id,
    name: peer.name,
    certificate: peer.certificate,
    addresses: [],
    seen: peer.addresses,
    ownDevice,
    shareAll: ownDevice && verdict.workspaces === undefined,
    sinceMs,
    shares: workspaces.map((workspace) => ({ ...usualShare({ ownDevice }, workspace), write, trusted })),
  };
}

const tooManyPeers: Problem = problem(
  'too-large',
  'peers',
  `${limits.peers} devices are paired, which is the limit.`,
  'Revoke one that is no longer used, then pair again.',
);
