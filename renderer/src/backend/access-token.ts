/**
 * The token that the loopback API asks for. `skein open` hands it over behind `#`, which browsers
 * never send to a server; it then lives as long as the tab does.
 */
const storageKey = 'skein.token';

export type TokenPlace = {
  location: { hash: string; pathname: string; search: string };
  history: { replaceState(state: unknown, unused: string, url: string): void; state: unknown };
  storage: { getItem(key: string): string | null; setItem(key: string, value: string): void };
};

/** Takes the token out of the address, so that a copied link or a screenshot does not give it away. */
export function takeToken({ location, history, storage }: TokenPlace): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given === null) return storage.getItem(storageKey);
  storage.setItem(storageKey, given);
  history.replaceState(history.state, '', location.pathname + location.search);
  return given;
}

/** Keeps a token that the user pasted; a whole `…#token=` address is understood too. */
export function keepToken(storage: TokenPlace['storage'], pasted: string): void {
  const token = pasted.trim().split('#token=').at(-1) ?? '';
  storage.setItem(storageKey, token);
}
