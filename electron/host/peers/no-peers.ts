/** The peers of a host that may write nothing: it pairs with nobody, and says why. */
import { err, type Problem } from '../../../shared/result.ts';
import type { Peers } from './peers-contract.ts';

/** An id that no key has. */
const nobody = Array.from({ length: 13 }, () => 'AAAA').join('-');

export function noPeers(why: Problem): Peers {
  const refuse = async () => err(why);
  return {
    network: () => ({
      device: { id: nobody, short_id: 'AAAA-AAAA', name: 'this device' },
      listen: 'off',
      bind: 'loopback',
      port: 0,
      discovery: false,
      listening: null,
      problem: why,
    }),
    list: () => [],
    lag: () => ({ from_ms: 0, to_ms: 0, peers: [] }),
    nearby: () => ({ discovery: false, devices: [] }),
    pairing: () => null,
    cancelPairing: () => null,
    changeNetwork: refuse,
    invite: refuse,
    answer: refuse,
    confirm: refuse,
    change: refuse,
    share: refuse,
    revoke: refuse,
    sync: refuse,
  };
}
