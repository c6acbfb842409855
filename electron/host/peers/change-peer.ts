/** What people change about a peer: its name, its addresses, its rights. */
import type { Input } from '../../../shared/contracts/app-api.ts';
import { err, type Result } from '../../../shared/result.ts';
import { readAddress, writeAddress } from './address.ts';
import { checkPatterns } from './partial.ts';
import { noPeer } from './peer-problems.ts';
import { findPeer, type PeerStore, type Share, withPeer, withShare } from './peer-store.ts';

/** Fails with not-found or bad-input. */
export async function changePeer(store: PeerStore, input: Input<'changePeer'>): Promise<Result<unknown>> {
  const { id, name, own_device: ownDevice, share_all: shareAll } = input;
  if (findPeer(store.current(), id) === undefined) return err(noPeer(id));
  const addresses: string[] = [];
  for (const text of input.addresses ?? []) {
    const address = readAddress(text);
    if (!address.ok) return address;
    addresses.push(writeAddress(address.value));
  }
  return store.change((it) =>
    withPeer(it, id, (peer) => ({
      ...peer,
      name: name ?? peer.name,
      ownDevice: ownDevice ?? peer.ownDevice,
      shareAll: shareAll ?? peer.shareAll,
      // Who corrects the addresses means these and no others.
      ...(input.addresses === undefined ? {} : { addresses, seen: [] }),
    })),
  );
}

/** Fails with not-found or bad-input. */
export async function sharePeer(store: PeerStore, input: Input<'shareWithPeer'>): Promise<Result<unknown>> {
  const { id, workspace_id: workspace, patterns = [], takes = [] } = input;
  if (findPeer(store.current(), id) === undefined) return err(noPeer(id));
  const complaint = checkPatterns([...patterns, ...takes]);
  if (complaint !== undefined) return err(complaint);
  const { shared, write, trusted, theirs } = input;
  const given = Object.entries({
    shared,
    write,
    trusted,
    theirs,
    patterns: input.patterns,
    takes: input.takes,
  });
  const changes = Object.fromEntries(given.filter(([, value]) => value !== undefined)) as Partial<Share>;
  return store.change((it) => withPeer(it, id, (peer) => withShare(peer, workspace, changes)));
}
