/**
 * All the replicas that this one exchanges changes with (reference/002, `SyncManager`): adds and removes them, wakes
 * them when something is new, and says how each is doing.
 */
import type { Places, Push } from '../../../shared/contracts/peer-protocol.ts';
import { countMissing, emptyVector, parseVector, type Vector } from '../../../shared/domain/vector.ts';
import { err, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Apart } from './bytes-apart.ts';
import {
  createExchange,
  type Exchange,
  type ExchangeDeps,
  type Heard,
  type LinkState,
  type Need,
  type SyncStats,
} from './exchange.ts';
import type { PeerLink } from './link.ts';
import type { LinkStates } from './link-states.ts';
import { lacks } from './push.ts';

export type PeerView = Omit<
  LinkState,
  'vector' | 'said' | 'toCome' | 'scope' | 'shown' | 'asking' | 'told' | 'heardMs' | 'back'
> & {
  id: string;
  name: string;
  sinceMs: number;
  /** Changes that it has and we lack, and the other way round, as far as we know. */
  behind: number;
  ahead: number;
  /** About how many bytes the contents of those have. */
  behindBytes: number;
  aheadBytes: number;
  bytesIn: number;
  bytesOut: number;
};

export type SyncResult = { peer: string; result: Result<SyncStats> };

export type Replicator = {
  addPeer(link: PeerLink): void;
  removePeer(id: string): void;
  /** Lets go of the link, and keeps what is known of the peer. */
  suspend(id: string): void;
  /** Forgets what is known of replicas without a link, but for those of this kind. */
  forgetOthers(isKept: (id: string) => boolean): void;
  links(): PeerLink[];
  link(id: string): PeerLink | undefined;
  peers(): PeerView[];
  /** One of them: how far it is apart takes a moment to find, so ask for all only where all are shown. */
  peer(id: string): PeerView | undefined;
  /** Tells every exchange that we have news. */
  wake(): void;
  /** Tells those that lack something which others wrote. */
  relay(): void;
  /** Whether this peer can be asked by us, as far as we know. */
  reaches(id: string): boolean;
  /** Whether what is new here comes to this peer by our own exchanges, or there is nothing new for it. */
  carries(id: string): boolean;
  /** A peer said what it holds. */
  hear(id: string, said: Heard): void;
  /** A peer gave these rows. Returns the places of those that are hidden from us, and that it may show by now. */
  noteHidden(id: string, push: Pick<Push, 'changes' | 'vector' | 'scope'>): Places;
  /** A peer asked for changes and got them. */
  answered(id: string, since: Vector, reached: Vector): void;
  /** A peer said that it has news. */
  wakePeer(id: string): void;
  syncAll(): Promise<SyncResult[]>;
  /** Both ways unless told. Fails with `not-found`, or with what the exchange says. */
  syncWith(id: string, wanted?: Need): Promise<Result<SyncStats>>;
  start(): void;
  stop(): void;
};

type Peer = { exchange: Exchange; sinceMs: number };
type ReplicatorDeps = Omit<ExchangeDeps, 'changed'> & { states: LinkStates; changed(): void };

export function createReplicator(deps: ReplicatorDeps): Replicator {
  const peers = new Map<string, Peer>();
  let running = false;

  function addPeer(link: PeerLink): void {
    peers.get(link.id)?.exchange.stop();
    const { sinceMs, state } = deps.states.meet(link, deps.clock.nowMs());
    const changed = (now: LinkState): void => {
      if (peers.has(link.id)) deps.states.save(link.id, now);
      deps.changed();
    };
    const exchange = createExchange({ ...deps, changed }, link, state);
    peers.set(link.id, { exchange, sinceMs });
    if (running) exchange.wake('both');
  }

  /** Kept at once: a peer that only asks would never be known to have anything. */
  function noted(id: string, note: (exchange: Exchange) => void): void {
    const exchange = peers.get(id)?.exchange;
    if (exchange === undefined) return;
    note(exchange);
    deps.states.save(id, exchange.state);
  }

  function suspend(id: string): void {
    peers.get(id)?.exchange.stop();
    peers.delete(id);
  }

  return {
    addPeer,
    suspend,
    removePeer(id) {
      suspend(id);
      deps.states.forget(id);
      deps.changed();
    },
    forgetOthers(isKept) {
      for (const id of deps.states.known()) if (!peers.has(id) && !isKept(id)) deps.states.forget(id);
    },
    links: () => [...peers.values()].map(({ exchange }) => exchange.link),
    link: (id) => peers.get(id)?.exchange.link,
    peers: () => [...peers.values()].map((peer) => viewOf(deps, peer)),
    peer(id) {
      const peer = peers.get(id);
      return peer && viewOf(deps, peer);
    },
    wake() {
      if (running) for (const { exchange } of peers.values()) exchange.wake('give');
    },
    relay() {
      if (!running) return;
      for (const { exchange } of peers.values()) {
        // Asking first tells whether it came another way meanwhile.
        if (lacks(deps, exchange)) exchange.wake('both');
      }
    },
    wakePeer: (id) => void (running && peers.get(id)?.exchange.wake('take')),
    reaches: (id) => peers.get(id)?.exchange.state.failures === 0,
    carries(id) {
      const exchange = peers.get(id)?.exchange;
      if (exchange === undefined) return false;
      const { failures, problem, vector } = exchange.state;
      // Asked at every change, and to count what it lacks takes longer.
      if (failures === 0 && problem === undefined) return true;
      return countMissing(deps.home.offered(exchange.link), vector) === 0;
    },
    hear: (id, said) => noted(id, ({ hear }) => hear(said)),
    noteHidden(id, push) {
      const state = peers.get(id)?.exchange.state;
      // Of who only calls us nothing is remembered: it is asked each time for all that it holds.
      if (state === undefined)
        return deps.home.unasked({ said: readVector(push.vector), shown: emptyVector });
      deps.home.noteHidden(state, push);
      // What we ask for at this moment need not be brought besides.
      return state.asking ? [] : deps.home.unasked(state);
    },
    answered(id, since, reached) {
      noted(id, ({ answered }) => answered(since, reached));
      deps.changed();
    },
    async syncAll() {
      const all = [...peers.values()];
      return Promise.all(
        all.map(async ({ exchange }) => ({ peer: exchange.link.id, result: await exchange.run() })),
      );
    },
    async syncWith(id, wanted) {
      const peer = peers.get(id);
      return peer === undefined ? err(noPeer(id)) : peer.exchange.run(wanted);
    },
    start() {
      running = true;
      for (const { exchange } of peers.values()) exchange.wake('both');
    },
    stop() {
      running = false;
      for (const { exchange } of peers.values()) exchange.stop();
    },
  };
}

function viewOf({ home }: ReplicatorDeps, { exchange, sinceMs }: Peer): PeerView {
  const { link, state } = exchange;
  const { vector, said, toCome, scope, shown, asking, told, heardMs, back, ...rest } = state;
  const behind = countMissing(vector, home.vector());
  const traffic = link.traffic?.() ?? { bytesIn: 0, bytesOut: 0 };
  return {
    ...rest,
    ...traffic,
    id: link.id,
    name: link.name,
    sinceMs,
    behind,
    ahead: countMissing(home.offered(link), vector),
    behindBytes: bytesOf(toCome, behind),
    /** Worked out when somebody asks: it takes longer than all else here, and every change makes some look. */
    get aheadBytes() {
      return home.ahead(link, vector).bytes;
    },
  };
}

function readVector(text: string): Vector {
  const vector = parseVector(text);
  return vector.ok ? vector.value : emptyVector;
}

/** Of what was to come, the part that has not come yet. */
const bytesOf = ({ changes, bytes }: Apart, behind: number): number =>
  changes === 0 ? 0 : Math.round(bytes * Math.min(1, behind / changes));

const noPeer = (id: string): Problem =>
  problem('not-found', id, `This workspace has no peer ${id}.`, 'List them with: skein peers');
