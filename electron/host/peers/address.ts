/** Where a peer is: a host and a port, as people write them. */
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { usualPeerPort } from './peer-store.ts';

export type Address = { host: string; port: number };

/** Reads `host`, `host:port`, an IPv6 address, or `[IPv6]:port`. Fails with bad-input. */
export function readAddress(text: string): Result<Address> {
  const trimmed = text.trim();
  const bare = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.%\w]*$/i.test(trimmed) ? trimmed : undefined;
  const [, inBrackets, name, port] =
    /^(?:\[([0-9a-f:.%\w]+)\]|([^\s:/\\@?#[\]]+))(?::(\d{1,5}))?$/i.exec(trimmed) ?? [];
  const host = bare ?? inBrackets ?? name;
  const number = port === undefined ? usualPeerPort : Number(port);
  if (host === undefined || number < 1 || number > 65_535) return err(badAddress(text));
  return ok({ host, port: number });
}

/** The one spelling that `readAddress` reads back. */
export const writeAddress = ({ host, port }: Address): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

const badAddress = (text: string): Problem =>
  problem(
    'bad-input',
    text,
    `${JSON.stringify(text)} is no address.`,
    `Write it as HOST or HOST:PORT, as the other screen shows it: 192.168.1.20:${usualPeerPort}`,
  );
