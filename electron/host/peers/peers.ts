/** The peers of one host: who is trusted with what, how they reach us and we them, and how far each is. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { systemRandom } from '../../adapters/system-random.ts';
import type { Clock, Log } from '../../engine/ports.ts';
import type { OpenWorkspace } from '../host-contract.ts';
import { changePeer, sharePeer } from './change-peer.ts';
import { createContacts } from './contacts.ts';
import { createDiscovery } from './discovery.ts';
import { createGate } from './gate.ts';
import { openIdentity } from './identity.ts';
import { createLinks, enginesByWorkspace } from './links.ts';
import { createListener } from './listener.ts';
import { readMachineFact } from './machine-fact.ts';
import { createPairing } from './pairing.ts';
import type { PairingSession, Verdict } from './pairing-session.ts';
import { noPeer } from './peer-problems.ts';
import { findPeer, openPeerStore, type Peer, seenAt, usualShare, withPeer } from './peer-store.ts';
import { toNetworkJson, toPeerJson } from './peer-views.ts';
import type { ListenForPeers, Peers } from './peers-contract.ts';
import { syncPeers } from './sync-peers.ts';

export type PeersOptions = {
  dataFolder: string;
  version: string;
  clock: Clock;
  log: Log;
  workspaces(): readonly OpenWorkspace[];
  /** Something that `listPeers`, `getNetwork` or `getPairing` shows is another now. */
  changed(): void;
  /** Absent where this process serves nobody. */
  listen: ListenForPeers | undefined;
  chosenPort: number | undefined;
  alwaysListen: boolean;
  /** False where nothing happens by itself: peers are asked only when the user says so. */
  isActive: boolean;
};

export type PeersOfHost = Peers & {
  /** Opens and closes links so that they fit what is open and trusted. */
  reconcile(): void;
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
  const peers = assemble(options, { identity, store });
  await peers.begin();
  return ok(peers);
}

type Kept = {
  identity: { id: string; key: string; certificate: string };
  store: Awaited<ReturnType<typeof openPeerStore>>;
};

function assemble(
  options: PeersOptions,
  { identity, store }: Kept,
): PeersOfHost & { begin(): Promise<void> } {
  const { clock, log, version, workspaces, changed, isActive } = options;
  const instance = randomBytes(16).toString('hex');
  const contacts = createContacts(clock.nowMs);
  const name = (): string =>
    store.current().name ?? (hostname().slice(0, limits.deviceNameCharacters) || 'Skein');
  const port = (): number | undefined => listener.port();
  const seen = (id: string, address: string): void => {
    const peer = findPeer(store.current(), id);
    if (peer === undefined || seenAt(peer, address) === peer) return;
    void store.change((it) => withPeer(it, id, (now) => seenAt(now, address))).then(() => links.tryAgain(id));
  };
  const links = createLinks({
    clock,
    random: systemRandom,
    identity,
    instance,
    store,
    workspaces,
    port,
    reached: seen,
    isActive: () => isActive,
  });
  const gate = createGate({
    deviceId: identity.id,
    version,
    name,
    store,
    contacts,
    pairing: () => pairing,
    links: () => links,
    workspaces,
    seen,
  });
  const listener = createListener({
    identity,
    gate,
    listen: isActive ? options.listen : undefined,
    settings: store.current,
    chosenPort: options.chosenPort,
    isExpecting: () => options.alwaysListen || store.current().peers.length > 0 || pairing.isUnderWay(),
    log,
    changed: () => {
      discovery.adjust();
      changed();
    },
  });
  const discovery = createDiscovery({
    self: () => ({ id: identity.id, name: name(), instance, port: port() }),
    isWanted: () => isActive && store.current().discovery,
    store,
    seen,
    log,
    changed,
  });
  const pairing = createPairing({
    clock,
    identity,
    instance,
    name,
    port,
    workspaces: () =>
      [...enginesByWorkspace(workspaces())].map(([workspace, engine]) => ({ workspace, name: engine.name })),
    listen: () => listener.adjust(),
    addresses: () => listener.addresses(),
    nearby: () => discovery.addresses(),
    changed: () => {
      // The port is open for as long as somebody may come.
      void listener.adjust();
      changed();
    },
    agreed: (session, verdict) => agree(session, verdict),
  });
  const views = { links, contacts, workspaces, nowMs: clock.nowMs };
  const show = (id: string) => {
    const peer = findPeer(store.current(), id);
    return peer === undefined ? err(noPeer(id)) : ok(toPeerJson(views, peer));
  };
  const network = () =>
    toNetworkJson({
      device: { id: identity.id, name: name() },
      ...networkSettings(store.current()),
      listening: port() === undefined ? null : { port: port() ?? 0, addresses: listener.addresses() },
      problem: listener.problem() ?? discovery.problem() ?? null,
    });

  async function settled(): Promise<void> {
    await listener.adjust();
    discovery.adjust();
    links.reconcile();
    changed();
  }

  async function agree(session: PairingSession, verdict: Verdict): Promise<Result<unknown>> {
    const peer = toPeer(session, verdict, clock.nowMs());
    if (peer === undefined) return ok(undefined);
    if (store.current().peers.length >= limits.peers) return err(tooManyPeers);
    links.forget(peer.id);
    contacts.forget(peer.id);
    const kept = await store.change((it) => ({
      ...it,
      peers: [...it.peers.filter(({ id }) => id !== peer.id), peer],
    }));
    if (kept.ok) await settled();
    return kept;
  }

  return {
    begin: settled,
    reconcile: links.reconcile,
    network,
    list: () => store.current().peers.map((peer) => toPeerJson(views, peer)),
    nearby: () => ({ discovery: store.current().discovery, devices: discovery.found() }),
    pairing: pairing.current,
    answer: pairing.answer,
    confirm: pairing.confirm,
    async changeNetwork(changes) {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const kept = await store.change((it) => ({ ...it, ...given }));
      if (!kept.ok) return kept;
      await settled();
      return ok(network());
    },
    async invite() {
      pairing.invite();
      await listener.adjust();
      if (port() === undefined) {
        pairing.cancel();
        return err(listener.problem() ?? deaf);
      }
      // Now that there is a port, its addresses belong to the invitation.
      return ok(pairing.invite());
    },
    cancelPairing: pairing.cancel,
    async change(input) {
      const kept = await changePeer(store, input);
      if (!kept.ok) return kept;
      await settled();
      return show(input.id);
    },
    async share(input) {
      const kept = await sharePeer(store, input);
      if (!kept.ok) return kept;
      links.reconcile();
      changed();
      return show(input.id);
    },
    async revoke(id) {
      if (findPeer(store.current(), id) === undefined) return ok(false);
      const kept = await store.change((it) => ({ ...it, peers: it.peers.filter((peer) => peer.id !== id) }));
      if (!kept.ok) return kept;
      listener.cut(id);
      links.forget(id);
      contacts.forget(id);
      await settled();
      return ok(true);
    },
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

const networkSettings = ({ listen, bind, port, discovery }: ReturnType<Kept['store']['current']>) => ({
  listen,
  bind,
  port,
  discovery,
});

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

const deaf: Problem = problem(
  'peer-refused',
  'the peer port',
  'This Skein does not listen for peers, so nobody could come with the code.',
  'Turn listening on in the settings, start `skein serve`, or begin the pairing on the other device.',
);

const tooManyPeers: Problem = problem(
  'too-large',
  'peers',
  `${limits.peers} devices are paired, which is the limit.`,
  'Revoke one that is no longer used, then pair again.',
);
