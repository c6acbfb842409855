/** Where the key of a server comes from, in words. */
import type { EmbedderKeyJson } from '../../../shared/contracts/embedder-api.ts';

export function keySourceWords({ from, variable, usable }: EmbedderKeyJson): string {
  if (from === 'none') return 'There is no key for it now.';
  if (from === 'environment') return `Its key comes from the variable ${variable}.`;
  if (!usable) return 'Its key is in the keychain, which only the desktop app opens.';
  return from === 'keychain' ? 'Its key comes from the keychain.' : 'Its key comes from the file.';
}
