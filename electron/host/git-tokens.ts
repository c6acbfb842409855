/** Tokens of remotes, kept where this Skein can keep them best. */
import { type CredentialFile, type Keychain, openCredentialFile } from '../adapters/credential-file.ts';
import type { Log } from '../engine/ports.ts';

/** The keychain of the system, or why there is none. */
export type KeychainChoice = { keychain: Keychain } | { missing: string };

export type GitTokens = CredentialFile & {
  /** Why they are not kept in the keychain; null when they are. */
  readonly reason: string | null;
};

/** Without a window there is nobody whose keychain could be opened. */
export const headless: KeychainChoice = {
  missing: 'Only the desktop app can use the keychain of the system.',
};

type Options = { dataFolder: string; log: Log; choice: KeychainChoice; changed(): void };

export function openGitTokens({ dataFolder, log, choice, changed }: Options): GitTokens {
  const file = openCredentialFile(dataFolder, log, 'keychain' in choice ? choice.keychain : undefined);
  return {
    ...file,
    reason: 'missing' in choice ? choice.missing : null,
    async keep(address, login) {
      const kept = await file.keep(address, login);
      if (kept.ok) changed();
      return kept;
    },
    async forget(address) {
      const forgotten = await file.forget(address);
      if (forgotten.ok) changed();
      return forgotten;
    },
  };
}
