/**
 * The window loads `skein://app/`, and its requests go to the same handler that answers the loopback server
 * (DESIGN section 4, "One door"): there is no second protocol between the screen and the engine.
 */
import { protocol } from 'electron';
import type { Log } from '../engine/ports.ts';
import { appScheme } from './destination.ts';
import { isOurs } from './security.ts';

export type FetchHandler = { fetch(request: Request): Response | Promise<Response> };

/** Before the app is ready: our scheme is a secure origin of its own, with fetch and streams. */
export function claimScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** When the app is ready. Only `skein://app/` is answered; links like `skein://open` are no pages. */
export function serveScreen(handler: FetchHandler, log: Log): void {
  protocol.handle(appScheme, async (request) => {
    if (!isOurs(request.url)) return plainAnswer(404, 'There is nothing here.');
    try {
      // Only Chromium's network code unpacks answers, and it has no part in this.
      request.headers.delete('accept-encoding');
      return await handler.fetch(request);
    } catch (cause) {
      log.error('A request of the screen failed.', { url: request.url, cause });
      return plainAnswer(500, 'Skein could not answer; its log says why.');
    }
  });
}

const plainAnswer = (status: number, text: string): Response =>
  new Response(text, {
    status,
    headers: { 'content-type': 'text/plain', 'content-security-policy': "default-src 'none'" },
  });
