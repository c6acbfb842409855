/** Peers on the same network, when the user switched that on: their addresses, and devices to pair with. */
import { type Problem, problem } from '../../../shared/result.ts';
import type { DialAddress } from '../../adapters/dial-problems.ts';
import { lookNearby, type Nearby, type NearbyDevice } from '../../adapters/nearby-devices.ts';
import { writeAddress } from './address.ts';
import { shortIdOf } from './device-id.ts';
import { deviceTwice } from './peer-problems.ts';
import { findPeer, type PeerStore } from './peer-store.ts';
import type { NearbyJson } from './peers-contract.ts';

export type Discovery = {
  /** Starts, announces a new port, or stops, as is wanted. */
  adjust(): void;
  found(): NearbyJson[];
  /** Of devices that we are not paired with. */
  addresses(): DialAddress[];
  problem(): Problem | undefined;
  stop(): void;
};

export type DiscoveryDeps = {
  self(): { id: string; name: string; instance: string; port: number | undefined };
  isWanted(): boolean;
  store: PeerStore;
  seen(id: string, address: string): void;
  changed(): void;
};

export function createDiscovery(deps: DiscoveryDeps): Discovery {
  let nearby: Nearby | undefined;
  let announced = '';
  let failure: Problem | undefined;

  const others = (): NearbyDevice[] => (nearby?.found() ?? []).filter(({ id }) => id !== deps.self().id);
  const isPaired = (id: string): boolean => findPeer(deps.store.current(), id) !== undefined;

  function look(): void {
    const { id, name, instance, port } = deps.self();
    nearby = lookNearby({
      self: port === undefined ? undefined : { id, name, instance, port },
      changed() {
        failure = twin(nearby?.found() ?? [], deps.self());
        for (const device of others()) noteAddresses(deps, device);
        deps.changed();
      },
      failed(reason) {
        failure = noMulticast(reason);
        deps.changed();
      },
    });
  }

  function stop(): void {
    nearby?.stop();
    nearby = undefined;
    failure = undefined;
  }

  return {
    stop,
    problem: () => failure,
    addresses: () =>
      others()
        .filter(({ id }) => !isPaired(id))
        .flatMap(({ addresses }) => addresses),
    found: () =>
      others().map(({ id, name, addresses }) => ({
        id,
        short_id: shortIdOf(id),
        name,
        addresses: addresses.map(writeAddress),
        paired: isPaired(id),
      })),
    adjust() {
      const { name, port } = deps.self();
      const wanted = deps.isWanted() ? `${name} ${port}` : '';
      if (wanted === announced) return;
      stop();
      announced = wanted;
      if (wanted !== '') look();
    },
  };
}

/** A paired device is tried where it was seen; whether it is really there, its certificate says. */
function noteAddresses({ store, seen }: DiscoveryDeps, { id, addresses }: NearbyDevice): void {
  const [first] = addresses;
  if (first !== undefined && findPeer(store.current(), id) !== undefined) seen(id, writeAddress(first));
}

/** Somebody else on this network announces our own identity. */
function twin(found: readonly NearbyDevice[], self: ReturnType<DiscoveryDeps['self']>): Problem | undefined {
  return found.some(({ id, instance }) => id === self.id && instance !== self.instance)
    ? deviceTwice(self.name)
    : undefined;
}

const noMulticast = (reason: string): Problem =>
  problem(
    'peer-unreachable',
    'discovery',
    `Devices nearby cannot be found on this network: ${reason}.`,
    'Give peers an address by hand: skein peers address',
  );
