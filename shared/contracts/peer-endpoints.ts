/** The part of the endpoint table that is about other devices: the network, pairing, peers and their rights. */
import { z } from 'zod';
import { limits } from '../limits.ts';
import {
  addressText,
  deviceIdText,
  deviceNameText,
  lagShape,
  nearbyShape,
  networkChangesShape,
  networkShape,
  pairingShape,
  peerShape,
  shareChangesShape,
  syncResultShape,
  workspaceIdText,
} from './peer-shapes.ts';

const id = deviceIdText;
const pairingAnswer = z.object({ pairing: pairingShape.nullable() });

export const peerEndpoints = {
  getNetwork: {
    method: 'GET',
    path: '/api/network',
    summary: 'This device on the network: its id and name, where peers reach it',
    input: z.object({}),
    output: networkShape,
  },
  changeNetwork: {
    method: 'PUT',
    path: '/api/network',
    summary: 'Change name, port, and whether to listen and to be found',
    input: networkChangesShape,
    output: networkShape,
  },
  listPeers: {
    method: 'GET',
    path: '/api/peers',
    summary: 'Paired devices, what each may do, and how far it is',
    input: z.object({}),
    output: z.object({ peers: z.array(peerShape) }),
  },
  getPeerLag: {
    method: 'GET',
    path: '/api/peers/lag',
    summary: 'How many changes each peer was apart over the last day, or since the start',
    input: z.object({}),
    output: lagShape,
  },
  listNearby: {
    method: 'GET',
    path: '/api/peers/nearby',
    summary: 'Devices with Skein on the same network; empty unless discovery is on',
    input: z.object({}),
    output: z.object({ discovery: z.boolean(), devices: z.array(nearbyShape) }),
  },
  getPairing: {
    method: 'GET',
    path: '/api/pairing',
    summary: 'The pairing under way, or the last one',
    input: z.object({}),
    output: pairingAnswer,
  },
  invitePeer: {
    method: 'POST',
    path: '/api/pairing/invite',
    summary: 'Begin a pairing here: shows a code that the other device types or scans',
    input: z.object({}),
    output: pairingAnswer,
  },
  answerInvitation: {
    method: 'POST',
    path: '/api/pairing/answer',
    summary: 'Take part in a pairing that began on the other device; `code` may be the text of its QR code',
    input: z.object({
      code: z.string().min(1).max(limits.pairingTextCharacters),
      address: addressText.optional(),
    }),
    output: pairingAnswer,
  },
  confirmPairing: {
    method: 'POST',
    path: '/api/pairing/confirm',
    summary: 'Say whether both screens show the same digits, and what the peer may do',
    input: z.object({
      match: z.boolean(),
      /** The same person: everything is shared, and its instructions count at once. */
      own_device: z.boolean().optional(),
      /** Workspaces to share; those that both have when absent. */
      workspaces: z.array(workspaceIdText).max(limits.openWorkspaces).optional(),
      write: z.boolean().optional(),
      trusted: z.boolean().optional(),
    }),
    output: pairingAnswer,
  },
  cancelPairing: {
    method: 'POST',
    path: '/api/pairing/cancel',
    summary: 'End the pairing under way; its code is worth nothing from then on',
    input: z.object({}),
    output: pairingAnswer,
  },
  changePeer: {
    method: 'PUT',
    path: '/api/peers/:id',
    summary: 'Rename a peer, change its addresses, or what holds for all its workspaces',
    input: z.object({
      id,
      name: deviceNameText.optional(),
      addresses: z.array(addressText).max(limits.peerAddresses).optional(),
      own_device: z.boolean().optional(),
      share_all: z.boolean().optional(),
    }),
    output: peerShape,
  },
  shareWithPeer: {
    method: 'PUT',
    path: '/api/peers/:id/workspaces/:workspace_id',
    summary: 'What a peer may do in one workspace',
    input: z.object({ id, workspace_id: workspaceIdText, ...shareChangesShape }),
    output: peerShape,
  },
  revokePeer: {
    method: 'POST',
    path: '/api/peers/:id/revoke',
    summary: 'End the trust in a peer at once; open connections are cut',
    input: z.object({ id }),
    output: z.object({ revoked: z.boolean() }),
  },
  syncPeers: {
    method: 'POST',
    path: '/api/peers/sync',
    summary: 'Exchange with peers now, and wait for the end; `take` only pulls',
    input: z.object({
      peer: id.optional(),
      workspace_id: workspaceIdText.optional(),
      direction: z.enum(['both', 'take']).optional(),
    }),
    output: z.object({ results: z.array(syncResultShape) }),
  },
} as const;
