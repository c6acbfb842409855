import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listeningSockets } from '../../../electron/host/port-holder.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../../electron/http/server.ts';
import { limits } from '../../../shared/limits.ts';
import type { Problem } from '../../../shared/result.ts';
import { bearer, createTinyApp } from '../../support/tiny-app.ts';

const loopback = '127.0.0.1';

async function start(fetch: (request: Request) => Promise<Response>, options: Partial<ServerOptions> = {}) {
  const started = await startServer(fetch, { port: 0, host: loopback, ...options });
  if (!started.ok) throw new Error(JSON.stringify(started.error));
  onTestFinished(() => started.value.close());
  return started.value;
}

async function startApp(options: Partial<ServerOptions> = {}) {
  const hosts: string[] = [];
  const app = createTinyApp({ allowedHosts: () => hosts });
  const server = await start(app.fetch, options);
  hosts.push(`${loopback}:${server.port}`);
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`http://${loopback}:${server.port}${path}`, { headers: bearer, ...init });
  return { app, server, get };
}

/** A connection that is cut may end in a reset, which is what the test wants. */
const quietly = (socket: Socket) => socket.on('error', () => {});

/** Sends bytes as they are, and resolves with all that came until the other side closed. */
async function exchange(server: RunningServer, bytes: string): Promise<string> {
  const socket = quietly(connect(server.port, loopback));
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

const failureOf = (started: Awaited<ReturnType<typeof startServer>>): Problem => {
  if (started.ok) throw new Error('it listens');
  return started.error;
};

describe('serving', () => {
  test('answers on the port that it took, with JSON and the page', async () => {
    const { app, get, server } = await startApp();
    app.host.add('one').write({ path: 'a.md', content: 'a' });
    expect(server.port).toBeGreaterThan(0);
    const status = (await (await get('/api/sync/status')).json()) as { pending_changes: number };
    expect(status.pending_changes).toBe(1);
    expect(await (await get('/')).text()).toContain('npm run build');
    expect((await get('/api/sync/consolidate', { method: 'POST' })).status).toBe(200);
  });

  test('leaves the global Request and Response alone', async () => {
    const [before, after] = [[Request, Response], await startApp().then(() => [Request, Response])];
    expect(after).toEqual(before);
  });

  test('listens on the loopback interface only', async () => {
    const { server } = await startApp();
    const taken = createServer();
    // Another interface's address with the same port is free: nothing of ours listens there.
    await new Promise<void>((resolve) => taken.listen(server.port, '127.0.0.2', resolve));
    taken.close();
  });

  test('hostile request lines and headers get a plain refusal', async () => {
    const { server } = await startApp();
    const own = `${loopback}:${server.port}`;
    const ask = (line: string, host: string | undefined) =>
      exchange(
        server,
        `${line}\r\n${host === undefined ? '' : `Host: ${host}\r\n`}Connection: close\r\n\r\n`,
      );
    const status = async (answer: Promise<string>) => (await answer).split(' ')[1];
    expect(await status(ask('GET /api/health HTTP/1.1', own))).toBe('200');
    expect(await status(ask('GET /api/health HTTP/1.1', 'evil.example'))).toBe('403');
    expect(await status(ask('GET /api/health HTTP/1.1', 'a b@c'))).toBe('400');
    expect(await status(ask('GET /api/health HTTP/1.1', undefined))).toBe('400');
    expect(await status(ask(`GET http://evil.example/api/health HTTP/1.1`, own))).toBe('403');
    expect(await status(ask('GET /../../../etc/passwd HTTP/1.1', own))).toMatch(/^(400|404|503)$/);
    expect(await status(ask('GET /assets/..%2f..%2f..%2fetc/passwd HTTP/1.1', own))).toBe('404');
    expect(await status(ask('GET /\\..\\x.txt HTTP/1.1', own))).toMatch(/^40[04]$/);
    expect(await status(ask('NONSENSE', own))).toBe('400');
    expect(await status(ask(`GET /${'a'.repeat(20_000)} HTTP/1.1`, own))).toBe('431');
    const refused = await ask('GET /api/health HTTP/1.1', 'a b@c');
    expect(refused).toContain('bad-input');
    expect(refused.toLowerCase()).toContain('x-content-type-options: nosniff');
  });

  test('a body over the limit is refused over the wire', async () => {
    const { get } = await startApp();
    const response = await get('/api/workspaces', {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'application/json' },
      body: 'x'.repeat(limits.requestBytes + 1),
    });
    expect(response.status).toBe(413);
  });

  test('a client that never ends its headers is cut', async () => {
    const { server } = await startApp({ headersMs: 50 });
    const answer = await exchange(server, 'GET /api/health HTTP/1.1\r\nX-Slow: ');
    expect(answer).toContain('408');
  });
});

describe('events over the wire', () => {
  test('arrive as they happen, and a reader that leaves is forgotten', async () => {
    const { app, get } = await startApp();
    const before = app.host.listeners();
    const response = await get('/api/events');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe(': open\n\n');
    app.host.tell({ workspace: 'one', topics: ['changes'] });
    expect((await reader.read()).value).toContain('"topics":["changes"]');
    await reader.cancel();
    await expect.poll(() => app.host.listeners()).toBe(before);
  });
});

describe('close', () => {
  test('ends event streams and idle connections, and frees the port', async () => {
    const { app, get, server } = await startApp();
    const response = await get('/api/events');
    const reader = response.body!.getReader();
    await reader.read();
    const idle = quietly(connect(server.port, loopback));
    await once(idle, 'connect');
    const gone = once(idle, 'close');
    await server.close();
    expect((await reader.read().catch(() => ({ done: true }))).done).toBe(true);
    await gone;
    await expect.poll(() => app.host.listeners()).toBe(1);
    const again = await start(app.fetch, { port: server.port });
    expect(again.port).toBe(server.port);
  });

  test('lets a request under way finish', async () => {
    let release = (_: Response) => {};
    const answer = new Promise<Response>((resolve) => {
      release = resolve;
    });
    let arrived = () => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = await start(() => {
      arrived();
      return answer;
    });
    const response = fetch(`http://${loopback}:${server.port}/`);
    await asked;
    const closed = server.close();
    release(new Response('done'));
    expect(await (await response).text()).toBe('done');
    await closed;
  });

  test('twice is once, and a request that never ends is cut', async () => {
    const server = await start(() => new Promise(() => {}));
    const response = fetch(`http://${loopback}:${server.port}/`).catch(() => 'cut');
    await once(quietly(connect(server.port, loopback)), 'connect');
    await Promise.all([server.close(), server.close()]);
    expect(await response).toBe('cut');
  });
});

describe('a busy port', () => {
  test('held by a Skein is said with its version and process', async () => {
    const { server } = await startApp();
    const failure = failureOf(
      await startServer(async () => new Response(), { port: server.port, host: loopback }),
    );
    expect(failure.code).toBe('port-busy');
    expect(failure.message).toContain('Skein 9.9.9');
    expect(failure.message).toContain(`${server.port}`);
    if (process.platform === 'linux') expect(failure.message).toContain(`process ${process.pid}`);
    expect(failure.advice).toContain('--port 0');
    expect(failure.advice).toContain('skein open');
  });

  test('held by something else is said without guessing', async () => {
    const stranger = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'));
    await new Promise<void>((resolve) => stranger.listen(0, loopback, resolve));
    onTestFinished(() => void stranger.close());
    const { port } = stranger.address() as { port: number };
    const failure = failureOf(await startServer(async () => new Response(), { port, host: loopback }));
    expect(failure).toMatchObject({ code: 'port-busy', subject: `port ${port}` });
    expect(failure.message).not.toContain('Skein');
    expect(failure.advice).toContain('--port 0');
    expect(failure.advice).not.toMatch(/kill|stop it/);
  });

  test('the kernel table is read by port and state', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1CFC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 41 1',
      '   1: 0100007F:1CFC 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 42 1',
      '   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 43 1',
      '',
    ].join('\n');
    expect(listeningSockets(table, 7420)).toEqual(['socket:[41]']);
    expect(listeningSockets(table, 80)).toEqual(['socket:[43]']);
    expect(listeningSockets('', 80)).toEqual([]);
  });
});
