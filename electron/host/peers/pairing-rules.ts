/**
 * The secrets of a pairing (docs/decisions/0016-pairing.md): pure functions of what both sides said. The code keeps
 * strangers out, the six digits that people compare keep out whoever sits between the two devices.
 */
import { createHash, createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { base32 } from './device-id.ts';

/** What both sides know once each has shown its certificate; ids are device ids. */
export type Ends = { host: string; guest: string };

const bytesOf = (parts: readonly string[]): string => JSON.stringify(parts);
const hash = (...parts: string[]): string => createHash('sha256').update(bytesOf(parts)).digest('hex');
const mac = (key: Buffer, ...parts: string[]): string =>
  createHmac('sha256', key).update(bytesOf(parts)).digest('hex');

/** Eight letters and digits, 40 bits, in two groups: short to type, and good for a few tries only. */
export function newCode(): string {
  const text = base32(randomBytes(5));
  return `${text.slice(0, 4)}-${text.slice(4)}`;
}

/** The code as it was meant: case, blanks and dashes do not matter, and what looks like a letter counts as it. */
export function readCode(text: string): string | undefined {
  const plain = text
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replaceAll('0', 'O')
    .replaceAll('1', 'I')
    .replaceAll('8', 'B');
  return /^[A-Z2-7]{8}$/.test(plain) ? `${plain.slice(0, 4)}-${plain.slice(4)}` : undefined;
}

export const newNonce = (): string => randomBytes(32).toString('hex');

/**
 * The key of one pairing. It takes the certificates that each side really sees, so whoever sits between has another
 * one; and some 50 ms of work, so that trying all codes takes a thousand years.
 */
export function pairingKey(code: string, { host, guest }: Ends): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const salt = hash('skein pairing 1', host, guest);
    scrypt(code, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }, (failure, key) =>
      failure === null ? resolve(key) : reject(failure),
    );
  });
}

/** Binds the guest to a nonce that it does not show yet. */
export const commitmentTo = (nonce: string, guest: string): string =>
  hash('skein commitment 1', nonce, guest);

/** Shows that the guest knows the code, without telling it. */
export const guestProof = (key: Buffer, commitment: string): string => mac(key, 'guest', commitment);

/** The same of the host. */
export const hostProof = (key: Buffer, commitment: string, hostNonce: string): string =>
  mac(key, 'host', commitment, hostNonce);

/** What people compare: six digits of both nonces and both certificates. */
export function checkDigits(key: Buffer, ends: Ends, nonces: Ends): string {
  const digest = Buffer.from(mac(key, 'check', ends.host, ends.guest, nonces.host, nonces.guest), 'hex');
  const digits = String(digest.readUIntBE(0, 6) % 1_000_000).padStart(6, '0');
  return `${digits.slice(0, 3)} ${digits.slice(3)}`;
}

/** A workspace's id that only the other side of this pairing can recognise, and only if it has it. */
export const blind = (key: Buffer, workspace: string): string => mac(key, 'workspace', workspace);

export function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
