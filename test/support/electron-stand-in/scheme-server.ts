/**
 * `protocol.handle` for a Chromium that knows no scheme of ours: `skein://app/x` becomes
 * `http://app.skein.localhost:PORT/x`, a loopback server turns each request back and asks the handler. A server
 * and not an interception, because answers stream. Like the real one, it cancels the answer's body when the page
 * goes away, and does not abort the request.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { app } from './app.ts';

type Handler = (request: Request) => Response | Promise<Response>;

const privileged = new Set<string>();
const handlerByScheme = new Map<string, Handler>();
let server: Promise<Server> | undefined;

export const protocol = {
  registerSchemesAsPrivileged(schemes: readonly { scheme: string }[]): void {
    if (app.isReady()) throw new Error('registerSchemesAsPrivileged should be called before app is ready');
    for (const { scheme } of schemes) privileged.add(scheme);
  },
  handle(scheme: string, handler: Handler): void {
    if (!app.isReady()) throw new Error('protocol.handle needs the app to be ready');
    if (handlerByScheme.has(scheme)) throw new Error(`There is a handler for ${scheme} already`);
    handlerByScheme.set(scheme, handler);
  },
};

/** The address that Chromium can load in place of one of ours; other addresses stay as they are. */
export async function toPageUrl(address: string): Promise<string> {
  const { protocol: scheme, host, pathname, search, hash } = new URL(address);
  if (!handlerByScheme.has(scheme.slice(0, -1))) return address;
  const { port } = (await running()).address() as AddressInfo;
  return `http://${host}.${scheme.slice(0, -1)}.localhost:${port}${pathname || '/'}${search}${hash}`;
}

/** The other way round, for everything that the shell gets to see. */
export function fromPageUrl(address: string): string {
  const [, host, scheme, rest] = /^http:\/\/([^./]+)\.([^./]+)\.localhost(?::\d+)?(.*)$/.exec(address) ?? [];
  return scheme !== undefined && privileged.has(scheme) ? `${scheme}://${host}${rest}` : address;
}

export async function closeSchemeServer(): Promise<void> {
  const running = await server;
  running?.closeAllConnections();
  running?.close();
}

function running(): Promise<Server> {
  server ??= new Promise((resolve) => {
    const listening = createServer((incoming, outgoing) => void answer(incoming, outgoing));
    listening.listen(0, '127.0.0.1', () => resolve(listening));
  });
  return server;
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const address = fromPageUrl(`http://${incoming.headers.host}${incoming.url}`);
  const handler = handlerByScheme.get(address.split(':')[0] ?? '');
  if (handler === undefined) return void outgoing.writeHead(404).end();
  const response = await handler(toRequest(incoming, address));
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.flushHeaders();
  if (response.body === null) return void outgoing.end();
  const body = Readable.fromWeb(response.body as WebStream);
  outgoing.on('close', () => body.destroy());
  // A stream that is cut when the page goes away is no failure.
  body.on('error', () => outgoing.destroy());
  body.pipe(outgoing);
}

/** What Chromium's network code adds, a scheme of one's own never sees. */
const ofTheNetwork = /^(host|connection|accept-encoding|cookie|sec-|content-length|upgrade-)/;

function toRequest(incoming: IncomingMessage, address: string): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (typeof value === 'string' && !ofTheNetwork.test(name)) headers.set(name, fromPageUrl(value));
  }
  const method = incoming.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(address, {
    method,
    headers,
    ...(hasBody
      ? { body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>, duplex: 'half' as const }
      : {}),
  });
}
