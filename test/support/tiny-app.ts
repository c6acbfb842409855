/** The app over a tiny host, and how a caller reaches it. */
import { onTestFinished } from 'vitest';
import { type App, type AppOptions, createApp } from '../../electron/http/app.ts';
import { createTinyHost, type TinyHost, tinyStartMs } from './tiny-host.ts';

export const token = '0123456789abcdef'.repeat(4);
export const ownHost = '127.0.0.1:7420';
export const bearer = { authorization: `Bearer ${token}` };

export type TinyApp = App & {
  host: TinyHost;
  /** Sends a request with the token; `headers` replace it. */
  ask(path: string, init?: RequestInit & { headers?: Record<string, string> }): Promise<Response>;
  /** Sends JSON with the token. */
  send(method: string, path: string, body: unknown): Promise<Response>;
};

/** Call inside a test: the app closes when it ends. Answers are checked against their schemas. */
export function createTinyApp(options: Partial<AppOptions> = {}): TinyApp {
  const host = createTinyHost();
  const app = createApp({
    host,
    token,
    allowedHosts: () => [ownHost, 'localhost:7420'],
    dev: true,
    staticFolder: '/nowhere',
    runDoctor: async () => [],
    nowMs: () => tinyStartMs,
    ...options,
  });
  onTestFinished(() => app.close());
  const ask: TinyApp['ask'] = (path, init = {}) =>
    app.fetch(new Request(`http://${ownHost}${path}`, { ...init, headers: init.headers ?? bearer }));
  return {
    ...app,
    host,
    ask,
    send: (method, path, body) =>
      ask(path, {
        method,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { ...bearer, 'content-type': 'application/json' },
      }),
  };
}
