/**
 * The name of a device that nobody can take: the SHA-256 of its certificate, in base32 (RFC 4648) and groups of
 * four, so that people can read it to each other.
 */
import { createHash, X509Certificate } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The id of the device whose certificate this is, from its DER bytes or PEM text. Throws when it is none. */
export function deviceIdOf(certificate: string | Uint8Array): string {
  const { raw } = new X509Certificate(certificate);
  return inGroups(base32(createHash('sha256').update(raw).digest()));
}

/** The first two groups: enough to tell one's own devices apart, never enough to trust one. */
export const shortIdOf = (id: string): string => id.slice(0, 9);

/** Base32 without padding. */
export function base32(bytes: Uint8Array): string {
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of bytes) {
    held = (held << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += letters[(held >> (bits - 5)) & 31];
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + letters[(held << (5 - bits)) & 31];
}

const inGroups = (text: string): string => (text.match(/.{1,4}/g) ?? []).join('-');
