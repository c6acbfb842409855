/** Devices with Skein on the same network, by multicast DNS (RFC 6762, RFC 6763), and how they find us. */
import { Bonjour, type Browser, type Service } from 'bonjour-service';
import { limits } from '../../shared/limits.ts';

export type NearbyDevice = {
  id: string;
  name: string;
  instance: string;
  addresses: { host: string; port: number }[];
};

export type Nearby = {
  found(): NearbyDevice[];
  stop(): void;
};

export type NearbyOptions = {
  /** Undefined looks without being seen. */
  self: { id: string; name: string; instance: string; port: number } | undefined;
  changed(): void;
  /** Multicast does not work here. */
  failed(reason: string): void;
};

/** What others say is hostile until TLS proves the id: at most a wrong address comes of it. */
export function lookNearby({ self, changed, failed }: NearbyOptions): Nearby {
  const deviceByName = new Map<string, NearbyDevice>();
  const bonjour = new Bonjour({}, (cause: Error) => failed(cause.message));
  const browser: Browser = bonjour.find({ type: 'skein' });
  const note = (service: Service): void => {
    const device = toDevice(service);
    if (
      device === undefined ||
      (!deviceByName.has(service.name) && deviceByName.size >= limits.nearbyDevices)
    )
      return;
    deviceByName.set(service.name, device);
    changed();
  };
  browser.on('up', note);
  browser.on('txt-update', note);
  browser.on('down', (service: Service) => {
    if (deviceByName.delete(service.name)) changed();
  });
  if (self !== undefined) {
    const { id, name, instance, port } = self;
    // The service's name must be the only one of its kind on the network; people see the one in the text.
    bonjour.publish({
      name: `skein-${instance.slice(0, 16)}`,
      type: 'skein',
      port,
      txt: { id, name, instance },
    });
  }
  return {
    found: () => [...deviceByName.values()],
    stop() {
      browser.stop();
      bonjour.unpublishAll(() => bonjour.destroy());
    },
  };
}

function toDevice({ txt, addresses = [], port }: Service): NearbyDevice | undefined {
  const { id, name, instance } = (txt ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || !/^[A-Z2-7]{4}(-[A-Z2-7]{4}){12}$/.test(id)) return undefined;
  return {
    id,
    name: String(name ?? '').slice(0, limits.deviceNameCharacters) || id.slice(0, 9),
    instance: String(instance ?? '').slice(0, 64),
    addresses: addresses.slice(0, limits.peerAddresses).map((host) => ({ host, port })),
  };
}
