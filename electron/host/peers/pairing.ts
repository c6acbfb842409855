/** The one pairing under way on this device, whichever side of it we are. */
import type { Input } from '../../../shared/contracts/app-api.ts';
import type { PairingJson } from '../../../shared/contracts/peer-shapes.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { DialAddress } from '../../adapters/dial-problems.ts';
import type { Cancel } from '../../engine/ports.ts';
import { readAddress } from './address.ts';
import { joinPairing, type PairingGuest, type PairingGuestDeps } from './pairing-guest.ts';
import { hostPairing, noPairing, type PairingHost } from './pairing-host.ts';
import { type PairingText, readPairingText } from './pairing-picture.ts';
import { isOver, type PairingSession, toPairingJson, type Verdict } from './pairing-session.ts';
import type { PeerGate } from './peers-contract.ts';

export type PairingDeps = Omit<PairingGuestDeps, 'agreed'> & {
  /** Makes sure that we listen, if we may. */
  listen(): Promise<void>;
  /** Where others reach us now. */
  addresses(): readonly string[];
  /** Where devices nearby listen, for a code without an address. */
  nearby(): readonly DialAddress[];
  /** Both people said yes: from now on the devices trust each other. */
  agreed(session: PairingSession, verdict: Verdict): Promise<Result<unknown>>;
};

export type Pairing = Pick<PeerGate, 'isPairing' | 'begin' | 'reveal' | 'finish'> & {
  current(): PairingJson | null;
  /** On either side, and while the other one may still ask how it ended. */
  isUnderWay(): boolean;
  invite(): PairingJson;
  answer(input: Input<'answerInvitation'>): Promise<Result<PairingJson>>;
  confirm(input: Input<'confirmPairing'>): Promise<Result<PairingJson>>;
  cancel(): PairingJson | null;
  stop(): void;
};

type Side = { host: PairingHost } | { guest: PairingGuest };

export function createPairing(deps: PairingDeps): Pairing {
  let side: Side | undefined;
  let verdict: Verdict | undefined;
  let isAsking = false;
  let cancelPatience: Cancel = () => {};

  const sessionOf = (it: Side): PairingSession => ('host' in it ? it.host : it.guest).session;
  const toJson = (it: Side): PairingJson => toPairingJson(sessionOf(it), deps.identity.id);
  const agreed = async (session: PairingSession): Promise<void> => {
    const kept = verdict === undefined ? ok(undefined) : await deps.agreed(session, verdict);
    session.state = kept.ok ? 'paired' : 'failed';
    if (!kept.ok) session.problem = kept.error;
  };
  /** A guest that got through learns from us why it ended, if it asks in time. */
  const changed = (): void => {
    const session = side && sessionOf(side);
    if (session?.state === 'failed' && session.role === 'host' && session.peer !== undefined && !isAsking) {
      isAsking = true;
      cancelPatience = deps.clock.after(limits.pairingAnswerMs, () => {
        isAsking = false;
        deps.changed();
      });
    }
    deps.changed();
  };
  const replace = (next: Side): Side => {
    cancel();
    cancelPatience();
    isAsking = false;
    verdict = undefined;
    side = next;
    deps.changed();
    return next;
  };
  function cancel(): PairingJson | null {
    if (side === undefined) return null;
    if ('host' in side) side.host.end();
    else side.guest.cancel();
    return toJson(side);
  }
  const host = (): Result<PairingHost> =>
    side !== undefined && 'host' in side ? ok(side.host) : err(noPairing(deps.name()));

  return {
    current: () => (side === undefined ? null : toJson(side)),
    cancel,
    stop() {
      cancel();
      cancelPatience();
    },
    isUnderWay: () => side !== undefined && (!isOver(sessionOf(side)) || isAsking),
    isPairing: () => side !== undefined && 'host' in side && !isOver(side.host.session),
    invite() {
      return toJson(
        replace({
          host: hostPairing({
            ...deps,
            changed,
            deviceId: deps.identity.id,
            addresses: deps.addresses(),
            agreed,
          }),
        }),
      );
    },
    async answer(input) {
      const invitation = readPairingText(input.code);
      if (!invitation.ok) return invitation;
      const addresses = placesOf(deps, invitation.value, input.address);
      if (!addresses.ok) return addresses;
      const guest = joinPairing({ ...deps, agreed }, invitation.value, addresses.value);
      const joined = replace({ guest });
      // So that the other side learns at once where to find us.
      await deps.listen();
      await guest.begin();
      return ok(toJson(joined));
    },
    async confirm(input) {
      if (side === undefined || sessionOf(side).state !== 'comparing') return err(nothingToConfirm);
      const answered = side;
      verdict = toVerdict(input);
      if ('guest' in answered) await answered.guest.answer(input.match);
      else if (input.match) await answered.host.sayYes();
      else answered.host.refuse();
      return ok(toJson(answered));
    },
    async begin(caller, said) {
      const found = host();
      return found.ok ? found.value.begin(caller, said) : found;
    },
    async reveal(caller, said) {
      const found = host();
      return found.ok ? found.value.reveal(caller, said) : found;
    },
    async finish(caller, match) {
      const found = host();
      return found.ok ? found.value.finish(caller, match) : found;
    },
  };
}

const toVerdict = (input: Input<'confirmPairing'>): Verdict => ({
  match: input.match,
  ownDevice: input.own_device === true,
  write: input.write ?? true,
  trusted: input.trusted,
  workspaces: input.workspaces,
});

/** The address that was typed, else those in the QR code, else whoever is nearby. */
function placesOf(
  deps: PairingDeps,
  { addresses }: PairingText,
  typed: string | undefined,
): Result<DialAddress[]> {
  if (typed !== undefined) {
    const address = readAddress(typed);
    return address.ok ? ok([address.value]) : address;
  }
  const read = addresses.flatMap((text) => {
    const address = readAddress(text);
    return address.ok ? [address.value] : [];
  });
  const places = read.length > 0 ? read : [...deps.nearby()];
  return places.length > 0 ? ok(places) : err(whereIsIt);
}

const whereIsIt: Problem = problem(
  'bad-input',
  'address',
  'A code alone does not say where the other device is.',
  'Give the address that the other screen shows: skein pair CODE ADDRESS',
);

const nothingToConfirm: Problem = problem(
  'not-found',
  'pairing',
  'There is nothing to confirm: no two screens show digits now.',
  'Begin a pairing with `skein pair`.',
);
