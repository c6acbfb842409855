/** The keychain of the system as Electron offers it, once the application is ready. */
import { safeStorage } from 'electron';
import type { KeychainChoice } from '../host/git-tokens.ts';

/** On Linux Electron seals with a known key where no keyring runs, which hides nothing. */
export function findKeychain(platform: NodeJS.Platform): KeychainChoice {
  const isWeak = platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
  if (isWeak) return { missing: 'No keyring (GNOME Keyring, KWallet) runs in this desktop session.' };
  if (!safeStorage.isEncryptionAvailable())
    return { missing: 'The keychain of this system is not available.' };
  return {
    keychain: {
      seal: (text) => safeStorage.encryptString(text),
      open: (sealed) => safeStorage.decryptString(Buffer.from(sealed)),
    },
  };
}
