/** The identity of an installation: made once, kept private, never shared by two machines. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeCertificate } from '../../../../electron/host/peers/certificate.ts';
import { base32, deviceIdOf, shortIdOf } from '../../../../electron/host/peers/device-id.ts';
import {
  identityFile,
  isIdentityCopied,
  openIdentity,
  setIdentityAside,
} from '../../../../electron/host/peers/identity.ts';
import { readMachineFact } from '../../../../electron/host/peers/machine-fact.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const here = { nowMs: Date.UTC(2026, 10, 25), machine: 'this machine' };

async function open(folder: string, options = here) {
  const opened = await openIdentity(folder, options);
  if (!opened.ok) throw new Error(opened.error.message);
  return opened.value;
}

test('an identity is made once, readable by its owner only, and stays', async () => {
  const folder = temporaryFolder();
  const first = await open(folder);
  expect(first.renewed).toBeUndefined();
  expect(first.identity.id).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){12}$/);
  expect(statSync(identityFile(folder)).mode & 0o777).toBe(0o600);
  chmodSync(identityFile(folder), 0o644);
  expect(await open(folder)).toEqual(first);
  expect(statSync(identityFile(folder)).mode & 0o777).toBe(0o600);
});

test('the certificate is one that Node and OpenSSL read, signed by its own key, valid whatever the clock says', () => {
  const { certificate } = makeCertificate();
  const read = new X509Certificate(certificate);
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.subject).toBe('CN=skein');
  expect(read.validFromDate.getUTCFullYear()).toBe(1970);
  expect(read.validToDate.getUTCFullYear()).toBe(9999);
  const said = execFileSync('openssl', ['x509', '-noout', '-text'], { input: certificate }).toString();
  expect(said).toContain('ecdsa-with-SHA256');
  expect(said).toContain('CA:TRUE, pathlen:0');
});

test('two identities differ, and the id is that of the certificate', async () => {
  const one = await open(temporaryFolder());
  const other = await open(temporaryFolder());
  expect(one.identity.id).not.toBe(other.identity.id);
  expect(deviceIdOf(one.identity.certificate)).toBe(one.identity.id);
  expect(shortIdOf(one.identity.id)).toHaveLength(9);
});

test('base32 is that of RFC 4648', () => {
  const texts = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'];
  const coded = texts.map((text) => base32(Buffer.from(text)));
  expect(coded).toEqual(['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI']);
});

test('a copied data folder gets an identity of its own, and says so', async () => {
  const [original, copy] = [temporaryFolder(), join(temporaryFolder(), 'copy')];
  const first = await open(original);
  cpSync(original, copy, { recursive: true });
  expect(await isIdentityCopied(copy, 'another machine')).toBe(true);
  const second = await open(copy, { ...here, machine: 'another machine' });
  expect(second.renewed).toMatchObject({ code: 'device-twice' });
  expect(second.identity.id).not.toBe(first.identity.id);
  expect(readdirSync(copy)).toContain('device.former-2026-11-25T00-00-00Z.json');
  expect(await isIdentityCopied(copy, 'another machine')).toBe(false);
  expect((await open(original)).identity).toEqual(first.identity);
});

test('a machine that has no name is not held against the data folder', async () => {
  const folder = temporaryFolder();
  const first = await open(folder);
  expect(await openIdentity(folder, { nowMs: here.nowMs, machine: undefined })).toMatchObject({
    value: { identity: first.identity, renewed: undefined },
  });
});

test.each([
  ['is no JSON', () => '{"key":'],
  ['lacks its key', () => '{}'],
  [
    'has the key of another',
    () => JSON.stringify({ ...makeCertificate(), key: makeCertificate().key, machine: null, createdMs: 1 }),
  ],
])('a file that %s is set aside, and said', async (_, broken) => {
  const folder = temporaryFolder();
  writeFileSync(identityFile(folder), broken());
  const opened = await open(folder);
  expect(opened.renewed).toMatchObject({ code: 'unreadable' });
  expect(readFileSync(join(folder, 'device.former-2026-11-25T00-00-00Z.json'), 'utf8')).toBeTruthy();
});

test('an identity that is given up makes room for another', async () => {
  const folder = temporaryFolder();
  const first = await open(folder);
  expect(await setIdentityAside(folder, here.nowMs)).toMatchObject({ ok: true });
  expect(existsSync(identityFile(folder))).toBe(false);
  expect((await open(folder)).identity.id).not.toBe(first.identity.id);
  expect(await setIdentityAside(temporaryFolder(), here.nowMs)).toMatchObject({ ok: true });
});

test('the system names this machine, always alike', async () => {
  const fact = await readMachineFact(process.platform);
  expect(await readMachineFact(process.platform)).toBe(fact);
  if (fact !== undefined) expect(fact).toMatch(/^[0-9a-f]{32}$/);
  expect(await readMachineFact('aix')).toBeUndefined();
});
