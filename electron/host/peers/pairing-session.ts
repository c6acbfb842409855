/** One pairing as this side sees it: a plain record that moves from state to state and never back. */
import type { PairingJson } from '../../../shared/contracts/peer-shapes.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import { shortIdOf } from './device-id.ts';
import { pairingCodePicture } from './pairing-picture.ts';

/** The other device, once it is known. */
export type PairingPeer = { id: string; name: string; certificate: string; addresses: string[] };

export type PairingSession = {
  readonly role: 'host' | 'guest';
  state: PairingJson['state'];
  /** Both said yes: nothing ends it any more, it only remains to be kept. */
  isAgreed: boolean;
  /** Only on the host, and only until somebody used it. */
  code: string | undefined;
  addresses: readonly string[];
  readonly expiresMs: number;
  check: string | undefined;
  peer: PairingPeer | undefined;
  /** Workspaces that both have. */
  common: { workspace: string; name: string }[];
  problem: Problem | undefined;
};

/** What the person said at the end. */
export type Verdict = {
  match: boolean;
  ownDevice: boolean;
  write: boolean;
  /** Undefined: as `ownDevice` says. */
  trusted: boolean | undefined;
  /** Undefined: all that both have. */
  workspaces: readonly string[] | undefined;
};

export const newSession = (
  role: 'host' | 'guest',
  about: { code?: string; addresses: readonly string[]; expiresMs: number },
): PairingSession => ({
  role,
  state: 'waiting',
  isAgreed: false,
  code: about.code,
  addresses: about.addresses,
  expiresMs: about.expiresMs,
  check: undefined,
  peer: undefined,
  common: [],
  problem: undefined,
});

export const isOver = ({ state }: PairingSession): boolean => state === 'paired' || state === 'failed';

/** Ends the pairing for good; the first reason stays. */
export function fail(session: PairingSession, reason: Problem): void {
  if (isOver(session) || session.isAgreed) return;
  session.state = 'failed';
  session.problem = reason;
  session.code = undefined;
}

export function toPairingJson(session: PairingSession, deviceId: string): PairingJson {
  const { role, state, code = null, expiresMs, check = null, peer, common, problem: reason = null } = session;
  return {
    role,
    state,
    code,
    addresses: [...session.addresses],
    qr: code === null ? null : pairingCodePicture({ code, id: deviceId, addresses: session.addresses }),
    expires_ms: expiresMs,
    check,
    peer: peer === undefined ? null : { id: peer.id, short_id: shortIdOf(peer.id), name: peer.name },
    common: [...common],
    problem: reason,
  };
}

const anew = 'Begin again on one of the two devices: skein pair';

export const expired = (): Problem =>
  problem('peer-refused', 'pairing', 'The code is no longer good: nobody confirmed in time.', anew);

export const cancelled = (): Problem =>
  problem('peer-refused', 'pairing', 'The pairing was cancelled.', anew);

export const refusedHere = (): Problem =>
  problem(
    'peer-refused',
    'pairing',
    'You said that the two screens show different digits, so nothing was paired.',
    'Somebody may sit between the two devices. Try again on a network that you trust.',
  );

export const refusedThere = (name: string): Problem =>
  problem(
    'peer-refused',
    name,
    `The person at ${name} said that the digits differ, or cancelled; nothing was paired.`,
    anew,
  );
