/** Paired devices as JSON of the app API (DESIGN section 7). */
import { z } from 'zod';
import { limits } from '../limits.ts';
import { problemShape } from './shapes.ts';

/** 32 bytes in base32, as 13 groups of 4: what `skein peers` prints in full. */
export const deviceIdText = z.string().regex(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){12}$/);
export const workspaceIdText = z.string().regex(/^[0-9a-f]{32}$/);
/** `host:port`, a bare host, or `[IPv6]:port`. */
export const addressText = z.string().min(1).max(limits.addressCharacters);
export const deviceNameText = z.string().trim().min(1).max(limits.deviceNameCharacters);
const patternList = z.array(z.string().min(1).max(limits.pathCharacters)).max(limits.patterns);

/** How one exchange of changes with a peer goes; null where nothing is known yet. */
export const peerProgressShape = z.object({
  syncing: z.boolean(),
  /** Changes that the peer has and we lack, and the other way round, as far as both said. */
  behind: z.number(),
  ahead: z.number(),
  /** About how many bytes the contents of these changes have. */
  behind_bytes: z.number(),
  ahead_bytes: z.number(),
  pulled: z.number(),
  pushed: z.number(),
  bytes_in: z.number(),
  bytes_out: z.number(),
  /** Failures in a row; 0 when the last exchange went well. */
  failures: z.number(),
  last_exchange_ms: z.number().nullable(),
  clock_offset_ms: z.number().nullable(),
  problem: problemShape.nullable(),
});

/** A workspace that a peer may have, with what it may do in it. */
export const peerWorkspaceShape = z.object({
  workspace: workspaceIdText,
  /** Of the folder here; null while it is not open. */
  name: z.string().nullable(),
  /** The open workspace (`/api/workspaces`) that serves it; null while none does. */
  replica: z.string().nullable(),
  /** The id under which the peer has it: another one when two repositories were joined by invitation. */
  theirs: workspaceIdText,
  write: z.boolean(),
  trusted: z.boolean(),
  /** The peer gets only files that these select; empty means all. */
  patterns: z.array(z.string()),
  /** Of the peer's files only those that these select are taken; empty means all. */
  takes: z.array(z.string()),
  progress: peerProgressShape.nullable(),
});

/** A workspace that the peer shares with us, or could. */
export const peerOfferShape = z.object({
  workspace: workspaceIdText,
  name: z.string(),
  /** Ours, when the peer invites us to join the two. */
  ours: workspaceIdText.nullable(),
  /** Whether it is open here, under `ours` or under the same id. */
  open: z.boolean(),
});

/**
 * `synced`: nothing left to exchange; `syncing`; `waiting`: there is something left, and the peer is there;
 * `offline`: it does not answer and does not ask; `refused`: it knows us no longer, or is not what it was;
 * `error`: exchanges fail; `idle`: no workspace is shared with it, or none is open.
 */
export const peerStates = ['synced', 'syncing', 'waiting', 'offline', 'refused', 'error', 'idle'] as const;

export const peerShape = z.object({
  id: deviceIdText,
  /** The first two groups of the id. */
  short_id: z.string(),
  name: z.string(),
  own_device: z.boolean(),
  /** Every workspace that both have, later ones too. */
  share_all: z.boolean(),
  addresses: z.array(z.string()),
  since_ms: z.number(),
  state: z.enum(peerStates),
  /** Who can begin: we reach it (`out`), it reaches us (`in`), both, or none since the start. */
  reach: z.enum(['both', 'out', 'in', 'none']),
  last_contact_ms: z.number().nullable(),
  /** Its Skein, as it last said. */
  version: z.string().nullable(),
  problem: problemShape.nullable(),
  /** Sums and the worst over its workspaces. */
  behind: z.number(),
  ahead: z.number(),
  behind_bytes: z.number(),
  ahead_bytes: z.number(),
  bytes_in: z.number(),
  bytes_out: z.number(),
  clock_offset_ms: z.number().nullable(),
  workspaces: z.array(peerWorkspaceShape),
  offers: z.array(peerOfferShape),
});
export type PeerJson = z.infer<typeof peerShape>;

/** How far a peer was apart from then on: the worst of each short span of time. */
export const lagPointShape = z.object({ at_ms: z.number(), behind: z.number(), ahead: z.number() });

export const lagShape = z.object({
  /** A day ago, or when Skein started; what was before is not known. */
  from_ms: z.number(),
  to_ms: z.number(),
  /** Peers with something to exchange; the figures are those of `/api/peers`. */
  peers: z.array(z.object({ id: deviceIdText, points: z.array(lagPointShape) })),
});
export type LagJson = z.infer<typeof lagShape>;

export const networkShape = z.object({
  device: z.object({ id: deviceIdText, short_id: z.string(), name: z.string() }),
  /** `auto` listens once there is a peer or a pairing under way; `on` always; `off` never: then peers cannot dial us. */
  listen: z.enum(['auto', 'on', 'off']),
  /** `all` networks, or `loopback` for peers on this machine. */
  bind: z.enum(['all', 'loopback']),
  port: z.number(),
  /** Find peers on the same network, and be found (mDNS). */
  discovery: z.boolean(),
  /** Where peers reach us now; null while nothing listens. */
  listening: z.object({ port: z.number(), addresses: z.array(z.string()) }).nullable(),
  /** Why the port or the discovery does not work, though it should. */
  problem: problemShape.nullable(),
});
export type NetworkJson = z.infer<typeof networkShape>;

export const networkChangesShape = z.object({
  name: deviceNameText.optional(),
  listen: networkShape.shape.listen.optional(),
  bind: networkShape.shape.bind.optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  discovery: z.boolean().optional(),
});

/**
 * One pairing from its code to its end. `waiting`: the code is shown, or the other side is being asked;
 * `comparing`: both screens show `check`, and people compare; `confirmed`: said yes here, waiting for the other side;
 * `paired`; `failed`: `problem` says why.
 */
export const pairingShape = z.object({
  /** `host` shows the code, `guest` typed it. */
  role: z.enum(['host', 'guest']),
  state: z.enum(['waiting', 'comparing', 'confirmed', 'paired', 'failed']),
  /** What the other side types; only on the host. */
  code: z.string().nullable(),
  /** Where the other side finds us. */
  addresses: z.array(z.string()),
  /** `skein://pair/…` with code and addresses as a QR code; rows of dark (1) and light (0) modules, and as SVG. */
  qr: z.object({ text: z.string(), modules: z.array(z.string()), svg: z.string() }).nullable(),
  expires_ms: z.number(),
  /** The six digits that both screens must show. */
  check: z.string().nullable(),
  peer: z.object({ id: deviceIdText, short_id: z.string(), name: z.string() }).nullable(),
  /** Workspaces of ours that the peer has, too: what is shared unless told otherwise. */
  common: z.array(z.object({ workspace: workspaceIdText, name: z.string() })),
  problem: problemShape.nullable(),
});
export type PairingJson = z.infer<typeof pairingShape>;

export const syncResultShape = z.object({
  peer: deviceIdText,
  name: z.string(),
  workspace: workspaceIdText,
  pulled: z.number(),
  pushed: z.number(),
  conflicts: z.number(),
  duration_ms: z.number(),
  problem: problemShape.nullable(),
});

export const nearbyShape = z.object({
  id: deviceIdText,
  short_id: z.string(),
  name: z.string(),
  addresses: z.array(z.string()),
  paired: z.boolean(),
});

export const shareChangesShape = {
  /** False takes the workspace away from the peer. */
  shared: z.boolean().optional(),
  write: z.boolean().optional(),
  trusted: z.boolean().optional(),
  patterns: patternList.optional(),
  takes: patternList.optional(),
  /** Joins this workspace with another one of the peer's; the peer must agree from its side. */
  theirs: workspaceIdText.optional(),
};
