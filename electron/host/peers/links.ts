/**
 * Ties open workspaces to peers: a link for each pair that shares something, none for any other. `reconcile` makes
 * it so after whatever changed; doing it twice changes nothing.
 */
import { coversAll, parseVector } from '../../../shared/domain/vector.ts';
import type { Engine } from '../../engine/engine-contract.ts';
import type { Cancel, Clock, Random } from '../../engine/ports.ts';
import type { LinkRights } from '../../engine/replicate/link.ts';
import type { OpenWorkspace } from '../host-contract.ts';
import { isLocalLink } from '../local-replicas.ts';
import type { Identity } from './identity.ts';
import { readNews } from './news-reader.ts';
import { selectedBy } from './partial.ts';
import { createPeerConnection, type PeerConnection } from './peer-connection.ts';
import { createPeerLink, type Traffic } from './peer-link.ts';
import { findPeer, type Peer, type PeerStore, type Share, shareOf } from './peer-store.ts';

export type LinksDeps = {
  clock: Clock;
  random: Random;
  identity: Identity;
  instance: string;
  store: PeerStore;
  workspaces(): readonly OpenWorkspace[];
  port(): number | undefined;
  reached(id: string, address: string): void;
  /** Something is being exchanged that we asked for or gave. */
  exchanging(): void;
  /** False while nothing is to happen by itself. */
  isActive(): boolean;
};

/** A workspace of a peer with the engine that serves it, and the files that the peer takes, as it last said. */
export type Tie = {
  peer: string;
  workspace: string;
  engine: Engine;
  traffic: Traffic;
  wanted: readonly string[];
};

export type Links = {
  reconcile(): void;
  ties(): Tie[];
  /** Undefined until the peer was needed once. */
  connection(id: string): PeerConnection | undefined;
  /**
   * The peer is there again, or elsewhere: exchanges that failed need not wait for their next try. It is given nothing
   * yet, for who reaches us asks for what it lacks.
   */
  tryAgain(id: string): void;
  /** Cuts what is open to a peer. */
  forget(id: string): void;
  stop(): void;
};

type Attached = Tie & { share: Share; stop: Cancel };

/** The engine of each workspace: of several replicas of one, the one that was opened first. */
export function enginesByWorkspace(open: readonly OpenWorkspace[]): Map<string, Engine> {
  const engines = new Map<string, Engine>();
  for (const { workspace, engine } of open) {
    if (workspace !== null && engine !== undefined && !engines.has(workspace)) engines.set(workspace, engine);
  }
  return engines;
}

export function createLinks(deps: LinksDeps): Links {
  const connections = new Map<string, PeerConnection>();
  const attachedByKey = new Map<string, Attached>();

  function connectionTo(peer: Peer): PeerConnection {
    const known = connections.get(peer.id);
    if (known !== undefined) return known;
    const made = createPeerConnection({
      ...deps,
      peer: () => findPeer(deps.store.current(), peer.id) ?? peer,
      nowMs: deps.clock.nowMs,
      reached: (address) => deps.reached(peer.id, address),
    });
    connections.set(peer.id, made);
    return made;
  }

  function attach(peer: Peer, workspace: string, share: Share, engine: Engine): Attached {
    const connection = connectionTo(peer);
    const traffic: Traffic = { bytesIn: 0, bytesOut: 0 };
    const attached: Attached = {
      peer: peer.id,
      workspace,
      engine,
      traffic,
      wanted: [],
      share,
      stop: () => {},
    };
    const shareNow = () => shareOf(findPeer(deps.store.current(), peer.id) ?? peer, workspace);
    const link = createPeerLink({
      connection,
      peer: { id: peer.id, name: peer.name },
      share: shareNow,
      rights: () => ({
        ...rightsOf(deps.store, peer.id, workspace),
        wants: selectedBy(attached.wanted),
      }),
      traffic,
      exchanging: deps.exchanging,
    });
    // What is shared from now on may be exchanged in a moment.
    deps.exchanging();
    engine.replication.addPeer(link);
    void engine.replication.takeLeftOut(peer.id);
    if (deps.isActive()) attached.stop = readNews({ ...deps, connection, ...newsOf(engine, peer.id, share) });
    return attached;
  }

  function detach(key: string, attached: Attached, forget: boolean): void {
    attached.stop();
    attachedByKey.delete(key);
    if (forget) attached.engine.replication.removePeer(attached.peer);
  }

  function forget(id: string): void {
    for (const [key, attached] of attachedByKey) if (attached.peer === id) detach(key, attached, true);
    connections.get(id)?.close();
    connections.delete(id);
  }

  function reconcile(): void {
    const wanted = wantedTies(deps);
    for (const [key, attached] of attachedByKey) {
      const want = wanted.get(key);
      const isSame =
        want?.engine === attached.engine &&
        want.share.theirs === attached.share.theirs &&
        want.peer.name === nameOf(attached);
      // A closed engine keeps what it knows of the peer; a workspace that is shared no longer forgets it.
      if (!isSame) detach(key, attached, isOpen(deps, attached.engine) && want === undefined);
    }
    for (const [key, want] of wanted) {
      if (!attachedByKey.has(key))
        attachedByKey.set(key, attach(want.peer, want.workspace, want.share, want.engine));
    }
    for (const [key, attached] of attachedByKey) noteShare(attached, wanted.get(key)?.share);
    for (const id of connections.keys()) if (findPeer(deps.store.current(), id) === undefined) forget(id);
    forgetStrangers(deps);
  }

  return {
    reconcile,
    ties: () => [...attachedByKey.values()],
    connection: (id) => connections.get(id),
    tryAgain(id) {
      for (const { peer, engine } of attachedByKey.values()) {
        if (peer === id && hasFailed(engine, id)) void engine.replication.syncWith(id, 'take');
      }
    },
    forget,
    stop() {
      for (const { stop } of attachedByKey.values()) stop();
      attachedByKey.clear();
      for (const connection of connections.values()) connection.close();
      connections.clear();
    },
  };
}

/** When we take other files than before, those that were left out come now; when we give others, the peer hears of it. */
function noteShare(attached: Attached, share: Share | undefined): void {
  if (share === undefined) return;
  const { share: before, peer } = attached;
  const { replication } = attached.engine;
  attached.share = share;
  if (share.takes.join() !== before.takes.join()) void replication.takeLeftOut(peer);
  if (share.scope !== before.scope) replication.wake();
}

const hasFailed = ({ replication }: Engine, id: string): boolean =>
  replication.link(id) !== undefined && !replication.reaches(id);

const nameOf = ({ engine, peer }: Tie): string | undefined => engine.replication.link(peer)?.name;

const isOpen = ({ workspaces }: LinksDeps, engine: Engine): boolean =>
  workspaces().some((open) => open.engine === engine);

/** A peer may be removed, or lose a workspace, while that is closed: what its log knows of the peer goes when it opens. */
function forgetStrangers({ store, workspaces }: LinksDeps): void {
  for (const { workspace, engine } of workspaces()) {
    if (workspace === null) continue;
    engine?.replication.forgetOthers((id) => {
      const peer = findPeer(store.current(), id);
      return isLocalLink(id) || (peer !== undefined && shareOf(peer, workspace) !== undefined);
    });
  }
}

type Wanted = { peer: Peer; workspace: string; share: Share; engine: Engine };

function wantedTies({ store, workspaces }: LinksDeps): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const [workspace, engine] of enginesByWorkspace(workspaces())) {
    for (const peer of store.current().peers) {
      const share = shareOf(peer, workspace);
      if (share !== undefined) wanted.set(`${peer.id} ${workspace}`, { peer, workspace, share, engine });
    }
  }
  return wanted;
}

/** Looked up at every question: a right that was taken away is gone at once. */
export function rightsOf(store: PeerStore, id: string, workspace: string): LinkRights {
  const peer = findPeer(store.current(), id);
  const share = peer && shareOf(peer, workspace);
  if (share === undefined) return { read: false, write: false, trusted: false };
  const { write, trusted, patterns, scope } = share;
  return { read: true, write, trusted, scope, mayRead: selectedBy(patterns) };
}

/** News that we have already wake nobody. */
function newsOf({ replication }: Engine, id: string, { theirs }: Share) {
  return {
    path: () => `/sync/news?workspace=${theirs}`,
    opened: () => replication.wakePeer(id),
    heard(text: string) {
      const vector = parseVector(text);
      const ours = parseVector(replication.peerSide.watermark().vector);
      if (vector.ok && ours.ok && coversAll(ours.value, vector.value)) return;
      replication.wakePeer(id);
    },
  };
}
