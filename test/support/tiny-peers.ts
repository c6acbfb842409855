/** Peers over a plain array, for tests of the HTTP layer; the real ones are tested with real devices. */
import type { Peers } from '../../electron/host/peers/peers-contract.ts';
import type { NetworkJson, PairingJson, PeerJson } from '../../shared/contracts/peer-shapes.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';

/** A device id of one letter. */
export const tinyDevice = (letter: string): string => Array(13).fill(letter.repeat(4)).join('-');

export const tinyPeer = (id: string, more: Partial<PeerJson> = {}): PeerJson => ({
  id,
  short_id: id.slice(0, 9),
  name: 'desk',
  own_device: false,
  share_all: false,
  addresses: ['192.168.1.20:7421'],
  since_ms: 1,
  state: 'synced',
  reach: 'both',
  last_contact_ms: 2,
  version: '9.9.9',
  problem: null,
  behind: 0,
  ahead: 0,
  behind_bytes: 0,
  ahead_bytes: 0,
  bytes_in: 0,
  bytes_out: 0,
  clock_offset_ms: 0,
  workspaces: [],
  offers: [],
  ...more,
});

const network: NetworkJson = {
  device: { id: tinyDevice('A'), short_id: 'AAAA-AAAA', name: 'laptop' },
  listen: 'auto',
  bind: 'all',
  port: 7421,
  discovery: false,
  listening: null,
  problem: null,
};

const invitation: PairingJson = {
  role: 'host',
  state: 'waiting',
  code: 'K7QF-2M5P',
  addresses: ['192.168.1.10:7421'],
  qr: null,
  expires_ms: 3,
  check: null,
  peer: null,
  common: [],
  problem: null,
};

export function createTinyPeers(): Peers & { known: PeerJson[] } {
  const known: PeerJson[] = [];
  let current: PairingJson | null = null;
  const find = (id: string): Result<PeerJson> => {
    const peer = known.find((it) => it.id === id);
    return peer === undefined ? err(problem('not-found', id, 'No such peer.', 'List them.')) : ok(peer);
  };
  const show = async (next: PairingJson): Promise<Result<PairingJson>> => {
    current = next;
    return ok(next);
  };
  return {
    known,
    network: () => network,
    changeNetwork: async (changes) => ok({ ...network, discovery: changes.discovery ?? false }),
    list: () => known,
    lag: () => ({
      from_ms: 1,
      to_ms: 3,
      peers: known.map(({ id, behind, ahead }) => ({ id, points: [{ at_ms: 2, behind, ahead }] })),
    }),
    nearby: () => ({ discovery: false, devices: [] }),
    pairing: () => current,
    invite: () => show(invitation),
    answer: () => show({ ...invitation, role: 'guest', state: 'comparing', code: null, check: '123 456' }),
    confirm: () => show({ ...invitation, state: 'paired', code: null }),
    cancelPairing: () => null,
    change: async ({ id }) => find(id),
    share: async ({ id }) => find(id),
    revoke: async (id) => ok(find(id).ok),
    sync: async () => ok([]),
  };
}
