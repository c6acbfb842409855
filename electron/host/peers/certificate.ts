/**
 * The self-signed certificate of a device (RFC 5280). Node has no call that makes one, and of a certificate that
 * is only ever compared byte by byte nothing matters but its key: so these are the few fields that TLS wants, in
 * DER, with a name that says nothing and a validity that no clock, however wrong, is outside of.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export type KeyAndCertificate = { key: string; certificate: string };

/** A new P-256 key, which every TLS library of our platforms knows, and its certificate, both in PEM. */
export function makeCertificate(): KeyAndCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const fields = toBeSigned(publicKey.export({ type: 'spki', format: 'der' }));
  const signature = sign('sha256', fields, privateKey);
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: pem('CERTIFICATE', sequence(fields, ecdsaWithSha256, bitString(signature))),
  };
}

function toBeSigned(publicKey: Buffer): Buffer {
  const version3 = der(0xa0, integer(Buffer.from([2])));
  // A first byte below 0x80 keeps the number positive.
  const serial = Buffer.concat([Buffer.from([0x40]), randomBytes(15)]);
  return sequence(version3, integer(serial), ecdsaWithSha256, name, always, name, publicKey, extensions);
}

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
};

function lengthOf(size: number): number[] {
  if (size < 0x80) return [size];
  return size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
const integer = (bytes: Buffer): Buffer => der(0x02, bytes);
const bitString = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

/** 1.2.840.10045.4.3.2 */
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
/** CN=skein; 2.5.4.3 is the common name. */
const name = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from('skein')))));
/** From 1970 to the year for "no end" of RFC 5280, section 4.1.2.5. */
const always = sequence(der(0x17, Buffer.from('700101000000Z')), der(0x18, Buffer.from('99991231235959Z')));
/** Basic constraints (2.5.29.19), critical: it may vouch for itself, which a pinned certificate does, and for nobody else. */
const basicConstraints = sequence(
  oid('551d13'),
  der(0x01, Buffer.from([0xff])),
  der(0x04, sequence(der(0x01, Buffer.from([0xff])), integer(Buffer.from([0])))),
);
const extensions = der(0xa3, sequence(basicConstraints));

const pem = (label: string, bytes: Buffer): string => {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
};
