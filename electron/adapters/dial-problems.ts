/** Why another device was not reached, in plain words. */
import { isIP } from 'node:net';
import { type Problem, problem } from '../../shared/result.ts';
import { errorCode } from './file-problems.ts';

export type DialAddress = { host: string; port: number };

/** A connection that stood and is gone. */
export const isCut = (cause: Error): boolean =>
  ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(errorCode(cause) ?? '') ||
  cause.message === 'socket hang up';

/** What OpenSSL and BoringSSL say of a certificate that is not the pinned one. */
export const wrongCertificate = /another certificate|self.signed|unable to (?:verify|get)|CERT/i;

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such name is known',
  EAI_AGAIN: 'the name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network to it',
  ETIMEDOUT: 'it does not answer',
  ECONNRESET: 'it cut the connection',
  EPIPE: 'it cut the connection',
  EPROTO: 'it does not speak TLS 1.3',
};

/** Trying several addresses of one name fails with several reasons; the first stands for all. */
export function reasonOf(cause: Error): string {
  const first = cause instanceof AggregateError ? (cause.errors[0] as Error) : cause;
  return words[errorCode(first) ?? ''] ?? (first.message || 'it does not answer');
}

export const placeOf = ({ host, port }: DialAddress): string =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

export const unreachable = (name: string, address: DialAddress, reason: string): Problem =>
  problem(
    'peer-unreachable',
    name,
    `${name} cannot be reached at ${placeOf(address)}: ${reason}.`,
    'Check that Skein runs there and that both devices are on one network; it is tried again.',
  );

export const noAddress = (name: string): Problem =>
  problem(
    'peer-unreachable',
    name,
    `No address of ${name} is known.`,
    `It can still reach this device. Give an address with: skein peers address ${JSON.stringify(name)} HOST:PORT`,
  );

export const strangerAt = (name: string, address: DialAddress): Problem =>
  problem(
    'peer-refused',
    name,
    `Another device than ${name} answers at ${placeOf(address)}, or ${name} has a new identity.`,
    'Check the address; if Skein was set up anew there, revoke it here and pair again.',
  );

export const refusedStream = (name: string, status: number): Problem =>
  problem(
    'peer-refused',
    name,
    `${name} sends no news (status ${status}).`,
    'It is asked from time to time instead.',
  );
