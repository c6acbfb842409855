/** Carries the typed client (shared/contracts/client.ts) to a fetch handler in the same process. */
import type { Send } from '../../shared/contracts/client.ts';

/** `origin` is what the handler takes for its own address; a trusted one takes any. */
export function inProcessSend(
  fetch: (request: Request) => Promise<Response>,
  origin = 'http://skein.invalid',
): Send {
  return (pathAndQuery, { method, headers, body, signal }) =>
    fetch(
      new Request(new URL(pathAndQuery, origin), {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        ...(signal instanceof AbortSignal ? { signal } : {}),
      }),
    );
}
