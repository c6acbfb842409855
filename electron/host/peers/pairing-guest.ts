/** The side of a pairing that typed the code and calls. */

import { z } from 'zod';
import {
  type PairFinished,
  pairBegunShape,
  pairFinishedShape,
  pairRevealedShape,
} from '../../../shared/contracts/peer-protocol.ts';
import { problemShape } from '../../../shared/contracts/shapes.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { DialAddress } from '../../adapters/dial-problems.ts';
import { createDialer, type Dialer, readCertificate } from '../../adapters/peer-dialer.ts';
import type { Cancel, Clock } from '../../engine/ports.ts';
import { writeAddress } from './address.ts';
import { deviceIdOf } from './device-id.ts';
import type { Identity } from './identity.ts';
import type { PairingText } from './pairing-picture.ts';
import {
  blind,
  checkDigits,
  commitmentTo,
  guestProof,
  hostProof,
  isSame,
  newNonce,
  pairingKey,
} from './pairing-rules.ts';
import {
  cancelled,
  expired,
  fail,
  isOver,
  newSession,
  type PairingSession,
  refusedHere,
  refusedThere,
} from './pairing-session.ts';
import { ourHeaders } from './peer-connection.ts';
import { packMessage, readMessage } from './wire.ts';

export type PairingGuest = {
  readonly session: PairingSession;
  /** Resolves when there are digits to compare; a failure is in the session. */
  begin(): Promise<void>;
  /** The person here answered. Resolves when the other side has, too. */
  answer(match: boolean): Promise<void>;
  /** Ends it, and tells the other side so if it can be told. */
  cancel(): void;
};

export type PairingGuestDeps = {
  clock: Clock;
  identity: Identity;
  instance: string;
  name(): string;
  port(): number | undefined;
  workspaces(): readonly { workspace: string; name: string }[];
  changed(): void;
  agreed(session: PairingSession): Promise<void>;
};

type Joining = {
  deps: PairingGuestDeps;
  invitation: PairingText;
  session: PairingSession;
  call: Call | undefined;
  cancelExpiry: Cancel;
};

export function joinPairing(
  deps: PairingGuestDeps,
  invitation: PairingText,
  addresses: readonly DialAddress[],
): PairingGuest {
  const joining: Joining = {
    deps,
    invitation,
    session: newSession('guest', {
      addresses: addresses.map(writeAddress),
      expiresMs: deps.clock.nowMs() + limits.pairingMs,
    }),
    call: undefined,
    cancelExpiry: deps.clock.after(limits.pairingMs, () => end(joining, expired())),
  };
  return {
    session: joining.session,
    cancel: () => isOver(joining.session) || joining.session.isAgreed || void sayNo(joining, cancelled()),
    begin: () => run(joining, () => meet(joining, addresses)),
    async answer(match) {
      if (joining.session.state !== 'comparing') return;
      if (!match) return sayNo(joining, refusedHere());
      joining.session.state = 'confirmed';
      deps.changed();
      await run(joining, () => agree(joining));
    },
  };
}

function end(joining: Joining, reason: Problem): void {
  fail(joining.session, reason);
  joining.cancelExpiry();
  joining.call?.close();
  joining.deps.changed();
}

async function run(joining: Joining, step: () => Promise<Problem | undefined>): Promise<void> {
  const reason = await step();
  if (reason !== undefined) end(joining, reason);
  else joining.deps.changed();
}

async function sayNo(joining: Joining, reason: Problem): Promise<void> {
  fail(joining.session, reason);
  await joining.call?.ask('/pair/finish', { match: false }, pairFinishedShape);
  end(joining, reason);
}

type Met = { key: Buffer; nonce: string; hostNonce: string; hostId: string; name: string };

/** Until both sides have what people compare; returns what went wrong. */
async function meet(joining: Joining, addresses: readonly DialAddress[]): Promise<Problem | undefined> {
  const { deps, session } = joining;
  const found = await findHost(deps, joining.invitation, addresses);
  if (!found.ok) return found.error;
  const { certificate, address } = found.value;
  joining.call = callTo(deps, certificate, address);
  const met = await begin(joining, joining.call, { certificate, place: writeAddress(address) });
  if (!met.ok) return met.error;
  const { key, nonce, hostNonce, hostId, name } = met.value;
  const ours = deps.workspaces();
  const blinded = ours.map(({ workspace }) => blind(key, workspace)).slice(0, limits.openWorkspaces);
  const revealed = await joining.call.ask('/pair/reveal', { nonce, workspaces: blinded }, pairRevealedShape);
  if (!revealed.ok) return revealed.error;
  if (isOver(session)) return undefined;
  session.peer = { id: hostId, name, certificate, addresses: [writeAddress(address)] };
  session.check = checkDigits(
    key,
    { host: hostId, guest: deps.identity.id },
    { host: hostNonce, guest: nonce },
  );
  session.common = ours.filter(({ workspace }) => revealed.value.workspaces.includes(blind(key, workspace)));
  session.state = 'comparing';
  return undefined;
}

/** Each shows the other that it knows the code, bound to both certificates. */
async function begin(
  { deps, invitation }: Joining,
  call: Call,
  { certificate, place }: { certificate: string; place: string },
): Promise<Result<Met>> {
  const hostId = deviceIdOf(certificate);
  const key = await pairingKey(invitation.code, { host: hostId, guest: deps.identity.id });
  const nonce = newNonce();
  const commitment = commitmentTo(nonce, deps.identity.id);
  const said = { name: deps.name(), commitment, proof: guestProof(key, commitment) };
  const begun = await call.ask('/pair/begin', said, pairBegunShape);
  if (!begun.ok) return begun;
  const { nonce: hostNonce, proof, name } = begun.value;
  if (!isSame(proof, hostProof(key, commitment, hostNonce))) return err(impostor(place));
  return ok({ key, nonce, hostNonce, hostId, name });
}

/** Asks until the person there has answered; each question waits a while by itself. */
async function agree(joining: Joining): Promise<Problem | undefined> {
  const { session, call } = joining;
  while (call !== undefined && !isOver(session)) {
    const answer: Result<PairFinished> = await call.ask('/pair/finish', { match: true }, pairFinishedShape);
    if (isOver(session)) return undefined;
    if (!answer.ok) return answer.error;
    if (answer.value.state === 'no') return refusedThere(session.peer?.name ?? 'the other device');
    if (answer.value.state === 'yes') {
      session.isAgreed = true;
      joining.cancelExpiry();
      call.close();
      await joining.deps.agreed(session);
    }
  }
  return undefined;
}

/** The first address where a device answers; who scanned the code knows which one it must be. */
async function findHost(
  { identity }: PairingGuestDeps,
  { id }: PairingText,
  addresses: readonly DialAddress[],
): Promise<Result<{ certificate: string; address: DialAddress }>> {
  let failure: Problem | undefined;
  for (const address of addresses) {
    const shown = await readCertificate(identity, address);
    if (!shown.ok) failure ??= shown.error;
    else if (deviceIdOf(shown.value) === identity.id) failure = itself(writeAddress(address));
    else if (id !== undefined && deviceIdOf(shown.value) !== id) failure = impostor(writeAddress(address));
    else return ok({ certificate: shown.value, address });
  }
  return err(failure ?? itself('this device'));
}

type Call = {
  ask<Value>(path: string, body: unknown, shape: z.ZodType<Value>): Promise<Result<Value>>;
  close(): void;
};

/** From here on it is this certificate or nobody. */
function callTo(deps: PairingGuestDeps, certificate: string, address: DialAddress): Call {
  const name = writeAddress(address);
  const dialer: Dialer = createDialer({
    own: deps.identity,
    name,
    certificate,
    addresses: () => [address],
    headers: () => ourHeaders(deps),
  });
  return {
    close: dialer.close,
    async ask(path, body, shape) {
      const answer = await dialer.ask({
        method: 'POST',
        path,
        body: await packMessage(body, ''),
        answerBytes: limits.strangerMessageBytes,
      });
      if (!answer.ok) return answer;
      const reading = { atMost: limits.strangerMessageBytes, from: name };
      if (answer.value.status < 400) return readMessage(answer.value, { ...reading, shape });
      const said = await readMessage(answer.value, { ...reading, shape: z.object({ error: problemShape }) });
      return said.ok ? err(said.value.error as Problem) : said;
    },
  };
}

const impostor = (place: string): Problem =>
  problem(
    'peer-refused',
    place,
    `The device at ${place} is not the one that shows this code.`,
    'Check the address. If it is right, somebody may sit between the two devices: try on a network that you trust.',
  );

const itself = (place: string): Problem =>
  problem(
    'device-twice',
    place,
    `${place} leads to this very device, or to one with the same identity.`,
    'Check the address. If another machine has a copy of this data folder, stop it there and run `skein peers renew`, then pair again.',
  );
