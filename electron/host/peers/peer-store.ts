/** peers.json of the data folder: the devices we are paired with, what each may do, and how we listen for them. */
import { join } from 'node:path';
import { z } from 'zod';
import { deviceIdText, networkShape, workspaceIdText } from '../../../shared/contracts/peer-shapes.ts';
import { limits } from '../../../shared/limits.ts';
import type { Log } from '../../engine/ports.ts';
import { type JsonStore, openJsonStore } from '../json-store.ts';

/** The port of peers unless chosen otherwise; the loopback API has the one before. */
export const usualPeerPort = 7421;

const shareShape = z.object({
  workspace: workspaceIdText,
  /** False where a workspace is kept from a peer that gets all others. */
  shared: z.boolean(),
  theirs: workspaceIdText,
  write: z.boolean(),
  trusted: z.boolean(),
  /** It gets only files that these select, and we take only files of its that those select; empty means all. */
  patterns: z.array(z.string()),
  /** How often `patterns` changed, so that a peer to which we hid something learns when to ask again. */
  scope: z.number().int().min(0).default(0),
  takes: z.array(z.string()).default([]),
});
export type Share = z.infer<typeof shareShape>;

const peerShape = z.object({
  id: deviceIdText,
  name: z.string(),
  /** PEM; what the connection must show. */
  certificate: z.string(),
  /** Those that people typed; kept for ever. */
  addresses: z.array(z.string()),
  /** Those that it was last seen at, newest first. */
  seen: z.array(z.string()),
  ownDevice: z.boolean(),
  shareAll: z.boolean(),
  sinceMs: z.number(),
  shares: z.array(shareShape),
});
export type Peer = z.infer<typeof peerShape>;

/** Loose, so that an older Skein keeps what a newer one wrote. */
const storedShape = z.looseObject({
  name: z.string().nullable().default(null),
  listen: networkShape.shape.listen.default('auto'),
  bind: networkShape.shape.bind.default('all'),
  port: z.number().int().min(0).max(65_535).default(usualPeerPort),
  discovery: z.boolean().default(false),
  peers: z.array(peerShape).default([]),
});
export type PeerSettings = z.infer<typeof storedShape>;
export type PeerStore = JsonStore<PeerSettings>;

/** Reads peers.json once and keeps it. A broken one is set aside and said: then nobody is trusted. */
export const openPeerStore = (dataFolder: string, options: { log: Log; nowMs: number }): Promise<PeerStore> =>
  openJsonStore(
    { path: join(dataFolder, 'peers.json'), shape: storedShape, atMost: limits.peerFileBytes },
    { ...options, meanwhile: 'no device is trusted until it is paired again' },
  );

export const findPeer = ({ peers }: PeerSettings, id: string): Peer | undefined =>
  peers.find((peer) => peer.id === id);

/** What a peer may do in a workspace of ours; undefined when it may not even know of it. */
export function shareOf(peer: Peer, workspace: string): Share | undefined {
  const chosen = peer.shares.find((share) => share.workspace === workspace);
  if (chosen !== undefined) return chosen.shared ? chosen : undefined;
  return peer.shareAll ? usualShare(peer, workspace) : undefined;
}

/** What holds for a workspace unless the user says otherwise. */
export const usualShare = ({ ownDevice }: Pick<Peer, 'ownDevice'>, workspace: string): Share => ({
  workspace,
  shared: true,
  theirs: workspace,
  write: true,
  trusted: ownDevice,
  patterns: [],
  scope: 0,
  takes: [],
});

/** The settings with one peer replaced by what `update` makes of it. */
export const withPeer = (settings: PeerSettings, id: string, update: (peer: Peer) => Peer): PeerSettings => ({
  ...settings,
  peers: settings.peers.map((peer) => (peer.id === id ? update(peer) : peer)),
});

/** A peer with its rights in one workspace changed. */
export function withShare(peer: Peer, workspace: string, changes: Partial<Share>): Peer {
  const before = peer.shares.find((share) => share.workspace === workspace) ?? usualShare(peer, workspace);
  const others = peer.shares.filter((share) => share.workspace !== workspace);
  const isOther = (changes.patterns ?? before.patterns).join() !== before.patterns.join();
  const scope = before.scope + (isOther ? 1 : 0);
  return { ...peer, shares: [...others, { ...before, shared: true, ...changes, scope, workspace }] };
}

/** A peer that was seen at this address just now. */
export function seenAt(peer: Peer, address: string): Peer {
  if (peer.seen[0] === address) return peer;
  const seen = [address, ...peer.seen.filter((other) => other !== address)];
  return { ...peer, seen: seen.slice(0, limits.peerAddresses) };
}
