/** Logins of remotes: found by origin and never by anybody else, in a plain file and sealed by a keychain. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  credentialFile,
  type Keychain,
  openCredentialFile,
} from '../../electron/adapters/credential-file.ts';
import { must } from '../support/device.ts';
import { safeStorage } from '../support/electron-stand-in/native.ts';
import { permissionBitsMissing, temporaryFolder } from '../support/temporary-folder.ts';

const login = { username: 'ada', password: 'se"cret' };

const keychain: Keychain = {
  seal: safeStorage.encryptString,
  open: (sealed) => safeStorage.decryptString(Buffer.from(sealed)),
};

function open(folder = temporaryFolder(), chain?: Keychain) {
  const warned: string[] = [];
  const log = { info: () => {}, warn: (words: string) => void warned.push(words), error: () => {} };
  const credentials = openCredentialFile(folder, log, chain);
  return { folder, warned, file: credentialFile(folder), credentials };
}

describe.each([
  ['file', undefined],
  ['keychain', keychain],
] as const)('kept in the %s', (place, chain) => {
  test('a login is found for the origin of an address, and by it only', async () => {
    const { credentials, folder } = open(undefined, chain);
    const kept = await credentials.keep('https://host.example:8443/team/site.git', login);
    const origin = 'https://host.example:8443';
    expect(kept).toEqual({ ok: true, value: { origin, username: 'ada', place, usable: true } });
    const again = open(folder, chain).credentials;
    expect(await again.find(origin)).toEqual({ ...login, place });
    for (const other of [
      'https://host.example',
      'http://host.example:8443',
      'https://evil.host.example:8443',
    ])
      expect(await again.find(other)).toBeUndefined();
  });

  test('a host alone is meant over https', async () => {
    const { credentials } = open(undefined, chain);
    must(await credentials.keep('host.example', login));
    must(await credentials.keep('other.example:8443/team', { ...login, username: 'eve' }));
    expect(must(await credentials.list()).map(({ origin, username }) => [origin, username])).toEqual([
      ['https://host.example', 'ada'],
      ['https://other.example:8443', 'eve'],
    ]);
    expect(must(await credentials.forget('host.example'))).toBe(true);
  });

  test('one that is kept again takes the place of the former', async () => {
    const { credentials } = open(undefined, chain);
    must(await credentials.keep('host.example', login));
    must(await credentials.keep('host.example', { username: 'ada', password: 'newer' }));
    expect(await credentials.find('https://host.example')).toMatchObject({ password: 'newer' });
    expect(must(await credentials.list())).toHaveLength(1);
  });

  test('nothing is there until somebody names a login', async () => {
    const { credentials, file, warned } = open(undefined, chain);
    expect(await credentials.find('https://host.example')).toBeUndefined();
    expect(must(await credentials.list())).toEqual([]);
    expect(existsSync(file)).toBe(false);
    expect(warned).toEqual([]);
  });

  test('a login is forgotten, and the others stay', async () => {
    const { credentials, file } = open(undefined, chain);
    await Promise.all([
      credentials.keep('https://one.example', login),
      credentials.keep('https://two.example', login),
      credentials.keep('https://three.example', login),
    ]);
    expect(await credentials.forget('https://two.example/site.git')).toEqual({ ok: true, value: true });
    expect(await credentials.forget('https://two.example')).toEqual({ ok: true, value: false });
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toEqual([
      'https://one.example',
      'https://three.example',
    ]);
  });

  test.skipIf(permissionBitsMissing)('only its owner can read the file', async () => {
    const { credentials, file } = open(undefined, chain);
    must(await credentials.keep('host.example', login));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').includes('cret')).toBe(chain === undefined);
  });
});

describe('what a keychain sealed', () => {
  test('is named, and not used, where the keychain is not at hand', async () => {
    const { credentials, folder } = open(undefined, keychain);
    must(await credentials.keep('host.example', login));
    const headless = open(folder);
    expect(await headless.credentials.find('https://host.example')).toBeUndefined();
    expect(headless.warned).toEqual([
      'The token for https://host.example is in the keychain, which only the desktop app opens; git looks for a login by itself. Let the desktop app do it, or keep the token again while that does not run.',
    ]);
    expect(must(await headless.credentials.list())).toMatchObject([{ place: 'keychain', usable: false }]);
    expect(must(await headless.credentials.keep('host.example', login))).toMatchObject({ place: 'file' });
    expect(await credentials.find('https://host.example')).toEqual({ ...login, place: 'file' });
  });

  test('is not lost over a keychain that refuses, and nothing is kept that it does not take', async () => {
    const refuses = () => {
      throw new Error('locked');
    };
    const { credentials, folder, file } = open(undefined, keychain);
    must(await credentials.keep('host.example', login));
    const before = readFileSync(file, 'utf8');
    const locked = open(folder, { seal: refuses, open: refuses });
    expect(await locked.credentials.find('https://host.example')).toBeUndefined();
    expect(locked.warned.join()).toMatch(/does not open the token for https:\/\/host.example\. Unlock/);
    expect(await locked.credentials.keep('host.example', login)).toMatchObject({
      ok: false,
      error: { code: 'no-permission' },
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

test('an address that has no origin is refused, without what is secret in it', async () => {
  const { credentials, file } = open();
  for (const address of [
    'git@host.example:site.git',
    'ssh://git:secret@host.example/site.git',
    'git:secret@host.example',
    'a b',
    '',
  ]) {
    const refused = await credentials.keep(address, login);
    expect(refused).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(JSON.stringify(refused)).not.toContain('secret');
  }
  expect(existsSync(file)).toBe(false);
});

test.skipIf(permissionBitsMissing)('a file that others can read is not used', async () => {
  const { credentials, file, warned } = open();
  await credentials.keep('https://host.example', login);
  chmodSync(file, 0o644);
  expect(await credentials.find('https://host.example')).toBeUndefined();
  expect(warned.join()).toContain('others can read it');
  expect(warned.join()).not.toContain(login.password);
  expect(await credentials.keep('https://other.example', login)).toMatchObject({
    ok: false,
    error: { code: 'no-permission' },
  });
  expect(readFileSync(file, 'utf8')).not.toContain('other.example');
});

test.each(['{', '[]', '{"https://host.example": "secret"}'])(
  'a file that says %s is not used',
  async (text) => {
    const { credentials, file, warned } = open();
    writeFileSync(file, text, { mode: 0o600 });
    expect(await credentials.find('https://host.example')).toBeUndefined();
    expect(await credentials.keep('https://host.example', login)).toMatchObject({ ok: false });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(warned).toHaveLength(1);
  },
);
