/**
 * The token that the loopback API asks for, and how a page gets it: `skein open` hands over a code behind `#`, which
 * browsers never send to a server. The code works once; the token lives as long as the tab does.
 */
import type { Client } from '../../../shared/contracts/client.ts';
import type { Problem } from '../../../shared/result.ts';

const storageKey = 'skein.token';

export type SignInPlace = {
  location: { hash: string; pathname: string; search: string };
  history: { replaceState(state: unknown, unused: string, url: string): void; state: unknown };
  storage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
};

/** Exchanges the code of the address for the token and keeps that; without a code does nothing. Says why it failed. */
export async function signIn(place: SignInPlace, client: Client): Promise<Problem | undefined> {
  const code = takeCode(place);
  if (code === null) return undefined;
  const answer = await client.call('signIn', { code });
  if (!answer.ok) return answer.error;
  keepToken(place.storage, answer.value.token);
  return undefined;
}

/** Takes the code out of the address and history before anything else happens, whether it will work or not. */
function takeCode({ location, history }: SignInPlace): string | null {
  const code = codeIn(location.hash);
  if (code !== null) history.replaceState(history.state, '', location.pathname + location.search);
  return code;
}

/** The sign-in code of an address; null when it has none. */
export const codeIn = (address: string): string | null =>
  new URLSearchParams(address.split('#')[1] ?? '').get('code');

export const readToken = (storage: SignInPlace['storage']): string | null => storage.getItem(storageKey);

export const keepToken = (storage: SignInPlace['storage'], token: string): void =>
  storage.setItem(storageKey, token.trim());
