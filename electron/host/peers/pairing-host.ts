/** The side of a pairing that shows the code and is called. Only one guest gets through, and only once. */
import type {
  PairBegin,
  PairBegun,
  PairFinished,
  PairReveal,
  PairRevealed,
} from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Cancel, Clock } from '../../engine/ports.ts';
import { writeAddress } from './address.ts';
import {
  blind,
  checkDigits,
  commitmentTo,
  guestProof,
  hostProof,
  isSame,
  newCode,
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
import type { Caller } from './peers-contract.ts';

export type PairingHost = {
  readonly session: PairingSession;
  begin(caller: Caller, said: PairBegin): Promise<Result<PairBegun>>;
  reveal(caller: Caller, said: PairReveal): Result<PairRevealed>;
  /** Resolves when the person here has answered, or says `waiting` after a while. */
  finish(caller: Caller, match: boolean): Promise<Result<PairFinished>>;
  /** The person here said yes; whoever waits is told. Resolves when it is kept, if the other side said so, too. */
  sayYes(): Promise<void>;
  /** The person here said no. */
  refuse(): void;
  /** Ends it; whoever waits is told no. */
  end(reason?: Problem): void;
};

export type PairingHostDeps = {
  clock: Clock;
  deviceId: string;
  name(): string;
  addresses: readonly string[];
  workspaces(): readonly { workspace: string; name: string }[];
  changed(): void;
  /** Both said yes: keeps the peer, then says `paired` or why not. */
  agreed(session: PairingSession): Promise<void>;
};

/** Whoever got through with the code. */
type Guest = { key: Buffer; commitment: string; nonce: string; isRevealed: boolean; saidYes: boolean };

type Hosting = {
  deps: PairingHostDeps;
  session: PairingSession;
  /** Kept apart from the session, where it stands only while it may still be typed. */
  code: string;
  triesLeft: number;
  guest: Guest | undefined;
  hereYes: boolean;
  waiting: Set<() => void>;
  cancelExpiry: Cancel;
};

export function hostPairing(deps: PairingHostDeps): PairingHost {
  const code = newCode();
  const expiresMs = deps.clock.nowMs() + limits.pairingMs;
  const hosting: Hosting = {
    deps,
    session: newSession('host', { code, addresses: deps.addresses, expiresMs }),
    code,
    triesLeft: limits.pairingTries,
    guest: undefined,
    hereYes: false,
    waiting: new Set(),
    cancelExpiry: deps.clock.after(limits.pairingMs, () => end(hosting, expired())),
  };
  return {
    session: hosting.session,
    end: () => end(hosting, cancelled()),
    refuse: () => end(hosting, refusedHere()),
    begin: (caller, said) => begin(hosting, caller, said),
    reveal: (caller, said) => reveal(hosting, caller, said),
    finish: (caller, match) => finish(hosting, caller, match),
    sayYes: () => sayYes(hosting),
  };
}

function tell({ waiting, deps }: Hosting): void {
  for (const wake of [...waiting]) wake();
  deps.changed();
}

function end(hosting: Hosting, reason: Problem): void {
  hosting.cancelExpiry();
  fail(hosting.session, reason);
  tell(hosting);
}

async function begin(hosting: Hosting, caller: Caller, said: PairBegin): Promise<Result<PairBegun>> {
  const { deps, code } = hosting;
  if (hosting.triesLeft === 0) return err(tooManyTries(deps.name()));
  if (!isFree(hosting) || caller.id === deps.deviceId) return err(noPairing(deps.name()));
  hosting.triesLeft -= 1;
  const key = await pairingKey(code, { host: deps.deviceId, guest: caller.id });
  if (!isSame(said.proof, guestProof(key, said.commitment))) return err(wrongTry(hosting));
  // Another one with the right code may have come while the key was worked out.
  if (!isFree(hosting)) return err(noPairing(deps.name()));
  return ok(welcome(hosting, { caller, said, key }));
}

const isFree = ({ guest, session }: Hosting): boolean => guest === undefined && session.state === 'waiting';

function wrongTry(hosting: Hosting): Problem {
  const name = hosting.deps.name();
  if (hosting.triesLeft > 0) return wrongCode(name, hosting.triesLeft);
  end(hosting, tooManyTries(name));
  return tooManyTries(name);
}

/** From here on the code is used, and only this certificate goes on. */
function welcome(
  hosting: Hosting,
  { caller, said, key }: { caller: Caller; said: PairBegin; key: Buffer },
): PairBegun {
  const { session, deps } = hosting;
  const nonce = newNonce();
  hosting.guest = { key, commitment: said.commitment, nonce, isRevealed: false, saidYes: false };
  session.code = undefined;
  session.peer = {
    id: caller.id,
    name: said.name,
    certificate: caller.certificate,
    addresses: placesOf(caller),
  };
  deps.changed();
  return {
    name: deps.name(),
    nonce,
    proof: hostProof(key, said.commitment, nonce),
    expires_ms: session.expiresMs,
  };
}

function reveal(hosting: Hosting, caller: Caller, said: PairReveal): Result<PairRevealed> {
  const { deps, session } = hosting;
  const guest = guestOf(hosting, caller);
  if (!guest.ok) return guest;
  const { key, nonce, commitment, isRevealed } = guest.value;
  if (isRevealed) return err(noPairing(deps.name()));
  if (!isSame(commitment, commitmentTo(said.nonce, caller.id))) {
    end(hosting, brokenPromise());
    return err(brokenPromise());
  }
  guest.value.isRevealed = true;
  const ours = deps.workspaces();
  const ends = { host: deps.deviceId, guest: caller.id };
  session.check = checkDigits(key, ends, { host: nonce, guest: said.nonce });
  session.common = ours.filter(({ workspace }) => said.workspaces.includes(blind(key, workspace)));
  session.state = 'comparing';
  deps.changed();
  return ok({
    workspaces: ours.map(({ workspace }) => blind(key, workspace)).slice(0, limits.openWorkspaces),
  });
}

async function finish(hosting: Hosting, caller: Caller, match: boolean): Promise<Result<PairFinished>> {
  const { deps, session } = hosting;
  const guest = guestOf(hosting, caller);
  if (!guest.ok) return guest;
  if (session.state === 'paired') return ok({ state: 'yes' });
  if (!guest.value.isRevealed) return err(noPairing(deps.name()));
  if (!match && !session.isAgreed) {
    end(hosting, refusedThere(session.peer?.name ?? 'the other device'));
    return ok({ state: 'no' });
  }
  guest.value.saidYes = true;
  await settle(hosting);
  if (!isOver(session)) await pause(deps.clock, hosting.waiting);
  return ok({ state: stateFor(session) });
}

/** Only the one who got through goes on, and only while it is under way. */
function guestOf({ deps, guest, session }: Hosting, caller: Caller): Result<Guest> {
  if (session.state === 'failed') return err(refusedThere(deps.name()));
  return guest !== undefined && session.peer?.id === caller.id ? ok(guest) : err(noPairing(deps.name()));
}

async function sayYes(hosting: Hosting): Promise<void> {
  if (hosting.session.state !== 'comparing') return;
  hosting.hereYes = true;
  hosting.session.state = 'confirmed';
  hosting.deps.changed();
  await settle(hosting);
}

async function settle(hosting: Hosting): Promise<void> {
  const { session, hereYes, guest, deps } = hosting;
  if (!hereYes || guest?.saidYes !== true || session.isAgreed || isOver(session)) return;
  hosting.cancelExpiry();
  session.isAgreed = true;
  await deps.agreed(session);
  tell(hosting);
}

const stateFor = ({ state }: PairingSession): PairFinished['state'] =>
  state === 'paired' ? 'yes' : state === 'failed' ? 'no' : 'waiting';

/** Until somebody is woken, or it is time to say that nothing happened yet. */
function pause(clock: Clock, waiting: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      cancel();
      waiting.delete(wake);
      resolve();
    };
    const cancel = clock.after(limits.pairingAnswerMs, wake);
    waiting.add(wake);
  });
}

const placesOf = ({ host, port }: Caller): string[] =>
  port === undefined ? [] : [writeAddress({ host, port })];

/** The same words for no pairing, one that is taken, and one that is over: a stranger learns nothing. */
export const noPairing = (name: string): Problem =>
  problem(
    'peer-refused',
    name,
    `${name} shows no code now, or its code was used already.`,
    'Begin a pairing there with `skein pair`, then type the code that it shows.',
  );

const wrongCode = (name: string, triesLeft: number): Problem =>
  problem(
    'peer-refused',
    name,
    `That is not the code that ${name} shows.`,
    `Type it again; after ${triesLeft} more wrong ${triesLeft === 1 ? 'one' : 'ones'} it counts no longer.`,
  );

const tooManyTries = (name: string): Problem =>
  problem(
    'peer-refused',
    name,
    `${limits.pairingTries} wrong codes were tried, so the code of ${name} counts no longer.`,
    'Begin again there with `skein pair`, which shows a new one.',
  );

const brokenPromise = (): Problem =>
  problem(
    'peer-refused',
    'pairing',
    'The other device broke off in a way that only an attack explains; nothing was paired.',
    'Try again on a network that you trust.',
  );
