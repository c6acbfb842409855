/** Listens for peers when the settings and the moment want it, and says where. */
import { networkInterfaces } from 'node:os';
import type { Problem, Result } from '../../../shared/result.ts';
import type { Log } from '../../engine/ports.ts';
import { writeAddress } from './address.ts';
import type { Identity } from './identity.ts';
import type { PeerSettings } from './peer-store.ts';
import type { ListenForPeers, PeerGate, PeerServer } from './peers-contract.ts';

export type Listener = {
  /** Starts, moves or stops, so that it is as wanted; turns follow one another. */
  adjust(): Promise<void>;
  port(): number | undefined;
  addresses(): string[];
  problem(): Problem | undefined;
  cut(id: string): void;
  stop(): Promise<void>;
};

export type ListenerDeps = {
  identity: Identity;
  gate: PeerGate;
  /** Absent where this process serves nobody. */
  listen: ListenForPeers | undefined;
  settings(): PeerSettings;
  /** `--peer-port`, which goes before the settings. */
  chosenPort: number | undefined;
  /** Somebody may come: there are peers, or a pairing is under way. */
  isExpecting(): boolean;
  log: Log;
  changed(): void;
};

type Wish = { port: number; bind: PeerSettings['bind'] };

export function createListener(deps: ListenerDeps): Listener {
  let server: PeerServer | undefined;
  let granted: Wish | undefined;
  let problem: Problem | undefined;
  let last: Promise<void> = Promise.resolve();
  let stopped = false;

  async function make(): Promise<void> {
    const wish = stopped ? undefined : wishOf(deps);
    if (isSame(wish, granted)) return;
    await server?.close();
    server = undefined;
    granted = undefined;
    problem = undefined;
    if (wish !== undefined) await open(wish);
    deps.changed();
  }

  async function open(wish: Wish): Promise<void> {
    const opened = await listenSomewhere(deps, wish);
    if (opened === undefined) return;
    problem = opened.problem;
    if (!opened.server.ok) return;
    server = opened.server.value;
    granted = wish;
  }

  const adjust = (): Promise<void> => {
    last = last.then(make).catch((cause) => deps.log.error('Listening for peers failed.', { cause }));
    return last;
  };

  return {
    adjust,
    port: () => server?.port,
    addresses: () => (server === undefined ? [] : addressesAt(server.port, deps.settings().bind)),
    problem: () => problem,
    cut: (id) => server?.cut(id),
    stop() {
      stopped = true;
      return adjust();
    },
  };
}

function wishOf({ settings, chosenPort, isExpecting }: ListenerDeps): Wish | undefined {
  const { listen, port, bind } = settings();
  if (listen === 'off' || (listen === 'auto' && !isExpecting())) return undefined;
  return { port: chosenPort ?? port, bind };
}

const isSame = (one: Wish | undefined, other: Wish | undefined): boolean =>
  one?.port === other?.port && one?.bind === other?.bind;

/** A port that is taken is no reason to be alone: peers learn another one when we call them. */
async function listenSomewhere(
  { listen, gate, identity, log }: ListenerDeps,
  wish: Wish,
): Promise<{ server: Result<PeerServer>; problem: Problem | undefined } | undefined> {
  if (listen === undefined) return undefined;
  const { key, certificate } = identity;
  const first = await listen(gate, { ...wish, key, certificate });
  if (first.ok) return { server: first, problem: undefined };
  log.warn(`${first.error.message} ${first.error.advice}`);
  if (first.error.code !== 'port-busy') return { server: first, problem: first.error };
  return { server: await listen(gate, { ...wish, port: 0, key, certificate }), problem: first.error };
}

/** What people type on the other device: addresses of this machine that others can reach, IPv4 first. */
function addressesAt(port: number, bind: PeerSettings['bind']): string[] {
  if (bind === 'loopback') return [writeAddress({ host: '127.0.0.1', port })];
  const found = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses);
  const usable = found.filter(({ internal, address }) => !internal && !address.startsWith('fe80'));
  const hosts = usable.toSorted((a, b) => a.family.localeCompare(b.family)).map(({ address }) => address);
  return (hosts.length === 0 ? ['127.0.0.1'] : hosts).map((host) => writeAddress({ host, port }));
}
