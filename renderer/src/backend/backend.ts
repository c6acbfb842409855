/** The one door from the screen to the engine (STYLE habit 9). Nothing else in renderer/ calls fetch. */
import { type Client, createClient } from '../../../shared/contracts/client.ts';
import type { SkeinShell } from '../../../shared/contracts/shell.ts';
import { type TokenPlace, takeToken } from './access-token.ts';
import { type LiveEvents, openLiveEvents } from './live-events.ts';

export type Backend = {
  client: Client;
  live: LiveEvents;
  /** What the desktop adds; undefined in a browser. */
  shell: SkeinShell | undefined;
};

export type BackendPorts = TokenPlace & {
  fetch: typeof fetch;
  protocol: string;
  shell: SkeinShell | undefined;
  after(delayMs: number, task: () => void): () => void;
};

/** In the desktop the shell answers the requests itself and needs no token. */
export function openBackend(ports: BackendPorts): Backend {
  const token = ports.protocol === 'skein:' ? null : takeToken(ports);
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const send = (pathAndQuery: string, init: object) => ports.fetch(pathAndQuery, init as RequestInit);
  return {
    client: createClient(send, headers),
    live: openLiveEvents({ fetch: ports.fetch, headers, after: ports.after }),
    shell: ports.shell,
  };
}

/** The backend of a real page. */
export function openPageBackend(page: Window): Backend {
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
