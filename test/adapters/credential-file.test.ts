/** Logins of remotes in a file: found by origin, and never by anybody else. */
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { credentialFile, openCredentialFile } from '../../electron/adapters/credential-file.ts';
import { permissionBitsMissing, temporaryFolder } from '../support/temporary-folder.ts';

const login = { username: 'ada', password: 'se"cret' };

function open(folder = temporaryFolder()) {
  const warned: string[] = [];
  const log = { info: () => {}, warn: (words: string) => void warned.push(words), error: () => {} };
  return { folder, warned, file: credentialFile(folder), credentials: openCredentialFile(folder, log) };
}

test('a login is kept for the origin of an address, and found by it only', async () => {
  const { credentials, folder } = open();
  expect(await credentials.keep('https://host.example:8443/team/site.git', login)).toMatchObject({
    ok: true,
  });
  const again = open(folder).credentials;
  expect(await again.find('https://host.example:8443')).toEqual(login);
  for (const other of ['https://host.example', 'http://host.example:8443', 'https://evil.host.example:8443'])
    expect(await again.find(other)).toBeUndefined();
});

test('nothing is kept until somebody names a login', async () => {
  const { credentials, file, warned } = open();
  expect(await credentials.find('https://host.example')).toBeUndefined();
  expect(existsSync(file)).toBe(false);
  expect(warned).toEqual([]);
});

test('a login is forgotten, and the others stay', async () => {
  const { credentials, file } = open();
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

test('an address that has no origin is refused, without what is secret in it', async () => {
  const { credentials, file } = open();
  for (const address of ['git@host.example:site.git', 'ssh://git:secret@host.example/site.git', 'site', '']) {
    const refused = await credentials.keep(address, login);
    expect(refused).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(JSON.stringify(refused)).not.toContain('secret');
  }
  expect(existsSync(file)).toBe(false);
});

test.skipIf(permissionBitsMissing)(
  'only its owner can read it, and one that others can read is not used',
  async () => {
    const { credentials, file, warned } = open();
    await credentials.keep('https://host.example', login);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    expect(await credentials.find('https://host.example')).toBeUndefined();
    expect(warned.join()).toContain('others can read it');
    expect(warned.join()).not.toContain(login.password);
    expect(await credentials.keep('https://other.example', login)).toMatchObject({
      ok: false,
      error: { code: 'no-permission' },
    });
    expect(readFileSync(file, 'utf8')).not.toContain('other.example');
  },
);

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
