/** A real git over http for tests: node:http in front of `git http-backend`, with faults that can be turned on. */
import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type GitServer = {
  /** Like `http://127.0.0.1:1234`. */
  origin: string;
  /** What came as `Authorization`, request by request; '' where none came. */
  authorizations: string[];
  /** Answers the next requests itself when it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** After so many bytes of an answer the connection ends, or nothing more comes. */
  fault: { afterBytes: number; how: 'cut' | 'stall' } | undefined;
};

export type GitServerOptions = {
  root: string;
  login?: { username: string; password: string };
  /** Speaks TLS with it. */
  tls?: { key: string; certificate: string };
};

/** Serves the bare repositories in `root` until the test ends. */
export async function startGitServer({ root, login, tls }: GitServerOptions): Promise<GitServer> {
  const state: GitServer = { origin: '', authorizations: [], intercept: () => false, fault: undefined };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    state.authorizations.push(request.headers.authorization ?? '');
    if (state.intercept(request, response)) return;
    if (login !== undefined && request.headers.authorization !== basic(login)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    runBackend(root, request, response, state.fault);
  };
  const server =
    tls === undefined
      ? createServer(answer)
      : createSecureServer({ key: tls.key, cert: tls.certificate }, answer);
  state.origin = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${await listen(server)}`;
  return state;
}

export const basic = ({ username, password }: { username: string; password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function runBackend(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  fault: GitServer['fault'],
): void {
  const url = new URL(request.url ?? '/', 'http://host');
  const { headers } = request;
  const child = spawn('git', ['http-backend'], {
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      HTTP_GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
      // Whoever is somebody may push.
      REMOTE_USER: 'somebody',
      REMOTE_ADDR: '127.0.0.1',
    },
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  child.stderr.resume();
  passOn(child.stdout, response, fault);
}

/** Headers, an empty line, the body: the common gateway interface. */
function passOn(output: NodeJS.ReadableStream, response: ServerResponse, fault: GitServer['fault']): void {
  let head = Buffer.alloc(0);
  let sent = 0;
  const send = (bytes: Buffer) => {
    const left = (fault?.afterBytes ?? Number.POSITIVE_INFINITY) - sent;
    sent += bytes.length;
    if (left >= bytes.length) return void response.write(bytes);
    if (left > 0) response.write(bytes.subarray(0, left));
    // Only what was written before reaches the other side.
    if (fault?.how === 'cut') response.socket?.destroySoon();
  };
  output.on('data', (bytes: Buffer) => {
    if (response.headersSent) return send(bytes);
    head = Buffer.concat([head, bytes]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const lines = head.subarray(0, end).toString().split('\r\n');
    const pairs = lines.map((line) => line.split(/: (.*)/s) as [string, string]);
    const status = Number(pairs.find(([name]) => name === 'Status')?.[1].split(' ')[0] ?? 200);
    response.writeHead(status, Object.fromEntries(pairs.filter(([name]) => name !== 'Status')));
    response.flushHeaders();
    send(head.subarray(end + 4));
  });
  output.on('end', () => void (sent <= (fault?.afterBytes ?? sent) && response.end()));
}
