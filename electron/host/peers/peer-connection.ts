/** The way to one peer: agrees on the protocol first, then carries questions, and remembers how that went. */
import { z } from 'zod';
import { peerCoding } from '../../../shared/contracts/peer-dictionary.ts';
import {
  type Hello,
  helloShape,
  instanceHeader,
  portHeader,
  protocolHeader,
  protocolMinimum,
  protocolVersion,
} from '../../../shared/contracts/peer-protocol.ts';
import { problemShape } from '../../../shared/contracts/shapes.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import type { DialAddress } from '../../adapters/dial-problems.ts';
import { type Answer, createDialer } from '../../adapters/peer-dialer.ts';
import type { StreamListener } from '../../adapters/peer-stream.ts';
import type { Cancel } from '../../engine/ports.ts';
import { readAddress, writeAddress } from './address.ts';
import type { Identity } from './identity.ts';
import { strangeAnswer, theyAreOld, weAreOld } from './peer-problems.ts';
import type { Peer } from './peer-store.ts';
import { packMessage, readMessage } from './wire.ts';

export type PeerQuestion<Value> = {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  shape: z.ZodType<Value>;
  silenceMs?: number;
  count?(traffic: Answer['traffic']): void;
};

export type PeerConnection = {
  /** Fails with `peer-unreachable`, `peer-refused`, `protocol-too-old`, or what the peer says. */
  ask<Value>(question: PeerQuestion<Value>): Promise<Result<Value>>;
  follow(path: string, on: StreamListener): Cancel;
  /** What the peer last said of itself. */
  hello(): Hello | undefined;
  /** Asks it again who it is; what it shares may have changed. */
  greet(): Promise<Result<Hello>>;
  /** When and where it last answered; why not, if it does not. */
  readonly state: { reachedMs: number | undefined; problem: Problem | undefined };
  close(): void;
};

export type ConnectionDeps = {
  identity: Identity;
  /** Another one in each process: so the other side notices when two machines pass for one device. */
  instance: string;
  peer(): Peer;
  /** Where we listen, if we do. */
  port(): number | undefined;
  nowMs(): number;
  reached(address: string): void;
};

export function createPeerConnection(deps: ConnectionDeps): PeerConnection {
  const dialer = createDialer({
    own: deps.identity,
    name: deps.peer().name,
    certificate: deps.peer().certificate,
    addresses: () => addressesOf(deps.peer()),
    headers: () => ourHeaders(deps),
    reached: (address) => deps.reached(writeAddress(address)),
  });
  const state: PeerConnection['state'] = { reachedMs: undefined, problem: undefined };
  let hello: Hello | undefined;
  let greetedMs = Number.NEGATIVE_INFINITY;

  async function carry<Value>(question: PeerQuestion<Value>): Promise<Result<Value>> {
    const outcome = await carryOver(question);
    if (!outcome.ok && isAboutPeer(outcome.error)) state.problem = outcome.error;
    if (outcome.ok) {
      state.problem = undefined;
      state.reachedMs = deps.nowMs();
    }
    if (!outcome.ok && outcome.error.code === 'peer-unreachable') greetedMs = Number.NEGATIVE_INFINITY;
    return outcome;
  }

  async function carryOver<Value>(question: PeerQuestion<Value>): Promise<Result<Value>> {
    const { method, path, silenceMs, shape } = question;
    const body = question.body === undefined ? undefined : await packMessage(question.body, peerCoding);
    const answer = await dialer.ask({
      method,
      path,
      answerBytes: limits.peerMessageBytes,
      ...(body === undefined ? {} : { body }),
      ...(silenceMs === undefined ? {} : { silenceMs }),
    });
    if (!answer.ok) return answer;
    question.count?.(answer.value.traffic);
    return readAnswer(answer.value, shape, deps.peer().name);
  }

  async function greet(): Promise<Result<Hello>> {
    const answer = await carry({ method: 'GET', path: '/sync/hello', shape: helloShape });
    const checked = answer.ok ? checkHello(answer.value, deps.peer().name) : answer;
    if (!checked.ok) {
      if (isAboutPeer(checked.error)) state.problem = checked.error;
      return checked;
    }
    hello = checked.value;
    greetedMs = deps.nowMs();
    return checked;
  }

  return {
    state,
    hello: () => hello,
    greet,
    follow: dialer.follow,
    close: dialer.close,
    async ask(question) {
      if (Math.abs(deps.nowMs() - greetedMs) < limits.syncIntervalMs) return carry(question);
      const greeted = await greet();
      return greeted.ok ? carry(question) : greeted;
    },
  };
}

/** What people typed comes first, then where it was seen. */
function addressesOf({ addresses, seen }: Peer): DialAddress[] {
  const texts = [...new Set([...addresses, ...seen])];
  return texts.flatMap((text) => {
    const address = readAddress(text);
    return address.ok ? [address.value] : [];
  });
}

export function ourHeaders(about: { instance: string; port(): number | undefined }): Record<string, string> {
  const port = about.port();
  return {
    [protocolHeader]: String(protocolVersion),
    [instanceHeader]: about.instance,
    ...(port === undefined ? {} : { [portHeader]: String(port) }),
  };
}

/** Problems of the way itself, not of one question. */
const isAboutPeer = ({ code }: Problem): boolean =>
  code === 'peer-unreachable' ||
  code === 'protocol-too-old' ||
  code === 'device-twice' ||
  code === 'peer-refused';

async function readAnswer<Value>(
  answer: Answer,
  shape: z.ZodType<Value>,
  from: string,
): Promise<Result<Value>> {
  const atMost = limits.peerMessageBytes;
  if (answer.status < 400) return readMessage(answer, { shape, atMost, from });
  const said = await readMessage(answer, { shape: errorShape, atMost: limits.strangerMessageBytes, from });
  return err(said.ok ? (said.value.error as Problem) : strangeAnswer(from, answer.status));
}

const errorShape = z.object({ error: problemShape });

function checkHello(hello: Hello, name: string): Result<Hello> {
  if (hello.protocol < protocolMinimum) return err(theyAreOld(name, hello.protocol));
  if (hello.minimum > protocolVersion) return err(weAreOld(name, hello.minimum));
  return ok(hello);
}
