/** Other devices: the network, pairing, peers and their rights. */
import { ok } from '../../../shared/result.ts';
import type { Handler } from '../deps.ts';

/** This device, and where peers reach it. */
export const getNetwork: Handler<'getNetwork'> = ({ host }) => ok(host.peers.network());

/** Changes what is given and answers with all. */
export const changeNetwork: Handler<'changeNetwork'> = ({ host }, changes) =>
  host.peers.changeNetwork(changes);

/** Every paired device. */
export const listPeers: Handler<'listPeers'> = ({ host }) => ok({ peers: host.peers.list() });

/** How far each peer was apart, for a chart. */
export const getPeerLag: Handler<'getPeerLag'> = ({ host }) => ok(host.peers.lag());

/** Devices on the same network. */
export const listNearby: Handler<'listNearby'> = ({ host }) => ok(host.peers.nearby());

/** The pairing under way, or the last one. */
export const getPairing: Handler<'getPairing'> = ({ host }) => ok({ pairing: host.peers.pairing() });

/** Shows a code; one under way ends. Fails when this Skein does not listen. */
export const invitePeer: Handler<'invitePeer'> = async ({ host }) => {
  const pairing = await host.peers.invite();
  return pairing.ok ? ok({ pairing: pairing.value }) : pairing;
};

/** Takes part with a code of another device. Fails with bad-input; what goes wrong later is in the pairing. */
export const answerInvitation: Handler<'answerInvitation'> = async ({ host }, input) => {
  const pairing = await host.peers.answer(input);
  return pairing.ok ? ok({ pairing: pairing.value }) : pairing;
};

/** What the person here says of the digits. Fails with not-found when none are shown. */
export const confirmPairing: Handler<'confirmPairing'> = async ({ host }, input) => {
  const pairing = await host.peers.confirm(input);
  return pairing.ok ? ok({ pairing: pairing.value }) : pairing;
};

/** Ends the pairing under way, if there is one. */
export const cancelPairing: Handler<'cancelPairing'> = ({ host }) =>
  ok({ pairing: host.peers.cancelPairing() });

/** Name, addresses, and what holds for all workspaces of a peer. Fails with not-found or bad-input. */
export const changePeer: Handler<'changePeer'> = ({ host }, input) => host.peers.change(input);

/** Rights of a peer in one workspace. Fails with not-found or bad-input. */
export const shareWithPeer: Handler<'shareWithPeer'> = ({ host }, input) => host.peers.share(input);

/** Ends the trust; `revoked` is false when there was no such peer. */
export const revokePeer: Handler<'revokePeer'> = async ({ host }, { id }) => {
  const revoked = await host.peers.revoke(id);
  return revoked.ok ? ok({ revoked: revoked.value }) : revoked;
};

/** Exchanges now; a failure with one peer is in its result and harms no other. */
export const syncPeers: Handler<'syncPeers'> = async ({ host }, input) => {
  const results = await host.peers.sync(input);
  return results.ok ? ok({ results: results.value }) : results;
};
