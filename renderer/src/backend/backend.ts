/** The one door from the screen to the engine (STYLE habit 9). Nothing else in renderer/ calls fetch. */
import { type Client, createClient } from '../../../shared/contracts/client.ts';
import type { SkeinShell } from '../../../shared/contracts/shell.ts';
import type { Problem } from '../../../shared/result.ts';
import { type LiveEvents, openLiveEvents } from './live-events.ts';
import { codeIn, readToken, type SignInPlace, signIn } from './sign-in.ts';

export type Backend = {
  client: Client;
  live: LiveEvents;
  /** What the desktop adds; undefined in a browser. */
  shell: SkeinShell | undefined;
  /** Why the address that opened this page did not sign in. */
  signInProblem: Problem | undefined;
};

export type BackendPorts = SignInPlace & {
  fetch: typeof fetch;
  protocol: string;
  shell: SkeinShell | undefined;
  after(delayMs: number, task: () => void): () => void;
};

/** In the desktop the shell answers the requests itself: nobody signs in. */
export async function openBackend(ports: BackendPorts): Promise<Backend> {
  const send = (pathAndQuery: string, init: object) => ports.fetch(pathAndQuery, init as RequestInit);
  const isDesktop = ports.protocol === 'skein:';
  const signInProblem = isDesktop ? undefined : await signIn(ports, createClient(send, {}));
  const token = isDesktop ? null : readToken(ports.storage);
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  return {
    client: createClient(send, headers),
    live: openLiveEvents({ fetch: ports.fetch, headers, after: ports.after }),
    shell: ports.shell,
    signInProblem,
  };
}

/** The backend of a real page. A sign-in code has left its address when this returns the promise. */
export function openPageBackend(page: Window): Promise<Backend> {
  // Whoever pastes a sign-in address into a tab of ours only changes what stands behind `#`, which loads nothing.
  page.addEventListener('hashchange', () => {
    if (codeIn(page.location.hash) !== null) page.location.reload();
  });
  return openBackend({
    fetch: page.fetch.bind(page),
    protocol: page.location.protocol,
    location: page.location,
    history: page.history,
    storage: page.sessionStorage,
    shell: (page as Window & { skeinShell?: SkeinShell }).skeinShell,
    after(delayMs, task) {
      const timer = page.setTimeout(task, delayMs);
      return () => page.clearTimeout(timer);
    },
  });
}
