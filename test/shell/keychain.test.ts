/** Which keychain the desktop uses, by what the system offers; the real one only runs in the real program. */
import { safeStorage } from 'electron';
import { beforeEach, expect, test } from 'vitest';
import { findKeychain } from '../../electron/shell/keychain.ts';

const { standIn } = safeStorage as unknown as { standIn: { available: boolean; backend: string } };

beforeEach(() => void Object.assign(standIn, { available: true, backend: 'gnome_libsecret' }));

test('a token that the keychain sealed is opened by it again', () => {
  const found = findKeychain('linux');
  const { keychain } = found as Extract<typeof found, { keychain: unknown }>;
  const sealed = keychain.seal('se"crét');
  expect(Buffer.from(sealed).toString()).not.toContain('se"cr');
  expect(keychain.open(sealed)).toBe('se"crét');
  expect(() => keychain.open(Buffer.from('other'))).toThrow();
});

test('on Linux a sealing without a keyring counts as none', () => {
  standIn.backend = 'basic_text';
  expect(findKeychain('linux')).toEqual({ missing: expect.stringContaining('No keyring') });
  expect(findKeychain('darwin')).toHaveProperty('keychain');
});

test('a keychain that is not available is said', () => {
  standIn.available = false;
  expect(findKeychain('win32')).toEqual({ missing: expect.stringContaining('not available') });
});
