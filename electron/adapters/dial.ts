/** One request on its way to another device: the pinned connection it goes over, and what became of it. */
import { X509Certificate } from 'node:crypto';
import type { ClientRequest } from 'node:http';
import type { Agent, AgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import { peerCodings } from '../../shared/contracts/peer-dictionary.ts';
import { limits } from '../../shared/limits.ts';
import type { Problem } from '../../shared/result.ts';
import { type DialAddress, reasonOf, strangerAt, unreachable, wrongCertificate } from './dial-problems.ts';
import { errorCode } from './file-problems.ts';

/** Asked for when it is used, because loading TLS takes a start 25 ms that only those with peers need to spend. */
const https = () => process.getBuiltinModule('node:https');

/** PEM. */
export type OwnCertificate = { key: string; certificate: string };

export type DialerOptions = {
  own: OwnCertificate;
  /** The other device: how people call it, and its certificate in PEM. */
  name: string;
  certificate: string;
  /** Where to try, best first. */
  addresses(): readonly DialAddress[];
  /** It answered here. */
  reached?(address: DialAddress): void;
  headers?(): Record<string, string>;
  /** Milliseconds for a question with its whole answer; `limits.peerRequestMs` when absent. */
  answerMs?: number;
};

export type Question = {
  method: 'GET' | 'POST';
  path: string;
  body?: { bytes: Uint8Array; encoding: string | undefined };
  /** Bytes of an answer, as it travels. */
  answerBytes: number;
  /** Milliseconds without a byte. */
  silenceMs?: number;
};

/** Bytes of request and answer, without what TLS adds. */
export type DialTraffic = { bytesIn: number; bytesOut: number };

export type Dialing = {
  options: DialerOptions;
  /** Keeps connections for the next question; streams have their own, so that they take no place of a question. */
  agent: Agent;
  streams: Agent;
  lastGood: DialAddress | undefined;
  closed: boolean;
};

export function createDialing(options: DialerOptions): Dialing {
  const pinned = pinnedTo(options);
  const { Agent } = https();
  return {
    options,
    agent: new Agent({
      ...pinned,
      keepAlive: true,
      maxSockets: limits.peerRequests,
      timeout: limits.peerIdleMs,
    }),
    streams: new Agent({ ...pinned, keepAlive: false }),
    lastGood: undefined,
    closed: false,
  };
}

/** Node checks the chain against this one certificate; that it is this one and none it signed, we check. */
function pinnedTo({ own, certificate }: DialerOptions): AgentOptions {
  const expected = new X509Certificate(certificate).fingerprint256;
  return {
    key: own.key,
    cert: own.certificate,
    ca: certificate,
    minVersion: 'TLSv1.3',
    servername: 'skein',
    // A resumed session would not be checked again.
    maxCachedSessions: 0,
    checkServerIdentity: (_, shown) =>
      shown.fingerprint256 === expected ? undefined : new Error('another certificate'),
  };
}

/** The address that worked last comes first. */
export function inOrder({ options, lastGood }: Dialing): readonly DialAddress[] {
  const all = options.addresses();
  const best = all.find(({ host, port }) => host === lastGood?.host && port === lastGood.port);
  return best === undefined ? all : [best, ...all.filter((address) => address !== best)];
}

export type Sent = { request: ClientRequest; reached(): boolean; traffic(): DialTraffic };

export function send(dialing: Dialing, { host, port }: DialAddress, question: Question, agent: Agent): Sent {
  const { options } = dialing;
  let reached = false;
  let count = noTraffic;
  const request = https().request({
    agent,
    host,
    port,
    method: question.method,
    path: question.path,
    headers: { ...options.headers?.(), ...bodyHeaders(question) },
  });
  request.setTimeout(question.silenceMs ?? limits.peerSilenceMs, () =>
    request.destroy(new Error('it is silent')),
  );
  // Node tells of it in no other way, and the question would never end.
  request.once('upgrade', (_, socket) => {
    socket.destroy();
    request.emit('error', new Error('it changes to another protocol'));
  });
  request.once('socket', (socket: Socket) => {
    count = counter(socket);
    if (!socket.connecting && request.reusedSocket) {
      reached = true;
      return;
    }
    const late = setTimeout(() => socket.destroy(new Error('it takes too long')), limits.peerConnectMs);
    socket.once('secureConnect', () => {
      reached = true;
      clearTimeout(late);
    });
    socket.once('close', () => clearTimeout(late));
  });
  return { request, reached: () => reached, traffic: () => count() };
}

function bodyHeaders({ body }: Question): Record<string, string | number> {
  if (body === undefined) return { 'accept-encoding': peerCodings };
  return {
    'accept-encoding': peerCodings,
    'content-length': body.bytes.length,
    ...(body.encoding === undefined ? {} : { 'content-encoding': body.encoding }),
  };
}

/** Counts what goes over the socket from now on. */
function counter(socket: Socket): Sent['traffic'] {
  const before = { in: socket.bytesRead, out: socket.bytesWritten };
  return () => ({ bytesIn: socket.bytesRead - before.in, bytesOut: socket.bytesWritten - before.out });
}

const noTraffic: Sent['traffic'] = () => ({ bytesIn: 0, bytesOut: 0 });

/** `elsewhere`: the device was not reached here, and may be at another address. */
export type Failed = { ok: false; error: Problem; elsewhere: boolean };

export function failed(dialing: Dialing, address: DialAddress, cause: Error, wasReached: boolean): Failed {
  const { name } = dialing.options;
  const isStranger = !wasReached && wrongCertificate.test(`${errorCode(cause) ?? ''} ${cause.message}`);
  const error = isStranger ? strangerAt(name, address) : unreachable(name, address, reasonOf(cause));
  return { ok: false, error, elsewhere: !wasReached && !dialing.closed };
}
