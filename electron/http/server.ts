/** The only file that listens: serves a fetch handler on the loopback interface, or over TLS to peers. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { errnoOf } from '../host/disk-problem.ts';
import { findPortHolder } from '../host/port-holder.ts';
import { problemResponse } from './problem-response.ts';
import { withSecurityHeaders } from './security-headers.ts';

export type ServerOptions = {
  /** 0 takes a free one. */
  port: number;
  /** The address of one network of this machine. */
  host: string;
  /** Milliseconds for the headers of a request; `limits.requestHeadersMs` when absent. */
  headersMs?: number;
  /** Milliseconds for a whole request; `limits.requestWholeMs` when absent. */
  wholeMs?: number | undefined;
};

export type TlsServerOptions = {
  /** 0 takes a free one. */
  port: number;
  /** Every network of this machine, or the loopback interface only. */
  bind: 'all' | 'loopback';
  /** PEM. */
  key: string;
  certificate: string;
  /** A connection stands; who closes it here keeps it out. */
  connected(socket: TLSSocket): void;
  /** Milliseconds for a handshake, and for the headers of a request; `limits.requestHeadersMs` when absent. */
  headersMs?: number;
};

export type RunningServer = {
  port: number;
  /** Ends event streams, lets requests under way finish for `limits.serverStopMs`, then cuts what is left. */
  close(): Promise<void>;
};

/** Listens until `close`. Fails with port-busy, saying who has the port, with no-permission, or with internal. */
export async function startServer(
  fetch: (request: Request) => Promise<Response>,
  options: ServerOptions,
): Promise<Result<RunningServer>> {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false, errorHandler: badRequest });
  const headersMs = options.headersMs ?? limits.requestHeadersMs;
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: Math.max(headersMs, options.wholeMs ?? limits.requestWholeMs),
      keepAliveTimeout: limits.idleConnectionMs / 4,
      connectionsCheckingInterval: Math.min(headersMs, 5_000),
    },
    (incoming, outgoing) => void listener(incoming, outgoing),
  );
  server.maxConnections = limits.connections;
  server.timeout = limits.idleConnectionMs;
  return run(server, [options]);
}

/**
 * The same over TLS 1.3, where every caller shows a certificate of its own; `fetch` gets the connection, too, and
 * judges who that is. Fails as `startServer` does.
 */
export async function startTlsServer(
  fetch: (request: Request, socket: TLSSocket) => Promise<Response>,
  options: TlsServerOptions,
): Promise<Result<RunningServer>> {
  const listener = getRequestListener(
    (request, env) => fetch(request, (env as { incoming: IncomingMessage }).incoming.socket as TLSSocket),
    { overrideGlobalObjects: false, errorHandler: badRequest },
  );
  const headersMs = options.headersMs ?? limits.requestHeadersMs;
  // Asked for here, because loading TLS takes a start 25 ms that only those with peers need to spend.
  const server = process.getBuiltinModule('node:https').createServer(
    {
      key: options.key,
      cert: options.certificate,
      minVersion: 'TLSv1.3',
      // Self-signed certificates prove a key, not a name; which keys count is for `fetch` to say.
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: headersMs,
      headersTimeout: headersMs,
      requestTimeout: Math.max(headersMs, limits.peerRequestMs),
      keepAliveTimeout: limits.peerIdleMs,
      connectionsCheckingInterval: Math.min(headersMs, 5_000),
    },
    (incoming, outgoing) => void listener(incoming, outgoing),
  );
  // An edit of one line travels in some hundred bytes, and nobody reads the date.
  server.on('request', (_, answer: ServerResponse) => {
    answer.sendDate = false;
  });
  server.maxConnections = limits.peerConnections;
  server.timeout = limits.peerIdleMs;
  server.on('secureConnection', options.connected);
  const { port, bind } = options;
  const everywhere = [
    { port, host: '::' },
    { port, host: '0.0.0.0' },
  ];
  return run(server, bind === 'all' ? everywhere : [{ port, host: '127.0.0.1' }]);
}

/** Listens at the first place that this machine has. */
async function run(server: Server, places: readonly Place[]): Promise<Result<RunningServer>> {
  // A connection that cannot be accepted (too many open files) is that client's loss, not our end.
  server.on('error', () => {});
  const close = closer(server);
  let failure: unknown;
  for (const place of places) {
    failure = await listen(server, place);
    if (failure === undefined) return ok({ port: (server.address() as AddressInfo).port, close });
    if (!noSuchFamily.has(errnoOf(failure) ?? '')) break;
  }
  return err(await listenProblem(failure, places[0]?.port ?? 0));
}

type Place = { port: number; host: string };

/** What a machine without IPv6 says to `::`. */
const noSuchFamily: ReadonlySet<string> = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);

/** What never becomes a request, such as a broken Host header, still gets an answer that says so. */
function badRequest(cause: unknown): Response {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const it = problem(
    'bad-input',
    'request',
    `The request cannot be read: ${reason}.`,
    'Check its address and Host header.',
  );
  return withSecurityHeaders(problemResponse(it));
}

function listen(server: Server, { port, host }: Place): Promise<unknown> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', resolve);
      resolve(undefined);
    });
  });
}

/** Event streams never end by themselves, so that closing would wait for them: they are ended by hand. */
function closer(server: Server): () => Promise<void> {
  const answers = new Set<ServerResponse>();
  let closed: Promise<void> | undefined;
  server.on('request', (_, answer: ServerResponse) => {
    answers.add(answer);
    answer.once('close', () => {
      answers.delete(answer);
      // A connection that falls idle while we close would be kept alive for the next request.
      if (closed !== undefined) setImmediate(() => server.closeIdleConnections());
    });
  });
  const isStream = (answer: ServerResponse) =>
    String(answer.getHeader('content-type') ?? '').startsWith('text/event-stream');
  return () => {
    closed ??= new Promise((resolve) => {
      const cut = setTimeout(() => server.closeAllConnections(), limits.serverStopMs);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      for (const answer of answers) if (isStream(answer)) answer.end();
      server.closeIdleConnections();
    });
    return closed;
  };
}

async function listenProblem(cause: unknown, port: number): Promise<Problem> {
  const subject = `port ${port}`;
  const code = errnoOf(cause);
  if (code === 'EADDRINUSE') return busyProblem(port);
  const free = 'Choose another one with --port, or --port 0 for any free one.';
  if (code === 'EACCES')
    return problem('no-permission', subject, `Your user may not listen on ${subject}.`, free);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return problem('internal', subject, `Skein cannot listen on ${subject}: ${reason}.`, free);
}

async function busyProblem(port: number): Promise<Problem> {
  const holder = await findPortHolder(port);
  const process = holder.process && `${holder.process.command}, process ${holder.process.pid}`;
  if (holder.skeinVersion !== undefined) {
    const who = `Skein ${holder.skeinVersion}${process === undefined ? '' : ` (${process})`}`;
    return problem(
      'port-busy',
      `port ${port}`,
      `${who} already listens on port ${port}.`,
      'Use that one with `skein open`, or start this one with --port 0 for any free port.',
    );
  }
  return problem(
    'port-busy',
    `port ${port}`,
    `Port ${port} is taken${process === undefined ? ' by another program' : ` by ${process}`}.`,
    'Start Skein with --port 0 for any free port, or with --port and another number.',
  );
}
